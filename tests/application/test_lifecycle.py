"""Property test: orders, payments, refunds and returns in random sequences."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from adapters.database.engine import open_database
from adapters.database.migration import upgrade
from adapters.database.stock.repository import ensure_location
from core.application.fulfillment import Parcel
from core.application.orders.checkout import PlacedOrder
from core.application.payments.refunds import RefundInput
from core.application.payments.start import AuthorizeFirst
from core.domain.errors import DomainError
from core.domain.identifiers import LineKey, LocationCode, ReturnId
from core.domain.money import Money
from core.domain.payments.payment import ASK_INTERVAL
from core.domain.payments.refund import RefundReason
from core.domain.returns import Remedy, ReturnInput, ReturnReason
from entrepot.assembly.shop import Shop, open_shop
from entrepot.settings import Settings
from ports.errors import Misconfigured, PortError, Rejected
from ports.payments.gateway import GatewayPayment, GatewayStatus, PaymentReference
from ports.payments.notifications import Notification, RawNotification
from ports.payments.purchase import PurchaseRequest, Redirect
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest
from tests.bank import BACK, PARCEL, Bank, notification, place
from tests.domain.pricing.shop import a_promotion, amount, at_least, goods_off
from tests.factories import stock_up
from tests.gifts import BOUGHT, GIFT, place_with_gift
from tests.invariants import violations
from tests.pricing import use_rules

pytestmark = pytest.mark.slow

SECRET = "a secret of the tests, long enough"
UNITS = st.integers(1, 3)
QUANTITIES = st.one_of(
    UNITS.map(lambda units: {BOUGHT: units}),
    st.dictionaries(st.sampled_from([BOUGHT, GIFT]), UNITS, min_size=1),
)
"""Units by line; orders without a gift have one line, and refuse the other."""

MOODS: list[PortError | GatewayRefundStatus | None] = [
    None,
    None,
    Rejected("no"),
    Misconfigured("wrong key"),
    GatewayRefundStatus.PENDING,
    GatewayRefundStatus.ABNORMAL,
]


Units = Mapping[LineKey, int]

OFF = a_promotion(
    "order",
    goods_off(amount("10.01")),
    code="off",
    condition=at_least("200.00"),
    limits=[{"kind": "spend", "most_amount": {"CNY": "35.00"}, "excess": "cut"}],
)
"""A discount that does not divide by the units, until its money is spent."""


class ManyPayments(Bank):
    """A bank with a state for each payment."""

    def __init__(self) -> None:
        super().__init__()
        self.paid: set[str] = set()
        self.closed: set[str] = set()
        self.authorizing: set[str] = set()
        self.authorized: set[str] = set()
        self.mood: PortError | GatewayRefundStatus | None = None

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        if isinstance(self.mood, PortError):
            raise self.mood
        if self.mood is None:
            return await super().refund(request)
        return GatewayRefund.of(
            request, self.mood, account=self.account, now=datetime.now(UTC), failure="?"
        )

    async def verify(self, raw: RawNotification) -> Notification:
        """The header ``refund`` names a refund that has succeeded."""
        reference = raw.headers.get("refund")
        if reference is None:
            return await super().verify(raw)
        refund = GatewayRefund(
            reference=reference,
            payment_reference="",
            status=GatewayRefundStatus.SUCCEEDED,
            account=self.account,
            amount=self.given_back[reference],
        )
        return Notification(key=f"refund-{reference}", account=self.account, refund=refund)

    def says(self, reference: str) -> GatewayPayment:
        asked = {each.reference: each for each in self.asked}[reference]
        self.amount, self.known = asked.amount, GatewayStatus.PENDING
        if reference in self.paid:
            self.known = GatewayStatus.PAID
        elif reference in self.authorized:
            self.known = GatewayStatus.AUTHORIZED
        elif reference in self.closed:
            self.known = GatewayStatus.CLOSED
        return super().says(reference)

    async def close(self, payment: Any) -> GatewayPayment:
        if not self.down and payment.reference not in self.paid | self.authorized:
            self.closed.add(payment.reference)
        return await self.query(payment)

    def references(self) -> list[str]:
        """In the order of the requests: the references are random, and runs must be the same."""
        return list(dict.fromkeys(each.reference for each in self.asked))

    def buyer_pays(self, reference: str) -> None:
        (self.authorized if reference in self.authorizing - self.paid else self.paid).add(reference)

    async def authorize(self, request: PurchaseRequest) -> Redirect:
        self.authorizing.add(request.reference)
        return await self.purchase(request)

    async def capture(
        self, payment: PaymentReference, amount: Money, reference: str
    ) -> GatewayPayment:
        if payment.reference in self.authorized:
            self.authorized.remove(payment.reference)
            self.paid.add(payment.reference)
        self.says(payment.reference)
        return await super().capture(payment, amount, reference)

    async def void(self, payment: PaymentReference, reference: str) -> GatewayPayment:
        if not self.down and payment.reference in self.authorized:
            self.lapse(payment.reference)
        self.says(payment.reference)
        return await super().void(payment, reference)

    def lapse(self, reference: str) -> None:
        self.authorized.remove(reference)
        self.closed.add(reference)


class Lifecycle(RuleBasedStateMachine):
    """Any step may be refused; the invariants hold after every step."""

    template: Path
    authorize_first: bool
    orders: Bundle[PlacedOrder] = Bundle("orders")
    returns: Bundle[ReturnId] = Bundle("returns")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "shop.db")
        self.runner = asyncio.Runner()
        self.bank = ManyPayments()
        self.looks = 0
        self.shop = open_in(self.folder)
        use_rules(self.shop, OFF)
        self.shop.gateways().by_code["bank"] = self.bank  # type: ignore[index]
        self.count = 0
        self.ahead = timedelta()

    def do(self, work: Awaitable[Any]) -> Any:
        async def run() -> Any:
            return await work

        try:
            return self.runner.run(run())
        except (DomainError, PortError):
            return None

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def later(self, use_case: Any) -> Any:
        return replace(use_case, now=self.now)

    @initialize()
    def stock(self) -> None:
        self.do(stock_up(self.shop))

    @rule(target=orders, units=UNITS)
    def order(self, units: int) -> Any:
        self.count += 1
        placed = self.do(place(self.shop, f"cart-{self.count}", units))
        return placed or multiple()

    @rule(target=orders)
    def buy_with_gift(self) -> Any:
        """An order with a gift and a discount, half of the stock."""
        self.count += 1
        placed = self.do(place_with_gift(self.shop, str(10**15 + self.count)))
        return self.paid(placed) if placed else multiple()

    @rule(placed=orders)
    def start_payment(self, placed: PlacedOrder) -> None:
        self.do(
            replace(
                self.shop.start_payment(), authorize_first=AuthorizeFirst(self.authorize_first)
            )(placed.id, BACK)
        )

    @rule(target=orders, units=UNITS)
    def buy(self, units: int) -> Any:
        """Several steps at once, so that short sequences get far."""
        placed = self.order(units)
        return self.paid(placed) if isinstance(placed, PlacedOrder) else placed

    def paid(self, placed: PlacedOrder) -> PlacedOrder:
        self.start_payment(placed)
        reference = self.bank.asked[-1].reference
        self.bank.buyer_pays(reference)
        self.do(self.shop.receive_notification()("bank", notification(reference, reference)))
        return placed

    @rule(data=st.data(), times=st.integers(0, 3))
    def pay(self, data: st.DataObject, times: int) -> None:
        """The buyer pays; the bank sends ``times`` notifications."""
        references = [each for each in self.bank.references() if each not in self.bank.closed]
        if not references:
            return
        reference = data.draw(st.sampled_from(references))
        self.bank.buyer_pays(reference)
        for _ in range(times):
            self.do(self.shop.receive_notification()("bank", notification(reference, reference)))

    @rule(data=st.data())
    def authorization_lapses(self, data: st.DataObject) -> None:
        references = [each for each in self.bank.references() if each in self.bank.authorized]
        if references:
            self.bank.lapse(data.draw(st.sampled_from(references)))

    @rule(placed=orders)
    def look(self, placed: PlacedOrder) -> None:
        """Each time later: pages ask at most once in an interval."""
        self.looks += 1
        now = datetime.now(UTC) + self.looks * ASK_INTERVAL
        self.do(replace(self.shop.check_payments(), now=lambda: now)(placed.id))

    @rule(placed=orders)
    def cancel(self, placed: PlacedOrder) -> None:
        self.do(self.shop.cancel_order()(placed.id, "customer"))

    @rule(placed=orders, units=QUANTITIES, shipping=st.booleans())
    def give_back(self, placed: PlacedOrder, units: Units, *, shipping: bool) -> None:
        details = RefundInput(
            reason=RefundReason.GOODWILL,
            actor="staff",
            quantities=units,
            shipping=shipping,
        )
        self.do(self.shop.request_refund()(placed.id, details))

    @rule(placed=orders, minor=st.integers(1, 70_000))
    def give_back_amount(self, placed: PlacedOrder, minor: int) -> None:
        """It can be the whole amount that is left, or more."""
        amount = Money(minor, "CNY")
        details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", amount=amount)
        if self.do(self.shop.request_refund()(placed.id, details)) is None:
            left = next(iter(self.do(self.refundable(placed))), amount)
            self.do(self.shop.request_refund()(placed.id, replace(details, amount=left)))

    async def refundable(self, placed: PlacedOrder) -> list[Money]:
        async with self.shop.units()() as unit:
            payments = await unit.payments.list(placed.id)
            amounts = [await unit.refunds.refundable(each, placed.id) for each in payments]
        return [each for each in amounts if each.minor]

    @rule(placed=orders, data=st.data(), act=st.sampled_from(["retry", "replace", "succeed"]))
    def repair_refund(self, placed: PlacedOrder, data: st.DataObject, act: str) -> None:
        """Staff act on a refund, or the bank says later that it was made."""
        refunds = self.do(self.shop.order_queries().refunds(placed.id))
        if not refunds:
            return
        refund = data.draw(st.sampled_from(refunds))
        if act == "retry":
            self.do(self.shop.retry_refund()(placed.id, refund.reference))
        elif act == "replace":
            self.do(self.shop.replace_refund()(placed.id, refund.reference))
        elif refund.tries:
            self.bank.given_back[refund.reference] = refund.amount
            raw = notification("?", "?")
            raw = replace(raw, headers={"refund": refund.reference})
            self.do(self.shop.receive_notification()("bank", raw))

    @rule(placed=orders, units=QUANTITIES)
    def ship(self, placed: PlacedOrder, units: Units) -> None:
        parcel = Parcel(carrier="sf", tracking_number="SF1234567", quantities=units)
        self.do(self.shop.ship_order()(placed.id, parcel, "staff"))

    @rule(placed=orders)
    def deliver(self, placed: PlacedOrder) -> None:
        self.do(self.shop.deliver_order()(placed.id, "carrier"))

    @rule(
        target=returns,
        placed=orders,
        units=QUANTITIES,
        remedy=st.sampled_from(Remedy),
        restock=st.booleans(),
    )
    def send_back(self, placed: PlacedOrder, units: Units, remedy: Remedy, *, restock: bool) -> Any:
        """Ship and deliver what is open, and return units of it up to their inspection."""
        self.do(self.shop.ship_order()(placed.id, PARCEL, "staff"))
        self.deliver(placed)
        return_id = self.request_return(placed, units, remedy)
        for step in ("approve", "receive", "inspect"):
            if isinstance(return_id, UUID):
                self.handle(ReturnId(return_id), step, units, restock=restock)
        return return_id

    @rule(target=returns, placed=orders, units=QUANTITIES, remedy=st.sampled_from(Remedy))
    def request_return(self, placed: PlacedOrder, units: Units, remedy: Remedy) -> Any:
        details = ReturnInput(quantities=units, reason=ReturnReason.DAMAGED, remedy=remedy)
        asked = self.do(self.shop.request_return()(placed.id, details))
        return asked.id if asked else multiple()

    @rule(
        each=returns,
        step=st.sampled_from(["approve", "receive", "inspect", "withdraw", "reject"]),
        units=QUANTITIES,
        restock=st.booleans(),
    )
    def handle(self, each: ReturnId, step: str, units: Units, *, restock: bool) -> None:
        handle_return = self.shop.handle_return()
        match step:
            case "approve":
                self.do(handle_return.approve(each))
            case "receive":
                self.do(handle_return.receive(each, "SF2"))
            case "inspect":
                self.do(handle_return.inspect(each, units, restock=restock))
            case "withdraw":
                self.do(handle_return.withdraw(each))
            case _:
                self.do(handle_return.reject(each, "no"))

    @rule(each=returns)
    def refund_return(self, each: ReturnId) -> None:
        self.do(self.shop.refund_return()(each, "staff"))

    @rule(target=orders, each=returns)
    def exchange(self, each: ReturnId) -> Any:
        number = self.do(self.shop.exchange_return()(each))
        if number is None:
            return multiple()
        order = self.do(self.shop.order_queries().find(number))
        return PlacedOrder(id=order.id, number=number, access_token="")

    @rule(down=st.booleans(), mood=st.sampled_from(MOODS))
    def worker(self, *, down: bool, mood: PortError | GatewayRefundStatus | None) -> None:
        """Let 20 minutes pass and run the jobs; with ``down``, the bank does not respond.

        ``mood`` is its answer to new refunds.
        """
        self.ahead += timedelta(minutes=20)
        self.bank.down, self.bank.mood = down, mood
        for job in (
            self.shop.poll_payments(),
            self.shop.expire_orders(),
            self.shop.send_refunds(),
            self.shop.relay_events(),
        ):
            self.do(self.later(job)())
        self.bank.down, self.bank.mood = False, None

    @invariant()
    def ledger_and_stock_are_consistent(self) -> None:
        assert self.runner.run(violations(self.shop.database())) == []

    def teardown(self) -> None:
        """After all jobs, the refunds do not exceed the payments."""
        for _ in range(3):
            self.ahead += timedelta(days=1)
            self.do(self.later(self.shop.send_refunds())())
        assert self.runner.run(violations(self.shop.database())) == []
        asked = {each.reference: each.amount.minor for each in self.bank.asked}
        paid = sum(asked[each] for each in self.bank.paid)
        assert sum(each.minor for each in self.bank.given_back.values()) <= paid
        self.runner.run(close_shop(self.shop))
        self.runner.close()
        shutil.rmtree(self.folder)


def open_in(folder: Path) -> Shop:
    return open_shop(
        Settings(
            secret_key=SECRET,  # type: ignore[arg-type]
            database_url=f"sqlite:///{folder / 'shop.db'}",
            data_dir=folder / "data",
            page_cache_seconds=0,
            worker_in_server=False,
        )
    )


async def close_shop(shop: Shop) -> None:
    for close in shop.closers():
        await close()
    await shop.database().close()


async def create_empty_shop(path: Path) -> None:
    database = open_database(f"sqlite:///{path}")
    await upgrade(database)
    async with database.writes.begin() as connection:
        await ensure_location(connection, LocationCode("main"), {"zh": "主仓", "en": "Main"})
    await database.close()


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize(
    "authorize_first", [False, True], ids=["captured immediately", "authorized until shipped"]
)
def test_no_sequence_loses_money_or_stock(tmp_path: Path, *, authorize_first: bool) -> None:
    Lifecycle.authorize_first = authorize_first
    Lifecycle.template = tmp_path / "template.db"
    asyncio.run(create_empty_shop(Lifecycle.template))
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=60,
            derandomize=True,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
