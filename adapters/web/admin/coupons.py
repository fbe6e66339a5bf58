"""Batches of coupons: list, create and end them, make codes, revoke one, and see their uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.admin.coupon_form import FIRST, batch_form, batch_of
from adapters.web.admin.form_values import codes_in
from adapters.web.admin.listings.promotions import batch_listing
from adapters.web.admin.listings.views import exported, listing_view
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.coupons.batches import CreateCouponBatch, EndCouponBatch, RevokeCoupon
from core.application.coupons.making import CHUNK, MakeCoupons
from core.application.coupons.views import ShowBatches
from core.domain.errors import Invalid
from core.domain.pricing.coupons.codes import grouped
from core.domain.shop_permissions import COUPONS_CHANGE, COUPONS_EXPORT, COUPONS_READ
from ports.admin.listings import Listing
from ports.coupons import CouponQueries

PAGE_SIZE = 50
LIST = "coupon_batches.html"
TEMPLATE = "coupon_batch.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchesPage:
    context: Given[AdminContext]
    show_batches: Given[ShowBatches]

    @property
    def listing(self) -> Listing:
        return batch_listing(self.show_batches)

    async def variables(self) -> Mapping[str, Any]:
        view = await listing_view(self.context, self.listing)
        return {"view": view, "form": batch_form(), "values": FIRST}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage:
    batch: FromPath[str]
    context: Given[AdminContext]
    show_batches: Given[ShowBatches]
    coupon_queries: Given[CouponQueries]

    async def variables(self) -> Mapping[str, Any]:
        """Raises `NotFound`."""
        batch = await self.show_batches.one(self.batch)
        cursor = self.context.query("cursor")
        uses, after = await self.coupon_queries.uses(self.batch, PAGE_SIZE, cursor)
        return {"batch": batch, "uses": uses, "cursor": after, "values": {}}


@dataclass(slots=True)
class CodeLines:
    """`ports.coupons.CodeFile` in memory: lines of a CSV file by the number of the code."""

    batch: str
    lines: dict[int, str] = field(default_factory=dict)

    def resume(self, made: int) -> None:
        self.lines = {number: line for number, line in self.lines.items() if number <= made}

    def write(self, first: int, codes: Sequence[str]) -> None:
        """No value can begin a formula: all begin with a letter or a digit."""
        self.resume(first - 1)
        for number, code in enumerate(codes, start=first):
            self.lines[number] = f"{self.batch},{number},{grouped(code)}\n"

    @property
    def text(self) -> str:
        return "".join(("batch,number,code\n", *self.lines.values()))


@get("/coupon-batches", include_in_schema=False, opt=needs(COUPONS_READ))
async def list_batches(
    context: Given[AdminContext], batches_page: Given[BatchesPage]
) -> Response[Any]:
    file = exported(context, batches_page.listing)
    return file or context.page(LIST, **await batches_page.variables())


@post(
    "/coupon-batches",
    include_in_schema=False,
    opt=needs(COUPONS_READ, COUPONS_CHANGE) | named_by("code", "promotion"),
)
async def create(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    batches_page: Given[BatchesPage],
    read_form: Given[ReadForm],
    create_coupon_batch: Given[CreateCouponBatch],
) -> Response[Any]:
    async with context.form_page(LIST, batches_page.variables, values=form.values):
        values = read_form(batch_form(), form)
        batch = batch_of(values)
        await create_coupon_batch(batch, codes_in(values["words"]))
    return context.redirect(f"/coupon-batches/{batch.code}?done=saved")


@get("/coupon-batches/{batch:str}", include_in_schema=False, opt=needs(COUPONS_READ))
async def show(context: Given[AdminContext], batch_page: Given[BatchPage]) -> Response[bytes]:
    return context.page(TEMPLATE, **await batch_page.variables())


@post(
    "/coupon-batches/{batch:str}/codes",
    include_in_schema=False,
    opt=needs(COUPONS_READ, COUPONS_EXPORT),
)
async def make(
    batch: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    batch_page: Given[BatchPage],
    show_batches: Given[ShowBatches],
    make_coupons: Given[MakeCoupons],
) -> Response[Any]:
    """``made`` is how many codes the page showed: a second submission makes no more."""
    file = CodeLines(batch)
    async with context.form_page(TEMPLATE, batch_page.variables, values=form.values):
        await show_batches.one(batch)
        count = form.number("count", 0)
        if not 1 <= count <= CHUNK:
            raise Invalid("count", "Make 1 to {most} codes at a time.", most=CHUNK)
        await make_coupons(batch, form.number("made", 0) + count, file, lambda _made: None)
    return Response(
        file.text,
        media_type="text/csv",
        headers={
            "content-disposition": f'attachment; filename="{batch}.csv"',
            "cache-control": "private, no-store",
        },
    )


@post(
    "/coupon-batches/{batch:str}/end",
    include_in_schema=False,
    opt=needs(COUPONS_READ, COUPONS_CHANGE),
)
async def end(
    batch: FromPath[str],
    context: Given[AdminContext],
    batch_page: Given[BatchPage],
    end_coupon_batch: Given[EndCouponBatch],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, batch_page.variables):
        await end_coupon_batch(batch)
    return context.redirect(f"/coupon-batches/{batch}?done=ended")


@post(
    "/coupon-batches/{batch:str}/revoke",
    include_in_schema=False,
    opt=needs(COUPONS_READ, COUPONS_CHANGE),
)
async def revoke(
    batch: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    batch_page: Given[BatchPage],
    revoke_coupon: Given[RevokeCoupon],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, batch_page.variables, values=form.values):
        await revoke_coupon(form.text("code"))
    return context.redirect(f"/coupon-batches/{batch}?done=revoked")


handlers = [list_batches, show, create, make, end, revoke]
