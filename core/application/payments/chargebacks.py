"""Records chargebacks: the buyer's bank takes money of a payment, and may give it back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.application.retries import retrying
from core.domain.errors import AlreadyExists, Invalid, NotFound
from core.domain.identifiers import OrderId
from core.domain.money import Money
from core.domain.payments.events import ChargebackReinstated, PaymentChargedBack
from core.domain.payments.ledger import EntryKind, PaymentEntry
from core.domain.payments.payment import Payment
from core.domain.payments.shares import split_chargeback
from ports.clock import Clock
from ports.unit_of_work import UnitOfWork, UnitsOfWork

LockedStep = Callable[[UnitOfWork, Payment], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackInput:
    """``case`` is the provider's number of the chargeback, ``taken`` what the bank took."""

    case: str
    taken: Money

    def __post_init__(self) -> None:
        if self.taken.minor <= 0:
            raise Invalid("taken", "Enter an amount above zero.")


@dataclass(frozen=True, slots=True)
class RecordChargeback:
    """Record what the bank took of a payment. Idempotent by the case number.

    It is at most what was captured and neither refunded nor taken before. Orders that were paid
    together bear it in proportion to what is left of their shares.

    Raises:
        NotFound: the order has no such payment.
        IllegalTransition: the payment is not captured.
        Invalid: the case number has other characters, or less is left of the payment.
        AlreadyExists: the case was recorded with another amount.
    """

    units: UnitsOfWork
    now: Clock

    async def __call__(self, order_id: OrderId, reference: str, details: ChargebackInput) -> None:
        async def record(unit: UnitOfWork, payment: Payment) -> bool:
            payment.check_chargeback(details.case)
            entries = await unit.payments.entries(payment.id)
            recorded = _of_case(entries, EntryKind.CHARGEBACK, details.case)
            if recorded:
                if _sum(recorded) != details.taken:
                    raise AlreadyExists("case number", details.case)
                return False
            taken = split_chargeback(payment.shares, entries, details.taken)
            await unit.payments.charge_back(payment.id, details.taken)
            payment.charge_back(details.case, taken, self.now())
            for each in taken:
                unit.add_event(
                    PaymentChargedBack(order_id=each, payment_id=payment.id, at=self.now())
                )
            return True

        await _with_locked(self.units, order_id, reference, record)


@dataclass(frozen=True, slots=True)
class ReinstateChargeback:
    """Record that the bank gave the money of a chargeback back. Idempotent.

    Raises `NotFound` if the payment has no such chargeback.
    """

    units: UnitsOfWork
    now: Clock

    async def __call__(self, order_id: OrderId, reference: str, case: str) -> None:
        async def reinstate(unit: UnitOfWork, payment: Payment) -> bool:
            entries = await unit.payments.entries(payment.id)
            taken = _of_case(entries, EntryKind.CHARGEBACK, case)
            if not taken:
                raise NotFound("chargeback", case)
            if _of_case(entries, EntryKind.CHARGEBACK_REINSTATED, case):
                return False
            payment.reinstate_chargeback(taken, self.now())
            await unit.payments.reinstate_chargeback(payment.id, _sum(taken))
            for each in taken:
                if each.order_id is not None:
                    unit.add_event(
                        ChargebackReinstated(
                            order_id=each.order_id, payment_id=payment.id, at=self.now()
                        )
                    )
            return True

        await _with_locked(self.units, order_id, reference, reinstate)


async def _with_locked(
    units: UnitsOfWork, order_id: OrderId, reference: str, step: LockedStep
) -> None:
    """Run a step with the payment locked, and commit what it changed."""

    async def once() -> None:
        async with units() as unit:
            payment = await unit.payments.find_for_update(reference)
            if payment is None or payment.share_of(order_id) is None:
                raise NotFound("payment", reference)
            if await step(unit, payment):
                await unit.payments.save(payment)
                await unit.commit()

    await retrying(once)


def _of_case(
    entries: Sequence[PaymentEntry], kind: EntryKind, case: str
) -> tuple[PaymentEntry, ...]:
    """The entries of a chargeback: one for each order."""
    return tuple(
        each for each in entries if each.kind is kind and each.key.partition(".")[0] == case
    )


def _sum(entries: Sequence[PaymentEntry]) -> Money:
    first, *rest = (each.amount for each in entries)
    return sum(rest, first)
