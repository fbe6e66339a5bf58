"""Renders content of a plugin as the shop does: in a thread of its own, with a time limit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from markupsafe import Markup

from adapters.plugins.guard import PluginGuard
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import PluginLimits, Purpose
from adapters.plugins.process_record import ProcessRecord
from adapters.security.richtext import sanitise
from adapters.web.content.templates import PluginTemplates, TemplateTools
from core.domain.text import Text
from ports.content.fragments import Fragment, FragmentPlace, RichText

NAME = "tested"
KEY = "0123456789abcdef0123"
ATTACK = "\"'><script>attack()</script>"
LIMITS = PluginLimits(seconds=2.0, fill_seconds=2.0, page_seconds=2.0, blocked_seconds=0.2)
"""More time than in a shop: a machine that runs tests is busy."""


@dataclass(frozen=True, slots=True)
class AttackedTemplates:
    """Renders a fragment after each of its texts has become a script."""

    templates: PluginTemplates

    def __call__(self, fragment: Fragment, place: FragmentPlace) -> str:
        values = {name: attacked(value) for name, value in fragment.values.items()}
        return self.templates(replace(fragment, values=values), place)


def attacked(value: Any) -> Any:
    """The value with `ATTACK` in place of each text."""
    if isinstance(value, str):
        return ATTACK
    if isinstance(value, Text):
        return Text(dict.fromkeys(value.by_language, ATTACK))
    if isinstance(value, RichText):
        return RichText(ATTACK)
    if isinstance(value, dict):
        return {name: attacked(each) for name, each in value.items()}
    return [attacked(each) for each in value] if isinstance(value, list) else value


def templates_of(files: Path) -> PluginTemplates:
    key = Markup('<input type="hidden" name="once" value="{}">').format(KEY)
    return PluginTemplates(
        {NAME: files}, TemplateTools(sanitise=sanitise, one_time_field=lambda: key)
    )


@contextmanager
def guards_of_kit() -> Iterator[PluginGuards]:
    """Guards as in the shop."""
    with TemporaryDirectory() as folder:
        guards = PluginGuards(
            lambda: datetime.now(UTC), LIMITS, ProcessRecord(Path(folder) / "run")
        )
        try:
            yield guards
        finally:
            guards.close()


@contextmanager
def guarding(purpose: Purpose) -> Iterator[PluginGuard]:
    with guards_of_kit() as guards:
        yield guards.of(NAME, purpose)


def has_script(html: str | Sequence[str | None] | None) -> bool:
    texts = [html] if isinstance(html, str) else html or ()
    return any("<script>attack" in (each or "") for each in texts)
