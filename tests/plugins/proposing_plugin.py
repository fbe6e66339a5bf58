"""The source of a plugin that offers prices, states facts and guards orders, as ``SAY`` says.

Its prices, facts and remarks are functions of what the shop asks. ``ASKED`` keeps the questions.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.installed import install_plugin

NAME = "flash_sale"
SOURCE = """
from entrepot import (
    ArgumentType, Capability, FactKind, Gap, KindArgument, Manifest, PromotionKind, Text, hookimpl,
)

manifest = Manifest(
    name="flash_sale", version="1", api=">=1,<2",
    capabilities=frozenset({Capability.PRICES, Capability.ORDER_GUARDS}),
)
SAY = {
    "offers": lambda enquiry: [], "facts": lambda enquiry: {}, "review": lambda draft: [],
    "optional": lambda draft: [],
}
ASKED = {"offers": [], "facts": [], "review": []}


class Offers:
    async def offers(self, enquiry):
        ASKED["offers"].append(enquiry)
        return SAY["offers"](enquiry)


class Facts:
    names = {
        "member.level": FactKind.CHOICE, "member.visits": FactKind.NUMBER, "vip": FactKind.FLAG,
    }

    async def facts(self, enquiry):
        ASKED["facts"].append(enquiry)
        return SAY["facts"](enquiry)


class Guard:
    required = True

    async def review(self, draft):
        ASKED["review"].append(draft)
        return SAY["review"](draft)


class OptionalGuard:
    required = False

    async def review(self, draft):
        return SAY["optional"](draft)


SPEND_AND_SAVE = PromotionKind(
    code="spend-and-save",
    name=Text({"zh": "满减活动", "en": "Spend and save"}),
    hint=Text({"en": "An amount off from another amount."}),
    arguments=(
        KindArgument(
            name="least", label=Text({"en": "From"}), type=ArgumentType.AMOUNTS, example="100"
        ),
        KindArgument(
            name="off", label=Text({"en": "Off"}), type=ArgumentType.AMOUNTS, example="10"
        ),
    ),
    document={
        "lane": "order",
        "condition": {"kind": "amount", "at_least": Gap("least")},
        "benefits": [
            {"kind": "goods", "reduction": {"kind": "amount", "amount": Gap("off")}}
        ],
    },
)
FREE_CUPS = PromotionKind(
    code="free-cups",
    name=Text({"en": "Nobody ever"}),
    document={
        "lane": "order",
        "condition": {"kind": "quantity", "at_least": 3, "at_most": 2},
        "benefits": [{"kind": "goods", "reduction": {"kind": "percent", "percent": "10"}}],
    },
)


@hookimpl
def entrepot_price_offers(context):
    return [Offers()]


@hookimpl
def entrepot_facts(context):
    return [Facts()]


@hookimpl
def entrepot_order_guards(context):
    return [Guard(), OptionalGuard()]


@hookimpl
def entrepot_promotion_kinds(context):
    return [SPEND_AND_SAVE, FREE_CUPS]
"""


@pytest.fixture
def flash(
    _environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator["Proposals"]:
    """Ask for it before the shop: the plugin is then one of its own."""
    install_plugin(tmp_path / "site", NAME, SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield Proposals()
    sys.modules.pop(NAME, None)


class Proposals:
    """What the plugin says, once the shop has loaded it."""

    @property
    def _module(self) -> Any:
        return sys.modules[NAME]

    def say(self, **answers: Any) -> None:
        self._module.SAY.update(answers)

    def asked(self, what: str) -> list[Any]:
        return self._module.ASKED[what]  # type: ignore[no-any-return]
