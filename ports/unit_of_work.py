"""The unit of work: repositories that share one transaction."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from core.domain.events import Event
from ports.applied_prices import AppliedPrices, PriceCompilations, PricedGoods
from ports.carts import Carts
from ports.catalogue.repositories import Brands, Categories, Products
from ports.claims import Claims
from ports.content.blocks import Blocks
from ports.coupons import CouponBatches, Coupons
from ports.customers import Customers
from ports.ledger import LedgerAccounts, LedgerExpiry, Transfers
from ports.orders import Orders
from ports.payments.inbox import Inbox
from ports.payments.repositories import Payments, Refunds
from ports.pricing import PriceLists, Promotions, TaxRates
from ports.privacy.consents import Consents
from ports.privacy.recipients import RecipientLog
from ports.returns import Returns
from ports.sessions import Sessions
from ports.staff import Roles, StaffMembers
from ports.stock import Stock
from ports.unpaid_orders import UnpaidOrderCounts


class UnitOfWork(Protocol):
    """All repositories of one transaction."""

    @property
    def categories(self) -> Categories: ...
    @property
    def blocks(self) -> Blocks: ...
    @property
    def brands(self) -> Brands: ...
    @property
    def products(self) -> Products: ...
    @property
    def promotions(self) -> Promotions: ...
    @property
    def price_lists(self) -> PriceLists: ...
    @property
    def applied_prices(self) -> AppliedPrices: ...
    @property
    def priced_goods(self) -> PricedGoods: ...
    @property
    def price_compilations(self) -> PriceCompilations: ...
    @property
    def tax_rates(self) -> TaxRates: ...
    @property
    def stock(self) -> Stock: ...
    @property
    def carts(self) -> Carts: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def unpaid_orders(self) -> UnpaidOrderCounts: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def claims(self) -> Claims: ...
    @property
    def coupon_batches(self) -> CouponBatches: ...
    @property
    def coupons(self) -> Coupons: ...
    @property
    def ledger_accounts(self) -> LedgerAccounts: ...
    @property
    def transfers(self) -> Transfers: ...
    @property
    def ledger_expiry(self) -> LedgerExpiry: ...
    @property
    def returns(self) -> Returns: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def staff(self) -> StaffMembers: ...
    @property
    def roles(self) -> Roles: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def recipient_log(self) -> RecipientLog: ...

    def add_event(self, event: Event) -> None:
        """Store an event in the outbox with the commit, for events without an aggregate."""

    def record_made(self, made: str) -> None:
        """Store the id or number of a new object with the idempotency key of the request.

        A repetition of the request gets it as `AlreadyDone.made`.
        """

    async def commit(self) -> None:
        """Commit the transaction, and store the events of all saved aggregates in the outbox."""


class UnitsOfWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit. It rolls back if it ends without `UnitOfWork.commit`.

        If the request has an idempotency key, the unit stores it with its changes. A request
        with a key commits one such unit.

        Raises:
            AlreadyDone: a request with the same key took effect before.
            KeyReused: the key belongs to another request.
            KeySpent: this request has committed its effect already.
        """


class RepeatableUnits(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit that does not store the idempotency key of the request.

        For reads, and for steps that do no harm if a request is repeated after a crash.
        """


class KeySpent(Exception):
    """A request with an idempotency key has two effects, but its key protects one.

    Use `RepeatableUnits` for a step that can be repeated.
    """
