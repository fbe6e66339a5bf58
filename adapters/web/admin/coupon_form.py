"""The form of a new batch of coupons."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from adapters.web.admin.listings.cells import choices
from adapters.web.language import shop_text
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from ports.admin.forms import (
    ChoiceField,
    Form,
    LongTextField,
    MomentField,
    NumberField,
    Section,
    TextField,
    TranslatedField,
)

FIRST = {"kind": str(CouponKind.PUBLIC), "most_uses": "1", "most_each": "1"}


@cache
def batch_form() -> Form:
    return Form(sections=(_names(), _limits(), _codes()))


def _names() -> Section:
    return Section(
        fields=(
            TextField(name="code", label=shop_text("Batch code"), required=True),
            TextField(name="promotion", label=shop_text("Promotion code"), required=True),
            TranslatedField(name="label", label=shop_text("Name")),
            ChoiceField(
                name="kind", label=shop_text("Kind"), choices=choices("coupon_kind", CouponKind)
            ),
            MomentField(name="starts_at", label=shop_text("Starts at")),
            MomentField(name="ends_at", label=shop_text("Ends at")),
        )
    )


def _limits() -> Section:
    unlimited = shop_text("0: no limit")
    return Section(
        fields=(
            NumberField(name="valid_days", label=shop_text("Days valid"), help=unlimited),
            NumberField(name="size", label=shop_text("Most coupons"), help=unlimited),
            NumberField(name="most_uses", label=shop_text("Uses of one coupon"), help=unlimited),
            NumberField(
                name="most_uses_each", label=shop_text("Uses of one buyer"), help=unlimited
            ),
            NumberField(name="most_each", label=shop_text("Coupons of one member")),
        )
    )


def _codes() -> Section:
    return Section(
        fields=(
            LongTextField(
                name="words",
                label=shop_text("Codes that you choose"),
                help=shop_text("Codes, separated by spaces"),
                rows=3,
            ),
        )
    )


def batch_of(values: Mapping[str, Any]) -> CouponBatch:
    """Raises `Invalid`."""
    return CouponBatch(
        code=values["code"],
        promotion=values["promotion"],
        label=values["label"],
        kind=CouponKind(values["kind"] or CouponKind.PUBLIC),
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
        valid_days=values["valid_days"] or 0,
        most_uses=_or_one(values["most_uses"]),
        most_uses_each=values["most_uses_each"] or 0,
        size=values["size"] or 0,
        most_each=_or_one(values["most_each"]),
    )


def _or_one(number: int | None) -> int:
    return 1 if number is None else number
