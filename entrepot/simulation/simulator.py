"""The provider side of a gateway, without the wire protocol."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Generic, Self, TypeVar

from entrepot.hookspecs import PluginContext
from entrepot.simulation.faults import Fault, Faults
from entrepot.simulation.notifier import Notifier
from entrepot.simulation.payment_page import PaymentPage
from entrepot.simulation.refusals import Refused
from entrepot.simulation.statements import Movement, movements_of, with_difference
from entrepot.simulation.store import TradeStore
from entrepot.simulation.trades import AmountTooLarge, RefundRecord, Trade
from ports.clock import Clock

FIRST_RETRIES = (2, 10)
"""Seconds before the first repetitions: shorter than the real ones, because a buyer waits."""

Merchant = TypeVar("Merchant")


class GatewaySimulator(ABC, Generic[Merchant]):
    """A subclass adds the wire protocol: it checks signatures, and reads and writes messages.

    ``prefix`` is the path of its routes, ``names`` the provider's name by language,
    ``retry_after`` the seconds before each repetition of a notification. ``app_address`` is
    the path to which the provider's app posts the text that it got from the merchant's app;
    empty if there is none. ``merchant`` has the merchant's identifiers and the keys of both
    sides; ``url`` is the public address of the simulator's server.
    """

    prefix: ClassVar[str]
    names: ClassVar[Mapping[str, str]]
    retry_after: ClassVar[tuple[float, ...]]
    app_address: ClassVar[str] = ""

    def __init__(
        self,
        *,
        merchant: Merchant,
        trades: TradeStore,
        notifier: Notifier,
        now: Clock,
        url: str = "",
    ) -> None:
        self.merchant = merchant
        self.trades = trades
        self.notifier = notifier
        self.faults = Faults(trades.changes)
        self.payment_page = PaymentPage(
            prefix=self.prefix, names=self.names, trades=trades, now=now, pay=self.pay
        )
        self._now = now
        self._url = url

    @classmethod
    def in_shop(cls, context: PluginContext, merchant: Merchant) -> Self:
        """A simulator that the shop itself serves, at the address of the shop."""
        return cls(
            merchant=merchant,
            trades=TradeStore(context.data / "trades.db"),
            notifier=Notifier(cls.retry_after),
            now=context.now,
            url=context.base_url,
        )

    @abstractmethod
    def new_trade_number(self) -> str:
        """A number in the provider's format."""

    @abstractmethod
    async def notify_payment(self, trade: Trade) -> None:
        """Notify the merchant that a trade was paid or authorized."""

    @abstractmethod
    async def notify_refund(self, record: RefundRecord) -> None:
        """Notify the merchant that a refund ended, if the protocol has such a notification."""

    def page_url(self, reference: str) -> str:
        """The address at which the buyer pays a trade."""
        return f"{self._url}{self.payment_page.address(reference)}"

    async def pay(self, trade: Trade) -> None:
        """Pay a waiting trade. Only the first call for a trade has an effect."""
        number, hold = self.new_trade_number(), trade.facts.get("hold") == "1"
        if self.trades.pay(trade.reference, self._now(), number, hold=hold):
            paid = self.trades.find(trade.reference)
            if paid is not None:
                await self.notify_payment(paid)

    async def finish_refund(self, reference: str, status: str = "succeeded") -> None:
        """End a pending refund, and notify the merchant."""
        if self.trades.finish_refund(reference, status):
            record = self.trades.find_refund(reference)
            if record is not None:
                await self.notify_refund(record)

    def record_refund(
        self, requested: RefundRecord, *, too_large: Refused, changed: Refused
    ) -> RefundRecord:
        """Store a refund once per reference. Returns the stored one.

        Raises:
            Refused: ``too_large`` if the rest of the trade is smaller than the amount, ``changed``
                if the reference was used for another trade or amount.
        """
        try:
            stored = self.trades.refund(requested)
        except AmountTooLarge as error:
            raise too_large from error
        if (stored.trade, stored.amount) != (requested.trade, requested.amount):
            raise changed
        return stored

    def movements(self, day: date) -> tuple[Movement, ...]:
        """The lines of the statement of a day, with a wrong amount if the fault is armed."""
        movements = movements_of(self.trades, day)
        if movements and self.faults.consume(Fault.HIDDEN_DIFFERENCE):
            return with_difference(movements)
        return movements

    def has_movements(self, day: date) -> bool:
        """Whether there is a statement: providers make none for a day without trade."""
        return bool(movements_of(self.trades, day))

    async def aclose(self) -> None:
        await self.notifier.aclose()
        self.trades.close()
