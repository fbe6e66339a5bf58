"""A wrong declaration refuses its plugin, in one line that says what to do."""

import sys
from pathlib import Path

import pytest

from adapters.plugins.guards import PluginGuards
from entrepot.plugin_checks import OWN_CHECKS, check_declared_fields
from entrepot.plugin_manager import PluginManager
from tests.fields.plugin import NAME, SOURCE
from tests.installed import plugin_manager, write_module

HEAD, _, TAIL = SOURCE.partition("FIELDS = [")
HOOK = TAIL.partition("\n]\n")[2]
PURPOSES = frozenset({"order", "account"})


def load(folder: Path, guards: PluginGuards, declared: str) -> PluginManager:
    source = f"from dataclasses import replace\n{HEAD}FIELDS = [{declared}]\n{HOOK}"
    sys.modules.pop(NAME, None)
    checks = (*OWN_CHECKS, check_declared_fields(PURPOSES))
    manager = plugin_manager(guards, folder, checks=checks)
    manager.load([write_module(folder, NAME, source)])
    return manager


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (
            'field(PRODUCT, "Big Name", "字", "x", YesNo(), GOODS)',
            "no name such as PLUGIN.name",
        ),
        ('field(PRODUCT, "BIG", "字", "x", ShortText(), GOODS)', "no name such as PLUGIN.name"),
        ('field(PRODUCT, "a", "字", "x", str, GOODS)', "no kind of field"),
        ('field(PRODUCT, "a", "字", "x", ShortText(), NOTE)', "declare it with NotPersonal"),
        ('field(MEMBER, "a", "字", "x", ShortText(), GOODS)', "declare it with Pii"),
        ('field(PRODUCT, "a", "字", "x", ShortText(), NotPersonal(" "))', "needs the reason"),
        (
            'field(PRODUCT, "a", "字", "x", ShortText(), GOODS, edited_by=CUSTOMER)',
            "cannot be edited by customer",
        ),
        ('field(ORDER, "a", "字", "x", ShortText(), NOTE, edited_by=STAFF)', "edited by staff"),
        ('field(PRODUCT, "a", "字", "x", ShortText(), GOODS, required=True)', "set edited_by"),
        (
            'field(ORDER, "a", "字", "x", ShortText(), NOTE, edited_by=CUSTOMER, required=True)',
            "set asked_at_checkout",
        ),
        (
            'field(PRODUCT, "a", "字", "x", ShortText(), GOODS, filterable=True)',
            "use a choice, yes or no, or a whole number",
        ),
        ('field(ORDER, "a", "字", "x", YesNo(), GOODS, filterable=True)', "is filterable"),
        ('field(MEMBER, "a", "字", "x", YesNo(), TASTE, asked_at_checkout=True)', "of orders"),
        ('field(PRODUCT, "a", "字", "x", WholeNumber(9, 1), GOODS)', "are no range"),
        ('field(PRODUCT, "a", "字", "x", Choice({}), GOODS)', "has not 1 to 200 values"),
        ('field(PRODUCT, "a", "字", "x", YesNo(), GOODS, default="yes")', "Enter true or false"),
        (
            'field(MEMBER, "a", "字", "x", YesNo(), TASTE, default=True)',
            "one for goods or orders",
        ),
        (
            'field(ORDER, "a", "字", "x", YesNo(), replace(NOTE, purpose="fun"))',
            "has the purpose “fun”, which the privacy notice does not have: use one of account, o",
        ),
        (
            'field(ORDER, "a", "字", "x", YesNo(), replace(NOTE, sensitive=True))',
            "keeps no sensitive data",
        ),
        (
            'replace(field(PRODUCT, "a", "字", "x", YesNo(), GOODS), name="other.a")',
            "must be called “crafts.a”",
        ),
        (
            '*[field(owner, "a", "字", "x", YesNo(), GOODS) for owner in (PRODUCT, VARIANT)]',
            "another one of its own",
        ),
        ('field(LINE, "a", "字", "x", YesNo(), NOTE, edited_by=CUSTOMER)', "in a field of orders"),
        ('field(LINE, "a", "字", "x", YesNo(), GOODS)', "the customer edits it"),
        ('"a field"', "no Field"),
    ],
)
def test_the_reason_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    guards: PluginGuards,
    declared: str,
    reason: str,
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    manager = load(tmp_path, guards, declared)
    (refusal,) = manager.refused
    assert reason in refusal.reason
    assert "\n" not in refusal.reason
    assert manager.loaded == {}


def test_a_right_declaration_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guards: PluginGuards
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    manager = load(tmp_path, guards, 'field(PRODUCT, "a", "字", "x", YesNo(), GOODS)')
    assert manager.refused == []
    assert [each.code for _, _, each in manager.described("entrepot_fields")] == ["crafts.a"]
