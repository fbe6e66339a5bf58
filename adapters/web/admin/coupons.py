"""Batches of coupons: list, create and end them, make codes, revoke one, and see their uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.access.staff import named_by
from adapters.web.admin.context import AdminContext
from adapters.web.admin.form_values import codes_of, moment_of
from adapters.web.dependencies import Given
from adapters.web.forms import Form
from core.application.coupons.batches import CreateCouponBatch, EndCouponBatch, RevokeCoupon
from core.application.coupons.making import CHUNK, MakeCoupons
from core.application.coupons.views import ShowBatches
from core.domain.errors import Invalid
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.codes import grouped
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.shop_permissions import COUPONS_CHANGE, COUPONS_EXPORT, COUPONS_READ
from core.domain.text import LANGUAGES, Text
from ports.coupons import CouponQueries

PAGE_SIZE = 50
LIST = "coupon_batches.html"
TEMPLATE = "coupon_batch.html"
FIRST = {"most_uses": "1", "most_each": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchesPage:
    context: Given[AdminContext]
    show_batches: Given[ShowBatches]

    async def variables(self) -> Mapping[str, Any]:
        rows, cursor = await self.show_batches(PAGE_SIZE, self.context.query("cursor"))
        return {"rows": rows, "cursor": cursor, "kinds": tuple(CouponKind), "values": FIRST}


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
) -> Response[bytes]:
    return context.page(LIST, **await batches_page.variables())


@post(
    "/coupon-batches",
    include_in_schema=False,
    opt=needs(COUPONS_READ, COUPONS_CHANGE) | named_by("code", "promotion"),
)
async def create(
    context: Given[AdminContext],
    form: Given[Form],
    batches_page: Given[BatchesPage],
    create_coupon_batch: Given[CreateCouponBatch],
) -> Response[Any]:
    async with context.form_page(LIST, batches_page.variables, values=form.values):
        batch = batch_of(form)
        await create_coupon_batch(batch, codes_of(form, "words"))
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
    form: Given[Form],
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
    form: Given[Form],
    batch_page: Given[BatchPage],
    revoke_coupon: Given[RevokeCoupon],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, batch_page.variables, values=form.values):
        await revoke_coupon(form.text("code"))
    return context.redirect(f"/coupon-batches/{batch}?done=revoked")


def batch_of(form: Form) -> CouponBatch:
    """Raises `Invalid`."""
    kind = form.text("kind")
    return CouponBatch(
        code=form.text("code"),
        promotion=form.text("promotion"),
        label=Text({each: form.text(f"label-{each}") for each in LANGUAGES}),
        kind=CouponKind(kind) if kind in set(CouponKind) else CouponKind.PUBLIC,
        starts_at=moment_of(form, "starts_at"),
        ends_at=moment_of(form, "ends_at"),
        valid_days=form.number("valid_days", 0),
        most_uses=form.number("most_uses", 1),
        most_uses_each=form.number("most_uses_each", 0),
        size=form.number("size", 0),
        most_each=form.number("most_each", 1),
    )


handlers = [list_batches, show, create, make, end, revoke]
