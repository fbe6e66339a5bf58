"""The movements of a day, for the statement of a simulated provider."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from entrepot.simulation.store import TradeStore
from entrepot.simulation.trades import RefundRecord, Trade
from entrepot.wire import CHINA_TIME

FEE_BASIS_POINTS = 60
"""The fee of a simulated provider, in hundredths of a percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A payment, or a refund if ``refund`` is set. Amounts are positive minor units."""

    trade: Trade
    refund: RefundRecord | None = None
    amount: int
    fee: int = 0
    at: datetime


def movements_of(trades: TradeStore, day: date) -> tuple[Movement, ...]:
    """Payments first, then refunds, each in order of time."""
    begin, end = bounds_of(day)
    payments = [
        Movement(trade=trade, amount=trade.captured, fee=fee_of(trade.captured), at=trade.paid_at)
        for trade in trades.paid_between(begin, end)
        if trade.paid_at is not None
    ]
    refunds = [
        Movement(trade=trade, refund=record, amount=record.amount, at=record.at)
        for record in trades.refunded_between(begin, end)
        if (trade := trades.find(record.trade)) is not None
    ]
    return (*payments, *refunds)


def with_difference(movements: tuple[Movement, ...]) -> tuple[Movement, ...]:
    """Make the first amount one minor unit too large. Reconciliation must find it."""
    first, *others = movements
    return (replace(first, amount=first.amount + 1), *others)


def fee_of(amount: int) -> int:
    """The fee in minor units, rounded half up."""
    return (amount * FEE_BASIS_POINTS + 5_000) // 10_000


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The start of a day in GMT+8, and the start of the next day."""
    begin = datetime.combine(day, datetime.min.time(), CHINA_TIME)
    return begin, begin + timedelta(days=1)
