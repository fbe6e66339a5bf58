"""Batches of coupons: create, end and list them, issue and revoke coupons, and see their uses."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.api.body import Body, Code, Texts
from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.dependencies import Given
from core.application.coupons.batches import CreateCouponBatch, EndCouponBatch, RevokeCoupon
from core.application.coupons.giving import IssueCoupon
from core.application.coupons.views import BatchView, ShowBatches
from core.domain.errors import AlreadyDone
from core.domain.identifiers import CustomerId
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.shop_permissions import COUPONS_CHANGE, COUPONS_READ
from ports.coupons import CouponQueries, CouponUse

Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
CouponCode = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class BatchBody(Body, frozen=True, kw_only=True):
    """A number without a limit is 0. ``words`` are public codes that you choose."""

    code: Code
    promotion: Code
    label: Texts
    kind: CouponKind = CouponKind.PUBLIC
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    valid_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 0
    most_uses: Count = 1
    most_uses_each: Count = 0
    size: Count = 0
    most_each: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    words: Annotated[tuple[CouponCode, ...], msgspec.Meta(max_length=100)] = ()

    def batch(self) -> CouponBatch:
        return CouponBatch(
            code=self.code,
            promotion=self.promotion,
            label=self.label.text(),
            kind=self.kind,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            valid_days=self.valid_days,
            most_uses=self.most_uses,
            most_uses_each=self.most_uses_each,
            size=self.size,
            most_each=self.most_each,
        )


class IssueBody(Body, frozen=True, kw_only=True):
    customer_id: UUID


class RevocationBody(Body, frozen=True, kw_only=True):
    code: CouponCode


@get(
    "/coupon-batches",
    operation_id="listCouponBatches",
    summary="List batches of coupons",
    tags=["Back office"],
    opt=needs(COUPONS_READ),
)
async def list_batches(
    show_batches: Given[ShowBatches], limit: Limit = 50, cursor: Cursor = ""
) -> Page[BatchView]:
    """Latest first. `made` counts the coupons."""
    rows, next_cursor = await show_batches(limit, cursor)
    return Page(rows, next_cursor)


@get(
    "/coupon-batches/{batch:str}",
    operation_id="getCouponBatch",
    summary="Get a batch of coupons",
    tags=["Back office"],
    opt=needs(COUPONS_READ),
)
async def show(batch: FromPath[str], show_batches: Given[ShowBatches]) -> BatchView:
    return await show_batches.one(batch)


@get(
    "/coupon-batches/{batch:str}/uses",
    operation_id="listCouponUses",
    summary="List the orders that use coupons of a batch",
    tags=["Back office"],
    opt=needs(COUPONS_READ),
)
async def list_uses(
    batch: FromPath[str],
    show_batches: Given[ShowBatches],
    coupon_queries: Given[CouponQueries],
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[CouponUse]:
    """Latest first. `customer_id` is an opaque number; `coupon` is no code."""
    await show_batches.one(batch)
    rows, next_cursor = await coupon_queries.uses(batch, limit, cursor)
    return Page(rows, next_cursor)


@post(
    "/coupon-batches",
    operation_id="createCouponBatch",
    summary="Create a batch of coupons",
    tags=["Back office"],
    opt=needs(COUPONS_READ, COUPONS_CHANGE) | named_by("code", "promotion"),
)
async def create(
    data: JSONBody[BatchBody],
    create_coupon_batch: Given[CreateCouponBatch],
    show_batches: Given[ShowBatches],
) -> BatchView:
    """`entrepot coupons make` makes the codes of a public batch and exports them."""
    with suppress(AlreadyDone):
        await create_coupon_batch(data.batch(), data.words)
    return await show_batches.one(data.code)


@post(
    "/coupon-batches/{batch:str}/end",
    operation_id="endCouponBatch",
    summary="End a batch and all its coupons",
    tags=["Back office"],
    status_code=200,
    opt=needs(COUPONS_READ, COUPONS_CHANGE),
)
async def end(
    batch: FromPath[str],
    end_coupon_batch: Given[EndCouponBatch],
    show_batches: Given[ShowBatches],
) -> BatchView:
    await end_coupon_batch(batch)
    return await show_batches.one(batch)


@post(
    "/coupon-batches/{batch:str}/coupons",
    operation_id="issueCoupon",
    summary="Issue a personal coupon to a member",
    tags=["Back office"],
    status_code=204,
    opt=needs(COUPONS_READ, COUPONS_CHANGE),
)
async def issue(
    batch: FromPath[str], data: JSONBody[IssueBody], issue_coupon: Given[IssueCoupon]
) -> None:
    """The member finds it in the customer account."""
    with suppress(AlreadyDone):
        await issue_coupon(batch, CustomerId(data.customer_id))


@post(
    "/coupon-revocations",
    operation_id="revokeCoupon",
    summary="Revoke a coupon",
    tags=["Back office"],
    status_code=204,
    opt=needs(COUPONS_READ, COUPONS_CHANGE),
)
async def revoke(data: JSONBody[RevocationBody], revoke_coupon: Given[RevokeCoupon]) -> None:
    """For buyers the code is unknown. Orders that were placed keep their price."""
    await revoke_coupon(data.code)


handlers = [list_batches, show, list_uses, create, end, issue, revoke]
