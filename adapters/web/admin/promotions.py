"""Promotions: list, create, edit, copy and move them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.promotions import promotion_listing
from adapters.web.admin.listings.views import listing_response
from adapters.web.admin.promotion_fields import PromotionFields
from adapters.web.admin.promotion_form import document_of, is_save
from adapters.web.dependencies import Given
from adapters.web.forms import LoadVariables, SubmittedForm
from adapters.web.language import finding_message
from core.application.pricing.promotions import (
    CopyPromotion,
    MovePromotion,
    ReviewPromotion,
    SavePromotion,
)
from core.domain.errors import Invalid
from core.domain.money import Money
from core.domain.pricing.promotions.documents.writing import Document, to_document
from core.domain.pricing.promotions.managed import (
    MOVES,
    PromotionMove,
    check_source,
)
from core.domain.pricing.promotions.review.findings import Finding
from core.domain.shop_permissions import PROMOTIONS_CHANGE, PROMOTIONS_PUBLISH, PROMOTIONS_READ
from ports.clock import Clock
from ports.coupons import BatchesOfPromotion
from ports.price_enquiries import AskFacts
from ports.pricing import PricingQueries, PromotionKinds

TEMPLATE = "promotion.html"
NEW: Document = {"lane": "order", "benefits": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionPage:
    code: FromPath[str]
    context: Given[AdminContext]
    currency: Given[str]
    pricing_queries: Given[PricingQueries]
    batches_of_promotion: Given[BatchesOfPromotion]
    ask_facts: Given[AskFacts]
    now: Given[Clock]

    async def variables(self) -> Mapping[str, Any]:
        """Raises `NotFound`."""
        managed, use = await self.pricing_queries.promotion(self.code)
        document = to_document(managed.promotion)
        return {
            "promotion": managed,
            "label": managed.promotion.label.in_language(self.context.language),
            "use": use,
            "version": managed.version,
            "fields": PromotionFields(self.context.language, self.currency).of(document),
            "moves": tuple(move for (state, move) in MOVES if state is managed.state),
            "warnings": (),
            "facts": self.ask_facts.names,
            "batches": await self.batches_of_promotion(self.code, self.now()),
            "now": self.now(),
            "amount": partial(Money, currency=self.currency),
            "values": {},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionEditor:
    """Shows the form again until its promotion is saved."""

    context: Given[AdminContext]
    form: Given[SubmittedForm]
    currency: Given[str]
    ask_facts: Given[AskFacts]
    review_promotion: Given[ReviewPromotion]
    save_promotion: Given[SavePromotion]

    async def save(self, load: LoadVariables, code: str = "") -> Response[Any]:
        """``code`` is that of the address, empty for a new promotion."""
        document = document_of(self.form)
        if code:
            document["code"] = code
        shown = {
            "fields": PromotionFields(self.context.language, self.currency).of(document),
            "version": self.form.text("version"),
            "facts": self.ask_facts.names,
        }
        if not is_save(self.form):
            return self.context.page(TEMPLATE, **{**await load(), **shown})
        async with self.context.form_page(TEMPLATE, load, **shown):
            promotion, warnings = await self.review_promotion(document)
            if not warnings or self.form.text("accept"):
                await self.save_promotion(document, version=self.form.number("version", 0))
                return self.context.redirect(f"/promotions/{promotion.code}?done=saved")
        shown["warnings"] = [self._warning(each) for each in warnings]
        return self.context.page(TEMPLATE, **{**await load(), **shown})

    def _warning(self, finding: Finding) -> Mapping[str, str]:
        message = finding_message(finding, self.context.language)
        return {"part": finding.part, "message": message}


@get("/promotions", include_in_schema=False, opt=needs(PROMOTIONS_READ))
async def list_promotions(
    context: Given[AdminContext],
    pricing_queries: Given[PricingQueries],
    promotion_kinds: Given[PromotionKinds],
    currency: Given[str],
    now: Given[Clock],
) -> Response[Any]:
    return await listing_response(
        context,
        promotion_listing(pricing_queries, currency, now()),
        template="promotions.html",
        kinds=tuple(promotion_kinds.values()),
    )


@get("/promotions/{code:str}", include_in_schema=False, opt=needs(PROMOTIONS_READ))
async def show(
    context: Given[AdminContext], promotion_page: Given[PromotionPage]
) -> Response[bytes]:
    return context.page(TEMPLATE, **await promotion_page.variables())


@get("/promotions/new", include_in_schema=False, opt=needs(PROMOTIONS_READ, PROMOTIONS_CHANGE))
async def new(
    context: Given[AdminContext], currency: Given[str], ask_facts: Given[AskFacts]
) -> Response[bytes]:
    fields = PromotionFields(context.language, currency).of(NEW)
    return context.page(TEMPLATE, **await _empty(), fields=fields, facts=ask_facts.names)


@post(
    "/promotions/new",
    include_in_schema=False,
    opt=needs(PROMOTIONS_READ, PROMOTIONS_CHANGE) | named_by("code"),
)
async def create(promotion_editor: Given[PromotionEditor]) -> Response[Any]:
    return await promotion_editor.save(_empty)


@post(
    "/promotions/{code:str}", include_in_schema=False, opt=needs(PROMOTIONS_READ, PROMOTIONS_CHANGE)
)
async def change(
    code: FromPath[str],
    promotion_page: Given[PromotionPage],
    promotion_editor: Given[PromotionEditor],
) -> Response[Any]:
    return await promotion_editor.save(promotion_page.variables, code)


@post(
    "/promotions/{code:str}/move",
    include_in_schema=False,
    opt=needs(PROMOTIONS_READ, PROMOTIONS_PUBLISH) | named_by("move"),
)
async def move(
    code: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    promotion_page: Given[PromotionPage],
    move_promotion: Given[MovePromotion],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, promotion_page.variables):
        await move_promotion(code, _move_of(form.text("move")))
    return context.redirect(f"/promotions/{code}?done=moved")


@post(
    "/promotions/{code:str}/copy",
    include_in_schema=False,
    opt=needs(PROMOTIONS_READ, PROMOTIONS_CHANGE) | named_by("new_code"),
)
async def copy(
    code: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    promotion_page: Given[PromotionPage],
    copy_promotion: Given[CopyPromotion],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, promotion_page.variables, values=form.values):
        new_code = form.text("new_code")
        check_source(new_code, field="new_code")
        await copy_promotion(code, new_code)
    return context.redirect(f"/promotions/{new_code}?done=copied")


async def _empty() -> Mapping[str, Any]:
    return {"promotion": None, "version": 0, "moves": (), "warnings": ()}


def _move_of(text: str) -> PromotionMove:
    if text not in set(PromotionMove):
        raise Invalid("move", "Use one of these values: {known}.", known=", ".join(PromotionMove))
    return PromotionMove(text)


handlers = [list_promotions, show, new, create, change, move, copy]
