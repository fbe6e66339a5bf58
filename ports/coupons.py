"""Coupons: their repositories, queries, new codes, and the file that the codes are exported to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.claims import ClaimState
from core.domain.identifiers import CustomerId
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import Coupon
from core.domain.text import Text


class NewCouponCode(Protocol):
    def __call__(self) -> str:
        """A new random code; see `core.domain.pricing.coupons.codes`."""


class CouponBatches(Protocol):
    async def add(self, batch: CouponBatch, now: datetime) -> None:
        """Raises `AlreadyExists`."""

    async def get(self, code: str) -> CouponBatch:
        """Raises `NotFound`."""

    async def end(self, code: str, now: datetime) -> None:
        """End the batch and all its coupons. A batch that has ended stays as it is."""


class Coupons(Protocol):
    """Coupons. Only keyed hashes of their codes are stored."""

    async def add_codes(self, batch: CouponBatch, codes: Sequence[str], now: datetime) -> None:
        """Add public coupons after the ``batch.made`` that the batch has.

        Raises:
            AlreadyExists: a code is in use.
            StaleVersion: a concurrent caller added coupons to the batch.
        """

    async def give(
        self, batch: CouponBatch, person: str, sources: Sequence[str], now: datetime
    ) -> str | None:
        """Give a coupon to a person for the first of the ``sources`` that has given none.

        Returns the code; None if each source has given one. The check and the change are one
        statement, both for the person and for the size of the batch.

        Raises:
            NoCouponsLeft: the batch has its size, or has ended.
        """

    async def take_back(self, batch: str, person: str, source: str, now: datetime) -> None:
        """Revoke the coupon that `give` gave, unless an order uses it. Idempotent.

        The check and the change are one statement.
        """

    async def revoke(self, code: str, now: datetime) -> None:
        """Idempotent. Raises `NotFound`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedCoupon:
    """A coupon of a member, with its code. ``closed``: its promotion has ended."""

    code: str
    label: Text
    coupon: Coupon
    issued_at: datetime
    revoked: bool
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedBatch:
    """A batch whose coupons can be taken. ``taken`` is how many the member has taken."""

    batch: CouponBatch
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponUse:
    """An order that uses a coupon. ``coupon`` is its key, ``customer_id`` None for a guest."""

    order: str
    placed_at: datetime
    state: ClaimState
    coupon: str
    customer_id: CustomerId | None


class BatchesOfPromotion(Protocol):
    async def __call__(self, promotion: str, now: datetime) -> tuple[str, ...]:
        """The codes of the batches of a promotion that have not ended, the latest 20."""


class CouponQueries(Protocol):
    """Pages are latest first, each with the cursor of the next (empty on the last)."""

    async def batches(self, limit: int, cursor: str) -> tuple[tuple[CouponBatch, ...], str]: ...

    async def owned(
        self, person: str, limit: int, cursor: str
    ) -> tuple[tuple[OwnedCoupon, ...], str]: ...

    async def offered(self, person: str, now: datetime) -> tuple[OfferedBatch, ...]:
        """The batches whose coupons a member can take now, latest first."""

    async def uses(
        self, batch: str, limit: int, cursor: str
    ) -> tuple[tuple[CouponUse, ...], str]: ...


class CodeFile(Protocol):
    """The file that new codes are written to, each with its number in the batch."""

    def resume(self, made: int) -> None:
        """Drop what an interrupted run wrote after code number ``made``.

        Raises:
            Rejected: the file does not end with this code.
        """

    def write(self, first: int, codes: Sequence[str]) -> None:
        """Append codes; ``first`` is the number of the first one. They are on the disk then.

        Codes with the same ``first`` replace those of the last call: their unit was rolled back.
        """
