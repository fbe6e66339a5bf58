"""The fills of a page have one time limit, and what they declare is kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

import pytest
from markupsafe import Markup

from adapters.plugins.answers.content import describe_fill
from adapters.plugins.breaker import FAILURES_TO_OPEN, Health
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import Purpose
from adapters.plugins.slots import GuardedFill, GuardedSlots
from adapters.web.content.templates import PluginTemplates, TemplateTools
from entrepot.pages import Fragment, ProductSlotView, Slot, SlotCache
from ports.content.filling import FilledSlots
from tests.plugins.broken_content import (
    FILES,
    Blocks,
    Hangs,
    Raises,
    RendersWithoutEnd,
    WorkingFill,
    product_view,
)

pytestmark = pytest.mark.anyio

SECONDS = 0.2
PLACE = (Slot.PRODUCT_BUY, "")


class Counting(WorkingFill):
    """Shows the language and the number of its calls."""

    def __init__(self, cache: SlotCache | None, template: str = "plain.html") -> None:
        self.cache = cache
        self.template = template
        self.calls = 0

    async def fill(self, view: ProductSlotView) -> Any:
        self.calls += 1
        values = {"code": f"{view.language}{self.calls}", "q": "", "label": "x"}
        return Fragment(self.template, {**values, "sent": "", "member": "", "name": ""})


@pytest.fixture
def templates() -> PluginTemplates:
    tools = TemplateTools(sanitise=str, one_time_field=lambda: Markup('<input name="once">'))
    return PluginTemplates(dict.fromkeys(("one", "two"), FILES), tools)


@pytest.fixture
def waiting(guards: PluginGuards) -> PluginGuards:
    """Guards that do not fail by themselves when the machine is busy."""
    guards.limits = replace(guards.limits, seconds=20.0)
    return guards


def slots_of(
    guards: PluginGuards, templates: PluginTemplates, *fills: Any, seconds: float = 20.0
) -> GuardedSlots:
    """Each fill is of a plugin of its own."""
    return GuardedSlots(
        [
            GuardedFill(
                plugin=name,
                fill=fill,
                description=describe_fill(fill),
                guard=guards.of(name, Purpose.SLOTS),
                render=templates,
            )
            for name, fill in zip(("one", "two"), fills, strict=False)
        ],
        seconds,
    )


async def filled(slots: GuardedSlots, language: str = "zh", number: int = 1) -> FilledSlots:
    return await slots({Slot.PRODUCT_BUY: (product_view(language, number),)})


def plugins_at(found: FilledSlots) -> Sequence[str]:
    return [each.plugin for each in found.fragments.get(PLACE, ())]


@pytest.mark.parametrize("broken", [Raises(), Hangs(), Blocks(), RendersWithoutEnd()])
async def test_a_fill_that_fails_costs_its_own_place_alone(
    guards: PluginGuards, templates: PluginTemplates, broken: Any
) -> None:
    slots = slots_of(guards, templates, WorkingFill(), broken, seconds=SECONDS)
    # The first call of a thread takes longer.
    await filled(slots, number=2)
    assert plugins_at(await filled(slots, number=2)) == ["one"]
    for _ in range(FAILURES_TO_OPEN):
        await filled(slots, number=2)
    assert guards.of("two", Purpose.SLOTS).health in {Health.QUARANTINED, Health.FAILING}
    assert guards.of("one", Purpose.SLOTS).health is Health.HEALTHY


async def test_a_page_does_not_wait_until_a_thread_is_known_to_be_blocked(
    guards: PluginGuards, templates: PluginTemplates
) -> None:
    """Without the common limit it does, and the guard has abandoned the thread before."""
    guards.limits = replace(guards.limits, blocked_seconds=1.0)
    for limited in (True, False):
        plugin = "one" if limited else "two"
        slots = slots_of(guards, templates, *([Blocks()] * (1 if limited else 2)), seconds=SECONDS)
        if not limited:
            slots._fills = slots._fills[1:]
            slots._in_time = _without_limit  # type: ignore[method-assign]
        assert plugins_at(await filled(slots)) == []
        guard = guards.of(plugin, Purpose.SLOTS)
        assert (guard.breaker.record.abandoned > 0) is not limited
        await asyncio.gather(*slots._late)
        assert guard.health is Health.QUARANTINED


async def _without_limit(calls: Any) -> Any:
    return {fill: each for fill, call in calls.items() if (each := await call) is not None}


async def test_a_fragment_is_kept_by_the_declared_fields_and_the_language(
    waiting: PluginGuards, templates: PluginTemplates
) -> None:
    fill = Counting(SlotCache(by=("product_id",), seconds=100))
    slots = slots_of(waiting, templates, fill)
    first = await filled(slots)
    assert await filled(slots) == first
    assert (fill.calls, first.seconds, first.plugins) == (1, 100, frozenset({"one"}))
    await filled(slots, "en")
    await filled(slots, number=2)
    assert fill.calls == 3
    assert "en2" in (await filled(slots, "en")).fragments[PLACE][0].html


async def test_a_kept_fragment_of_a_member_is_not_shown_to_a_visitor(
    waiting: PluginGuards, templates: PluginTemplates
) -> None:
    fill = Counting(SlotCache(by=(), seconds=100))
    slots = slots_of(waiting, templates, fill)
    view = product_view("en", 1)
    shown = [
        (await slots({Slot.PRODUCT_BUY: (each,)})).fragments[PLACE][0].html
        for each in (view, replace(view, logged_in=not view.logged_in), view)
    ]
    assert fill.calls == 2
    assert shown[0] == shown[2] != shown[1]


async def test_a_fragment_is_not_kept_without_a_declaration_or_with_the_key_of_a_form(
    waiting: PluginGuards, templates: PluginTemplates
) -> None:
    undeclared, form = Counting(None), Counting(SlotCache(by=(), seconds=100), "form.html")
    slots = slots_of(waiting, templates, undeclared, form)
    for _ in range(2):
        assert (await filled(slots)).seconds == 0
    assert (undeclared.calls, form.calls) == (2, 2)


async def test_a_page_without_fills_costs_no_call(
    waiting: PluginGuards, templates: PluginTemplates
) -> None:
    slots = slots_of(waiting, templates, WorkingFill())
    assert slots.fills(Slot.PRODUCT_BUY)
    assert not slots.fills(Slot.CART_LINE)
    found = await slots({})
    assert (found.fragments, found.seconds) == ({}, inf)
    assert next(iter(waiting.guards_of("one"))).breaker.record.calls == 0
