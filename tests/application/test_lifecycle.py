"""Property test: orders, payments, refunds and returns in random sequences."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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
from core.domain.identifiers import LocationCode, ReturnId
from core.domain.money import Money
from core.domain.payments.refund import RefundReason
from core.domain.returns import Remedy, ReturnInput, ReturnReason
from entrepot.assembly.shop import Shop, open_shop
from entrepot.settings import Settings
from ports.errors import PortError
from ports.payments.gateway import GatewayPayment, GatewayStatus, PaymentReference
from ports.payments.purchase import PurchaseRequest, Redirect
from tests.bank import BACK, SMALL, Bank, notification, place
from tests.factories import stock_up
from tests.invariants import violations

pytestmark = pytest.mark.slow

SECRET = "a secret of the tests, long enough"
UNITS = st.integers(1, 3)


class ManyPayments(Bank):
    """A bank with a state for each payment."""

    def __init__(self) -> None:
        super().__init__()
        self.paid: set[str] = set()
        self.closed: set[str] = set()
        self.authorizing: set[str] = set()
        self.authorized: set[str] = set()

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
        self.shop = open_in(self.folder)
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

    @rule(placed=orders)
    def start_payment(self, placed: PlacedOrder) -> None:
        self.do(
            replace(
                self.shop.start_payment(), authorize_first=AuthorizeFirst(self.authorize_first)
            )(placed.id, BACK)
        )

    @rule(data=st.data(), times=st.integers(0, 3))
    def pay(self, data: st.DataObject, times: int) -> None:
        """The buyer pays; the bank sends ``times`` notifications."""
        references = sorted({each.reference for each in self.bank.asked} - self.bank.closed)
        if not references:
            return
        reference = data.draw(st.sampled_from(references))
        self.bank.buyer_pays(reference)
        for _ in range(times):
            self.do(self.shop.receive_notification()("bank", notification(reference, reference)))

    @rule(data=st.data())
    def authorization_lapses(self, data: st.DataObject) -> None:
        if self.bank.authorized:
            self.bank.lapse(data.draw(st.sampled_from(sorted(self.bank.authorized))))

    @rule(placed=orders)
    def look(self, placed: PlacedOrder) -> None:
        self.do(self.shop.check_payments()(placed.id))

    @rule(placed=orders)
    def cancel(self, placed: PlacedOrder) -> None:
        self.do(self.shop.cancel_order()(placed.id, "customer"))

    @rule(placed=orders, units=UNITS, shipping=st.booleans())
    def give_back(self, placed: PlacedOrder, units: int, *, shipping: bool) -> None:
        details = RefundInput(
            reason=RefundReason.GOODWILL,
            actor="staff",
            quantities={SMALL: units},
            shipping=shipping,
        )
        self.do(self.shop.request_refund()(placed.id, details))

    @rule(placed=orders, units=UNITS)
    def ship(self, placed: PlacedOrder, units: int) -> None:
        parcel = Parcel(carrier="sf", tracking_number="SF1234567", quantities={SMALL: units})
        self.do(self.shop.ship_order()(placed.id, parcel, "staff"))

    @rule(placed=orders)
    def deliver(self, placed: PlacedOrder) -> None:
        self.do(self.shop.deliver_order()(placed.id, "carrier"))

    @rule(target=returns, placed=orders, units=UNITS, remedy=st.sampled_from(Remedy))
    def request_return(self, placed: PlacedOrder, units: int, remedy: Remedy) -> Any:
        details = ReturnInput(quantities={SMALL: units}, reason=ReturnReason.DAMAGED, remedy=remedy)
        asked = self.do(self.shop.request_return()(placed.id, details))
        return asked.id if asked else multiple()

    @rule(
        each=returns,
        step=st.sampled_from(["approve", "receive", "inspect", "withdraw", "reject"]),
        units=UNITS,
        restock=st.booleans(),
    )
    def handle(self, each: ReturnId, step: str, units: int, *, restock: bool) -> None:
        handle_return = self.shop.handle_return()
        match step:
            case "approve":
                self.do(handle_return.approve(each))
            case "receive":
                self.do(handle_return.receive(each, "SF2"))
            case "inspect":
                self.do(handle_return.inspect(each, {SMALL: units}, restock=restock))
            case "withdraw":
                self.do(handle_return.withdraw(each))
            case _:
                self.do(handle_return.reject(each, "no"))

    @rule(each=returns)
    def refund_return(self, each: ReturnId) -> None:
        self.do(self.shop.refund_return()(each, "staff"))

    @rule(each=returns)
    def exchange(self, each: ReturnId) -> None:
        self.do(self.shop.exchange_return()(each))

    @rule(down=st.booleans())
    def worker(self, *, down: bool) -> None:
        """Let 20 minutes pass and run the jobs; with ``down``, the bank does not respond."""
        self.ahead += timedelta(minutes=20)
        self.bank.down = down
        for job in (
            self.shop.poll_payments(),
            self.shop.expire_orders(),
            self.shop.send_refunds(),
            self.shop.relay_events(),
        ):
            self.do(self.later(job)())
        self.bank.down = False

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
