"""Fills of slots and pages that work, and some that are broken in one way each."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from entrepot import Money, Text
from entrepot.pages import (
    BlockField,
    BlockFieldKind,
    BlockKind,
    CardSlotView,
    Fragment,
    Page,
    PageAnswer,
    PageRedirect,
    PageRequest,
    ProductSlotView,
    RichText,
    Slot,
    SlotCache,
    SlotView,
)

FILES = Path(__file__).parent / "content"
BROKEN_FILES = Path(__file__).parent / "content_broken"
UNTIL = datetime(2026, 11, 30, 12, tzinfo=UTC)


def badge(code: str) -> Fragment:
    return Fragment(
        "badge.html",
        {
            "label": Text({"zh": "拼团", "en": "Group buy"}),
            "price": Money(9_900, "CNY"),
            "until": UNTIL,
            "count": 3,
            "code": code,
            "story": RichText("<b>new</b>"),
            "names": ["Li", "Mei"],
        },
    )


class WorkingFill:
    slot = Slot.PRODUCT_BUY
    cache: SlotCache | None = SlotCache(by=("product_id",), seconds=10)

    async def fill(self, view: ProductSlotView) -> Any:
        return badge(f"g{view.product_id.int % 1_000}")


class WorkingListFill:
    slot = Slot.PRODUCT_CARD
    cache: SlotCache | None = None

    async def fill_many(self, views: Sequence[CardSlotView]) -> Any:
        return [badge(f"g{view.product_id.int % 1_000}") for view in views]


class Raises(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        raise ZeroDivisionError


class Hangs(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        await asyncio.sleep(60)


class Blocks(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        time.sleep(60)  # noqa: ASYNC251 -- the fault


class Exits(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        raise SystemExit


class ReturnsHtml(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        return "<b>mine</b>"


class ReturnsObjects(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        return Fragment("plain.html", {"code": self, "q": ""})


class ReturnsMegabytes(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        return Fragment("plain.html", {"code": "x" * 10_000_000, "q": ""})


class NestsWithoutEnd(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        values: list[Any] = []
        values.append(values)
        return Fragment("plain.html", {"code": values, "q": ""})


class ForgetsAValue(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        return Fragment("undefined.html")


class LeavesTheSandbox(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        return Fragment("escape.html")


class LeavesTheFolder(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        return Fragment("../../broken_content.py")


class RendersWithoutEnd(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        return Fragment("endless.html")


class ClosesNoElement(WorkingFill):
    async def fill(self, _view: ProductSlotView) -> Any:
        return Fragment("unclosed.html")


class DependsOnTheVariant(WorkingFill):
    async def fill(self, view: ProductSlotView) -> Any:
        return badge(view.sku)


class KnowsItsProductsAlone(WorkingFill):
    async def fill(self, view: ProductSlotView) -> Any:
        return badge({1: "one"}[view.product_id.int])


class SharesItsViews(WorkingFill):
    async def fill(self, view: ProductSlotView) -> Any:
        self.view = view
        await asyncio.sleep(0.01)
        return Fragment("plain.html", {"code": self.view.language, "q": ""})


class ForgetsACard(WorkingListFill):
    async def fill_many(self, views: Sequence[CardSlotView]) -> Any:
        return [badge("g1")] * (len(views) - 1)


class Unnamed(WorkingFill):
    cache = SlotCache(by=("colour",), seconds=10)


BROKEN_FILLS: dict[type[Any], str] = {
    **dict.fromkeys(
        (
            *(Raises, Hangs, Blocks, Exits, ReturnsHtml, ReturnsObjects, ReturnsMegabytes),
            *(NestsWithoutEnd, ForgetsAValue, LeavesTheSandbox, LeavesTheFolder),
            *(RendersWithoutEnd, ClosesNoElement, ForgetsACard),
        ),
        "test_it_fills_the_slot_in_each_language",
    ),
    DependsOnTheVariant: "test_what_the_shop_keeps_depends_on_the_declared_fields",
    KnowsItsProductsAlone: "test_an_unknown_product_or_member_is_answered",
    SharesItsViews: "test_requests_at_the_same_time_do_not_mix",
    Unnamed: "test_its_templates_and_files_are_accepted",
}


@dataclass
class GroupPage:
    """A page with a form that remembers what was sent under each key."""

    template: str = "form.html"

    def __post_init__(self) -> None:
        self.sent: dict[str, str] = {}

    async def answer(self, request: PageRequest) -> Any:
        if request.form is not None:
            self.sent.setdefault(request.key, request.form.get("name", ""))
        return PageAnswer(
            template=self.template,
            values={
                "label": Text({"zh": "拼团", "en": "Group buy"}),
                "sent": self.sent.get(request.key, ""),
                "member": str(request.customer_id or ""),
                "name": request.query.get("q", ""),
            },
        )


def page(answer: Any, path: str = "/group-buys/{code}", **options: Any) -> Page:
    title = Text({"zh": "拼团", "en": "Group buy"})
    return Page(path=path, title=title, answer=answer, **{"takes_forms": True, **options})


class RaisesOnStrangeCodes(GroupPage):
    async def answer(self, request: PageRequest) -> Any:
        if request.query:
            raise KeyError(request.path["code"])
        return await super().answer(request)


class HangsOnForms(GroupPage):
    async def answer(self, request: PageRequest) -> Any:
        if request.form == {}:
            await asyncio.sleep(60)
        return await super().answer(request)


class CountsForms(GroupPage):
    async def answer(self, request: PageRequest) -> Any:
        answer = await super().answer(request)
        self.sent[request.key] = self.sent.get(request.key, "") + "!"
        return answer


class LeavesTheShop(GroupPage):
    async def answer(self, _request: PageRequest) -> Any:
        return PageRedirect("https://elsewhere.example/")


class HasAStrangeStatus(GroupPage):
    async def answer(self, request: PageRequest) -> Any:
        return replace(await super().answer(request), status=500)


class NeedsAMember(GroupPage):
    async def answer(self, request: PageRequest) -> Any:
        if request.customer_id is None:
            raise PermissionError
        return await super().answer(request)


class HasNoKey(GroupPage):
    async def answer(self, _request: PageRequest) -> Any:
        return PageAnswer(template="no_key.html", values={"label": "x"})


BROKEN_PAGES: dict[type[GroupPage], str] = {
    RaisesOnStrangeCodes: "test_any_text_in_the_address_is_answered",
    HangsOnForms: "test_an_empty_or_strange_form_is_answered",
    CountsForms: "test_a_form_that_is_sent_twice_has_one_answer",
    LeavesTheShop: "test_it_answers_in_each_language",
    HasAStrangeStatus: "test_it_answers_in_each_language",
    NeedsAMember: "test_a_guest_is_answered",
    HasNoKey: "test_each_form_has_a_one_time_key",
}


def block_kind(template: str = "banner.html", **options: Any) -> BlockKind:
    """A kind with a field of each kind."""
    fields = [
        BlockField(
            name=str(kind),
            label=Text({"en": kind.title()}),
            kind=kind,
            required=kind is BlockFieldKind.LINE,
        )
        for kind in BlockFieldKind
    ]
    declared: dict[str, Any] = {
        "code": "banner",
        "name": Text({"zh": "横幅", "en": "Banner"}),
        "template": template,
        "fields": tuple(fields),
        **options,
    }
    return BlockKind(**declared)


DOUBLE = BlockField(name="line", label=Text({"en": "Line"}), kind=BlockFieldKind.LINE)
BROKEN_BLOCKS: dict[str, tuple[BlockKind, str]] = {
    "NeedsAPicture": (block_kind("picture.html"), "required_values_alone"),
    "HangsInItsTemplate": (block_kind("endless.html"), "with_all_values"),
    "LeavesElementsOpen": (block_kind("unclosed.html"), "with_all_values"),
    "HasNoTemplate": (block_kind("none.html"), "with_all_values"),
    "HasAFieldTwice": (block_kind(fields=(DOUBLE, DOUBLE)), "files_are_accepted"),
    "HasNoName": (block_kind(name=Text({})), "files_are_accepted"),
}


def product_view(language: str = "zh", number: int = 1) -> SlotView:
    return ProductSlotView(
        language=language,
        currency="CNY",
        logged_in=False,
        product_id=UUID(int=number),  # type: ignore[arg-type]
        sku="pot",
    )
