"""Batches for staff, the coupons of a member, and those that members can take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.claims import person_of
from core.domain.identifiers import Currency, CustomerId
from core.domain.pricing.coupons.batches import BatchState, CouponBatch
from core.domain.pricing.coupons.codes import grouped
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.promotions.terms import terms_of
from ports.clock import Clock
from ports.coupons import CouponQueries, OfferedBatch, OwnedCoupon
from ports.pricing import LoadRules, ReasonText
from ports.unit_of_work import RepeatableUnits


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch as in `CouponBatch`; ``label`` is by language."""

    code: str
    promotion: str
    kind: CouponKind
    label: Mapping[str, str]
    state: BatchState
    starts_at: datetime | None
    ends_at: datetime | None
    valid_days: int
    most_uses: int
    most_uses_each: int
    size: int
    most_each: int
    made: int


class CouponStanding(StrEnum):
    VALID = "valid"
    NOT_STARTED = "not_started"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponView:
    """``code`` is as it is printed. The coupon is valid until before ``ends_at``.

    ``terms`` are sentences about its promotion, if that is active.
    """

    code: str
    batch: str
    label: str
    terms: tuple[str, ...]
    state: CouponStanding
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """``left`` is None without a limit. ``can_be_taken``: by this member, as far as is known.

    ``taken`` is how many the member has taken. ``terms`` are sentences about the promotion, if
    that is active.
    """

    batch: str
    label: str
    terms: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    valid_days: int
    left: int | None
    taken: int
    can_be_taken: bool


@dataclass(frozen=True, slots=True)
class ShowBatches:
    """Batches, latest first, and the cursor of the next page; or one batch by its code."""

    units: RepeatableUnits
    coupon_queries: CouponQueries
    now: Clock

    async def __call__(self, limit: int, cursor: str) -> tuple[tuple[BatchView, ...], str]:
        batches, after = await self.coupon_queries.batches(limit, cursor)
        return tuple(batch_view(each, self.now()) for each in batches), after

    async def one(self, code: str) -> BatchView:
        """Raises `NotFound`."""
        async with self.units() as unit:
            return batch_view(await unit.coupon_batches.get(code), self.now())


@dataclass(frozen=True, slots=True)
class ShowTerms:
    """The terms of promotions in the language of the buyer, by the code of the promotion."""

    load_rules: LoadRules
    reason_text: ReasonText
    currency: Currency

    async def __call__(self, language: str) -> Mapping[str, tuple[str, ...]]:
        rules = await self.load_rules()
        return {
            each.code: tuple(
                self.reason_text(term, language) for term in terms_of(each, self.currency)
            )
            for each in rules.promotions
            if each.by_coupon
        }


@dataclass(frozen=True, slots=True)
class MyCoupons:
    """The coupons of a member, latest first, and the cursor of the next page."""

    coupon_queries: CouponQueries
    show_terms: ShowTerms
    now: Clock

    async def __call__(
        self, customer_id: CustomerId, language: str, limit: int, cursor: str
    ) -> tuple[tuple[CouponView, ...], str]:
        person = person_of(customer_id, "")
        owned, after = await self.coupon_queries.owned(person, limit, cursor)
        terms = await self.show_terms(language)
        now = self.now()
        return tuple(_owned(each, terms, now, language) for each in owned), after


@dataclass(frozen=True, slots=True)
class CouponCentre:
    """The coupons that can be taken now, latest first. ``customer_id`` is None for a visitor."""

    coupon_queries: CouponQueries
    show_terms: ShowTerms
    now: Clock

    async def __call__(
        self, customer_id: CustomerId | None, language: str
    ) -> tuple[OfferView, ...]:
        offered = await self.coupon_queries.offered(person_of(customer_id, ""), self.now())
        terms = await self.show_terms(language)
        return tuple(_offer(each, terms, language) for each in offered)


def batch_view(batch: CouponBatch, now: datetime) -> BatchView:
    return BatchView(
        code=batch.code,
        promotion=batch.promotion,
        kind=batch.kind,
        label=batch.label.by_language,
        state=batch.state_at(now),
        starts_at=batch.starts_at,
        ends_at=batch.ends_at,
        valid_days=batch.valid_days,
        most_uses=batch.most_uses,
        most_uses_each=batch.most_uses_each,
        size=batch.size,
        most_each=batch.most_each,
        made=batch.made,
    )


def _owned(
    owned: OwnedCoupon, terms: Mapping[str, tuple[str, ...]], now: datetime, language: str
) -> CouponView:
    coupon = owned.coupon
    return CouponView(
        code=grouped(owned.code),
        batch=coupon.batch,
        label=owned.label.in_language(language),
        terms=terms.get(coupon.promotion, ()),
        state=_standing(owned, now),
        starts_at=coupon.starts_at,
        ends_at=coupon.ends_at,
    )


def _offer(offered: OfferedBatch, terms: Mapping[str, tuple[str, ...]], language: str) -> OfferView:
    batch = offered.batch
    return OfferView(
        batch=batch.code,
        label=batch.label.in_language(language),
        terms=terms.get(batch.promotion, ()),
        starts_at=batch.starts_at,
        ends_at=batch.ends_at,
        valid_days=batch.valid_days,
        left=batch.size - batch.made if batch.size else None,
        taken=offered.taken,
        can_be_taken=offered.taken < batch.most_each,
    )


def _standing(owned: OwnedCoupon, now: datetime) -> CouponStanding:
    coupon = owned.coupon
    if owned.revoked:
        return CouponStanding.REVOKED
    if coupon.is_used_up:
        return CouponStanding.USED
    if owned.closed or (coupon.ends_at and coupon.ends_at <= now):
        return CouponStanding.EXPIRED
    if coupon.starts_at and coupon.starts_at > now:
        return CouponStanding.NOT_STARTED
    return CouponStanding.VALID
