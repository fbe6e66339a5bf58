"""Promotions: list, save, move and copy them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.api.body import Body, Code, Version
from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.dependencies import Given
from adapters.web.language import finding_message
from core.application.pricing.promotions import (
    CopyPromotion,
    MovePromotion,
    SavedPromotion,
    SaveOutcome,
    SavePromotion,
)
from core.domain.errors import AlreadyDone, Invalid
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.managed import PromotionMove, PromotionState
from core.domain.shop_permissions import PROMOTIONS_CHANGE, PROMOTIONS_PUBLISH, PROMOTIONS_READ
from ports.pricing import PricingQueries, PromotionSummary, PromotionUse

TAGS = ["Back office"]
Document = Annotated[dict[Code, Any], msgspec.Meta(max_length=40)]
"""The size of the request limits what is nested."""


class PromotionBody(Body, frozen=True, kw_only=True):
    """``document`` has the arguments of `listPromotionKinds`; its ``code`` can be left out.

    ``version`` is the one that was read, 0 for a new promotion; without it the last change wins.
    """

    document: Document
    version: Version | None = None


class PromotionMoveBody(Body, frozen=True, kw_only=True):
    move: PromotionMove


class CopyBody(Body, frozen=True, kw_only=True):
    """``code`` is that of the new promotion."""

    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionWarning:
    """``part`` is the path of the value in the document."""

    part: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPromotionView:
    result: SaveOutcome
    code: str
    state: PromotionState
    version: int
    warnings: Sequence[PromotionWarning]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionView:
    document: dict[str, Any]
    state: PromotionState
    version: int
    created_at: datetime
    changed_at: datetime
    use: PromotionUse


@get(
    "/promotions",
    operation_id="listPromotions",
    summary="List promotions",
    tags=TAGS,
    opt=needs(PROMOTIONS_READ),
)
async def list_promotions(
    pricing_queries: Given[PricingQueries],
    in_state: Annotated[PromotionState | None, QueryParameter(name="state")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[PromotionSummary]:
    """By code, with their orders, discounts and revenue in minor units."""
    rows, next_cursor = await pricing_queries.promotions(state=in_state, limit=limit, cursor=cursor)
    return Page(rows, next_cursor)


@get(
    "/promotions/{code:str}",
    operation_id="showPromotion",
    summary="Show a promotion",
    tags=TAGS,
    opt=needs(PROMOTIONS_READ),
)
async def show(code: FromPath[str], pricing_queries: Given[PricingQueries]) -> PromotionView:
    return await _shown(code, pricing_queries)


@put(
    "/promotions/{code:str}",
    operation_id="savePromotion",
    summary="Create or change a promotion",
    tags=TAGS,
    status_code=200,
    opt=needs(PROMOTIONS_READ, PROMOTIONS_CHANGE),
)
async def save(
    code: FromPath[str],
    data: JSONBody[PromotionBody],
    save_promotion: Given[SavePromotion],
    language: Given[str],
) -> SavedPromotionView:
    """A new promotion is a draft. `warnings` are possible mistakes; the promotion is saved."""
    document = _with_code(data.document, code)
    return _view(await save_promotion(document, version=data.version), language)


@post(
    "/promotions/{code:str}/moves",
    operation_id="movePromotion",
    summary="Activate, pause, resume or end a promotion",
    tags=TAGS,
    status_code=204,
    opt=needs(PROMOTIONS_READ, PROMOTIONS_PUBLISH) | named_by("move"),
)
async def move(
    code: FromPath[str],
    data: JSONBody[PromotionMoveBody],
    move_promotion: Given[MovePromotion],
) -> None:
    with suppress(AlreadyDone):
        await move_promotion(code, data.move)


@post(
    "/promotions/{code:str}/copies",
    operation_id="copyPromotion",
    summary="Copy a promotion",
    tags=TAGS,
    opt=needs(PROMOTIONS_READ, PROMOTIONS_CHANGE) | named_by("code"),
)
async def copy(
    code: FromPath[str],
    data: JSONBody[CopyBody],
    copy_promotion: Given[CopyPromotion],
    pricing_queries: Given[PricingQueries],
) -> PromotionView:
    """The copy is a draft."""
    with suppress(AlreadyDone):
        await copy_promotion(code, data.code)
    return await _shown(data.code, pricing_queries)


async def _shown(code: str, pricing_queries: PricingQueries) -> PromotionView:
    managed, use = await pricing_queries.promotion(code)
    return PromotionView(
        document=to_document(managed.promotion),
        state=managed.state,
        version=managed.version,
        created_at=managed.created_at,
        changed_at=managed.changed_at,
        use=use,
    )


def _with_code(document: Mapping[str, object], code: str) -> Mapping[str, object]:
    if document.get("code", code) != code:
        raise Invalid("code", "The code is not that of the address.")
    return {**document, "code": code}


def _view(saved: SavedPromotion, language: str) -> SavedPromotionView:
    return SavedPromotionView(
        result=saved.result,
        code=saved.code,
        state=saved.state,
        version=saved.version,
        warnings=[
            PromotionWarning(
                part=each.part, code=each.code, message=finding_message(each, language)
            )
            for each in saved.warnings
        ],
    )


handlers = [list_promotions, show, save, move, copy]
