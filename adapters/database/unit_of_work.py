"""The unit of work: repositories that share one connection and one transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.accounts.credentials import SqlAccounts
from adapters.database.accounts.guesses import SqlGuesses
from adapters.database.accounts.links import SqlAccountLinks
from adapters.database.accounts.second_factors import SqlSecondFactors
from adapters.database.carts.repository import SqlCarts
from adapters.database.catalogue.categories import SqlBrands, SqlCategories
from adapters.database.catalogue.products import SqlProducts
from adapters.database.claims.repository import SqlClaims
from adapters.database.content.blocks import SqlBlocks
from adapters.database.coupons.repository import SqlCouponBatches, SqlCoupons
from adapters.database.customers.repository import SqlCustomers
from adapters.database.engine import Database
from adapters.database.events.outbox import write_events
from adapters.database.failures import ConnectionLost
from adapters.database.idempotency.claims import insert_claim, record_made
from adapters.database.ledger.accounts import SqlLedgerAccounts
from adapters.database.ledger.expiry import SqlLedgerExpiry
from adapters.database.ledger.transfers import SqlTransfers
from adapters.database.orders.repository import SqlOrders
from adapters.database.orders.unpaid import SqlUnpaidOrderCounts
from adapters.database.payments.inbox import SqlInbox
from adapters.database.payments.payments import SqlPayments
from adapters.database.payments.refunds import SqlRefunds
from adapters.database.pricing.applied_prices import SqlAppliedPrices
from adapters.database.pricing.compilations import SqlPriceCompilations
from adapters.database.pricing.price_lists import SqlPriceLists, SqlTaxRates
from adapters.database.pricing.priced_goods import SqlPricedGoods
from adapters.database.pricing.promotions import SqlPromotions
from adapters.database.privacy.consents import SqlConsents
from adapters.database.privacy.data_links import SqlDataLinks
from adapters.database.privacy.disclosures import SqlDisclosures
from adapters.database.privacy.recipients import SqlRecipientLog
from adapters.database.privacy.requests import SqlPrivacyRequests
from adapters.database.returns.repository import SqlReturns
from adapters.database.sessions.repository import SqlSessions
from adapters.database.staff.repository import SqlStaffMembers
from adapters.database.staff.roles import SqlRoles
from adapters.database.stock.repository import SqlStock
from core.domain.events import Event
from ports.clock import Clock
from ports.encryption import Encryption
from ports.errors import OutcomeUnknown
from ports.idempotency import Claim, current_claim
from ports.unit_of_work import KeySpent


class SqlUnitOfWork:
    def __init__(
        self,
        connection: AsyncConnection,
        vault: Encryption,
        now: Clock,
        claim: Claim | None = None,
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._now = now
        self._claim = claim
        self._made = ""
        self._events: list[Event] = []
        self.has_events = False

    @cached_property
    def categories(self) -> SqlCategories:
        return SqlCategories(self._connection, self._now)

    @cached_property
    def blocks(self) -> SqlBlocks:
        return SqlBlocks(self._connection)

    @cached_property
    def brands(self) -> SqlBrands:
        return SqlBrands(self._connection, self._now)

    @cached_property
    def products(self) -> SqlProducts:
        return SqlProducts(self._connection, self._events, self._now)

    @cached_property
    def promotions(self) -> SqlPromotions:
        return SqlPromotions(self._connection, self._events, self._now)

    @cached_property
    def price_lists(self) -> SqlPriceLists:
        return SqlPriceLists(self._connection, self._now)

    @cached_property
    def applied_prices(self) -> SqlAppliedPrices:
        return SqlAppliedPrices(self._connection)

    @cached_property
    def priced_goods(self) -> SqlPricedGoods:
        return SqlPricedGoods(self._connection)

    @cached_property
    def price_compilations(self) -> SqlPriceCompilations:
        return SqlPriceCompilations(self._connection)

    @cached_property
    def tax_rates(self) -> SqlTaxRates:
        return SqlTaxRates(self._connection)

    @cached_property
    def stock(self) -> SqlStock:
        return SqlStock(self._connection, self._events, self._now)

    @cached_property
    def carts(self) -> SqlCarts:
        return SqlCarts(self._connection, self._vault)

    @cached_property
    def orders(self) -> SqlOrders:
        return SqlOrders(self._connection, self._events, self._vault)

    @cached_property
    def unpaid_orders(self) -> SqlUnpaidOrderCounts:
        return SqlUnpaidOrderCounts(self._connection, self._vault)

    @cached_property
    def payments(self) -> SqlPayments:
        return SqlPayments(self._connection)

    @cached_property
    def refunds(self) -> SqlRefunds:
        return SqlRefunds(self._connection, self._events)

    @cached_property
    def claims(self) -> SqlClaims:
        return SqlClaims(self._connection, self._vault, self._now)

    @cached_property
    def coupon_batches(self) -> SqlCouponBatches:
        return SqlCouponBatches(self._connection)

    @cached_property
    def coupons(self) -> SqlCoupons:
        return SqlCoupons(self._connection, self._vault)

    @cached_property
    def ledger_accounts(self) -> SqlLedgerAccounts:
        return SqlLedgerAccounts(self._connection, self._now)

    @cached_property
    def transfers(self) -> SqlTransfers:
        return SqlTransfers(self._connection)

    @cached_property
    def ledger_expiry(self) -> SqlLedgerExpiry:
        return SqlLedgerExpiry(self._connection)

    @cached_property
    def returns(self) -> SqlReturns:
        return SqlReturns(self._connection, self._events, self._vault)

    @cached_property
    def inbox(self) -> SqlInbox:
        return SqlInbox(self._connection, self._vault)

    @cached_property
    def customers(self) -> SqlCustomers:
        return SqlCustomers(self._connection, self._events, self._vault)

    @cached_property
    def staff(self) -> SqlStaffMembers:
        return SqlStaffMembers(self._connection, self._vault)

    @cached_property
    def roles(self) -> SqlRoles:
        return SqlRoles(self._connection)

    @cached_property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self._connection)

    @cached_property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._connection)

    @cached_property
    def second_factors(self) -> SqlSecondFactors:
        return SqlSecondFactors(self._connection, self._vault)

    @cached_property
    def account_links(self) -> SqlAccountLinks:
        return SqlAccountLinks(self._connection)

    @cached_property
    def guesses(self) -> SqlGuesses:
        return SqlGuesses(self._connection)

    @cached_property
    def consents(self) -> SqlConsents:
        return SqlConsents(self._connection)

    @cached_property
    def privacy(self) -> SqlPrivacyRequests:
        return SqlPrivacyRequests(self._connection, self._vault)

    @cached_property
    def data_links(self) -> SqlDataLinks:
        return SqlDataLinks(self._connection)

    @cached_property
    def recipient_log(self) -> SqlRecipientLog:
        return SqlRecipientLog(self._connection)

    @cached_property
    def disclosures(self) -> SqlDisclosures:
        return SqlDisclosures(self._connection)

    def add_event(self, event: Event) -> None:
        self._events.append(event)

    def record_made(self, made: str) -> None:
        self._made = made

    async def commit(self) -> None:
        await write_events(self._connection, self._events)
        if self._claim is not None and self._made:
            await record_made(self._connection, self._claim, self._made)
        try:
            await self._connection.commit()
        except (ConnectionLost, TimeoutError) as error:
            raise OutcomeUnknown from error
        if self._claim is not None:
            self._claim.spent = True
        self.has_events = bool(self._events)


class SqlUnitsOfWork:
    """``wake`` is called after a commit that wrote events to the outbox.

    ``keyed`` units store the idempotency key of the request; see `ports.idempotency`.
    """

    def __init__(
        self,
        database: Database,
        vault: Encryption,
        now: Clock,
        wake: Callable[[], None],
        *,
        keyed: bool = True,
    ) -> None:
        self._database = database
        self._vault = vault
        self._now = now
        self._wake = wake
        self._keyed = keyed

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[SqlUnitOfWork]:
        async with self._database.writes.connect() as connection:
            claim = current_claim() if self._keyed else None
            if claim is not None:
                if claim.spent:
                    raise KeySpent
                await insert_claim(connection, claim, self._now())
            unit = SqlUnitOfWork(connection, self._vault, self._now, claim)
            yield unit
        if unit.has_events:
            self._wake()
