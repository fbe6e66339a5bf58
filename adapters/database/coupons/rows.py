"""Rows of coupons and batches as values."""

from typing import Any

from sqlalchemy import Row

from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import Coupon, CouponKind
from core.domain.text import Text

ANOTHER = "another person"
"""Stands for an owner who is not the buyer: only a keyed hash of the owner is stored."""


def batch_row(batch: CouponBatch) -> dict[str, Any]:
    return {
        "code": batch.code,
        "promotion": batch.promotion,
        "kind": str(batch.kind),
        "label": dict(batch.label.by_language),
        "starts_at": batch.starts_at,
        "ends_at": batch.ends_at,
        "valid_days": batch.valid_days,
        "most_uses": batch.most_uses,
        "most_uses_each": batch.most_uses_each,
        "size": batch.size,
        "most_each": batch.most_each,
        "made": batch.made,
    }


def batch_of(row: Row[Any]) -> CouponBatch:
    return CouponBatch(
        code=row.code,
        promotion=row.promotion,
        kind=CouponKind(row.kind),
        label=Text(row.label),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        valid_days=row.valid_days,
        most_uses=row.most_uses,
        most_uses_each=row.most_uses_each,
        size=row.size,
        most_each=row.most_each,
        made=row.made,
    )


def coupon_of(row: Row[Any], person: str, index: bytes) -> Coupon:
    """The coupon as ``person`` sees it, whose keyed hash is ``index``."""
    batch = batch_of(row)
    owner = person if row.owner == index else ANOTHER
    return Coupon(
        key=row.key,
        promotion=batch.promotion,
        batch=batch.code,
        kind=batch.kind,
        person=owner if row.owner is not None else "",
        starts_at=batch.starts_at,
        ends_at=batch.end_of(row.issued_at) if row.owner is not None else batch.ends_at,
        most_uses=batch.most_uses,
        most_uses_each=batch.most_uses_each,
        used=int(row.used),
        # Only its owner can have used it; uses of a person are counted only if they are limited.
        used_by_person=max(row.used_by_person, int(row.used) if row.owner is not None else 0),
    )
