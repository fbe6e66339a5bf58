"""New promotions from the kinds that plugins offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.admin.promotion_fields import PromotionFields
from adapters.web.admin.promotion_form import FormReader
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.pricing.promotion_kinds import FindPromotionKind, MakePromotion
from core.domain.pricing.promotions.documents.kinds import DeclaredArgument, arguments_of
from core.domain.pricing.promotions.documents.writing import Document
from core.domain.pricing.promotions.presets import ARGUMENTS, FILLED_IN, PromotionKind
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.shop_permissions import PROMOTIONS_CHANGE, PROMOTIONS_READ

TEMPLATE = "promotion_kind.html"
ENTERED = tuple(each for each in arguments_of(Promotion) if each.name in FILLED_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionKindPage:
    context: AdminContext
    currency: str
    kind: PromotionKind

    def variables(self, values: Document, entered: Document) -> Mapping[str, Any]:
        fields = PromotionFields(self.context.language, self.currency)
        return {
            "kind": self.kind,
            "fields": (
                *fields.of_arguments(ENTERED, entered, ""),
                *fields.of_arguments(self.arguments, values, ARGUMENTS),
            ),
        }

    @property
    def arguments(self) -> tuple[DeclaredArgument, ...]:
        language = self.context.language
        return tuple(each.declared(language) for each in self.kind.arguments)

    @property
    def examples(self) -> Document:
        return {each.name: each.sample(self.currency) for each in self.kind.arguments}


async def promotion_kind_page(
    kind: FromPath[str],
    context: Given[AdminContext],
    currency: Given[str],
    find_promotion_kind: Given[FindPromotionKind],
) -> PromotionKindPage:
    """Raises `NotFound`."""
    return PromotionKindPage(context=context, currency=currency, kind=find_promotion_kind(kind))


@get(
    "/promotion-kinds/{kind:str}",
    include_in_schema=False,
    opt=needs(PROMOTIONS_READ, PROMOTIONS_CHANGE),
)
async def show(
    context: Given[AdminContext], promotion_kind_page: Given[PromotionKindPage]
) -> Response[bytes]:
    page = promotion_kind_page
    return context.page(TEMPLATE, **page.variables(page.examples, {}))


@post(
    "/promotion-kinds/{kind:str}",
    include_in_schema=False,
    opt=needs(PROMOTIONS_READ, PROMOTIONS_CHANGE) | named_by("code"),
)
async def make(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    promotion_kind_page: Given[PromotionKindPage],
    make_promotion: Given[MakePromotion],
) -> Response[Any]:
    page, reader = promotion_kind_page, FormReader(form, "", "")
    values = reader.values(page.arguments, ARGUMENTS)
    entered = reader.values(ENTERED, "")
    async with context.form_page(TEMPLATE, **page.variables(values, entered)):
        saved = await make_promotion(page.kind.code, values, entered)
    return context.redirect(f"/promotions/{saved.code}?done=saved")


handlers = [show, make]
