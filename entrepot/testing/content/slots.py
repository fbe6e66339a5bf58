"""The conformance kit for a fill of a slot."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.plugins.answers.content import describe_fill
from adapters.plugins.limits import Purpose
from adapters.plugins.slots import GuardedFill
from adapters.web.plugin_content import check_content
from core.domain.identifiers import CustomerId, OrderId, ProductId
from core.domain.money import Money
from core.domain.text import LANGUAGES
from entrepot.testing.content.rendering import (
    LIMITS,
    NAME,
    AttackedTemplates,
    guarding,
    has_script,
    templates_of,
)
from ports.content.fragments import RenderFragment
from ports.content.pages import ServedContent
from ports.content.slots import (
    LISTED,
    VIEWS,
    CartLineSlotView,
    ListFill,
    SlotFill,
    SlotView,
)

PRODUCTS = tuple(ProductId(UUID(int=number)) for number in (1, 2, 3))
CUSTOMER = CustomerId(UUID(int=7))
OTHER = CustomerId(UUID(int=8))
SHOWN: dict[str, Any] = {
    "language": "zh",
    "currency": "CNY",
    "logged_in": True,
    "customer_id": CUSTOMER,
}
LINES = tuple(
    CartLineSlotView(**SHOWN, line=f"l{number}", sku=f"sku-{number}", product_id=each, quantity=2)
    for number, each in enumerate(PRODUCTS)
)
SAMPLES: dict[str, Any] = {
    **SHOWN,
    "product_id": PRODUCTS[0],
    "sku": "sku-1",
    "line": "l1",
    "quantity": 2,
    "lines": LINES,
    "total": Money(19_900, "CNY"),
    "step": "review",
    "order_id": OrderId(UUID(int=9)),
    "number": "2026112700000001",
    "state": "paid",
}
OTHERS: dict[str, Any] = {
    **SAMPLES,
    "logged_in": False,
    "customer_id": OTHER,
    "product_id": PRODUCTS[1],
    "sku": "sku-2",
    "line": "l2",
    "quantity": 5,
    "lines": LINES[:1],
    "total": Money(100, "CNY"),
    "step": "address",
    "number": "2026112700000002",
    "state": "shipped",
}


@dataclass(frozen=True, slots=True)
class _Shop:
    """The fill as the shop calls it, and as it calls it with scripts in all texts."""

    fill: GuardedFill
    attacked: GuardedFill

    async def html(self, views: Sequence[SlotView]) -> tuple[str | None, ...]:
        return await self.fill.html(views, LIMITS.seconds)


class SlotSuite:
    """Override the fixtures ``slot_fill`` and ``files``, the folder with its ``templates``.

    Override ``slot_views`` if it fills the slot only for some products or members: it must show
    something for each of these views.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def slot_fill(self) -> SlotFill | ListFill:
        raise NotImplementedError("Override the fixture `slot_fill`.")

    @pytest.fixture
    def files(self) -> Path:
        raise NotImplementedError("Override the fixture `files`.")

    @pytest.fixture
    def slot_views(self, slot_fill: SlotFill | ListFill) -> Sequence[SlotView]:
        view = _view(slot_fill, SAMPLES)
        if slot_fill.slot not in LISTED:
            return (view,)
        return tuple(replace(view, product_id=each) for each in PRODUCTS)  # type: ignore[call-arg]

    @pytest.fixture
    async def guarded(self, slot_fill: SlotFill | ListFill, files: Path) -> AsyncIterator[_Shop]:
        templates = templates_of(files)
        with guarding(Purpose.SLOTS) as guard:

            def fill(render: RenderFragment) -> GuardedFill:
                return GuardedFill(
                    plugin=NAME,
                    fill=slot_fill,
                    description=describe_fill(slot_fill),
                    guard=guard,
                    render=render,
                )

            yield _Shop(fill(templates), fill(AttackedTemplates(templates)))

    async def test_its_templates_and_files_are_accepted(
        self, slot_fill: SlotFill | ListFill, files: Path
    ) -> None:
        assert describe_fill(slot_fill) == describe_fill(slot_fill)
        check_content(
            ServedContent(plugin=NAME, files=files, pages=(), has_slots=True, routes=()), ()
        )

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_it_fills_the_slot_in_each_language(
        self, guarded: _Shop, slot_views: Sequence[SlotView], language: str
    ) -> None:
        views = [replace(view, language=language) for view in slot_views]
        htmls = await guarded.html(views)
        assert [html for html in htmls if not html] == []

    async def test_texts_are_escaped(self, guarded: _Shop, slot_views: Sequence[SlotView]) -> None:
        assert not has_script(await guarded.attacked.html(slot_views, LIMITS.seconds))

    async def test_what_the_shop_keeps_depends_on_the_declared_fields(
        self, guarded: _Shop, slot_fill: SlotFill | ListFill, slot_views: Sequence[SlotView]
    ) -> None:
        if slot_fill.cache is None:
            return
        by = {*slot_fill.cache.by, "language", "currency"}
        changes = {
            field.name: OTHERS[field.name]
            for field in fields(slot_views[0])
            if field.name not in by and field.name in OTHERS
        }
        others = [replace(view, **changes) for view in slot_views]
        assert await guarded.html(others) == await guarded.html(slot_views)

    async def test_an_unknown_product_or_member_is_answered(
        self, guarded: _Shop, slot_fill: SlotFill | ListFill
    ) -> None:
        unknown = {name: UUID(int=2**127) for name in ("product_id", "customer_id", "order_id")}
        await guarded.html([_view(slot_fill, {**OTHERS, **unknown, "sku": "no-such-sku"})])

    async def test_requests_at_the_same_time_do_not_mix(
        self, guarded: _Shop, slot_views: Sequence[SlotView]
    ) -> None:
        each = [await guarded.html([view]) for view in slot_views]
        languages = [[replace(view, language=one)] for one in LANGUAGES for view in slot_views]
        together = await asyncio.gather(*(guarded.html(views) for views in languages))
        assert list(together[: len(each)]) == each


def _view(fill: SlotFill | ListFill, values: dict[str, Any]) -> SlotView:
    kind = VIEWS[fill.slot]
    return kind(**{field.name: values[field.name] for field in fields(kind)})
