"""No statement of a job or a page reads a whole table that grows with the history of the shop."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import event, or_, select

from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import orders
from core.application.carts.ownership import CartOwner
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.text import Text
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF
from tests.bank import SMALL, Bank
from tests.conftest import ON_POSTGRESQL
from tests.factories import stock_up
from tests.people import a_life

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]

GROWING = (
    *("orders", "order_lines", "shipments", "returns", "carts", "sessions", "customers"),
    *("payments", "payment_entries", "refunds", "notifications", "stock_movements"),
    *("reservations", "allocations", "outbox", "deliveries", "idempotency_keys"),
    *("claims", "quotas", "quota_uses", "ledger_accounts", "ledger_transfers", "ledger_lines"),
    *("ledger_lots", "ledger_lot_uses", "promotion_uses", "coupons", "applied_prices"),
)
SCAN = re.compile(rf"Seq Scan on ({'|'.join(GROWING)})\b")
ORIGIN = "http://shop.test"
STAFF = ("staff@example.com", "correct horse battery")
PAGES = (
    *("", "/orders", "/orders?state=paid", "/orders?state=placed", "/orders?q=1234567890123456"),
    *("/returns", "/products", "/privacy", "/promotions", "/promotions/ten-off"),
    *("/coupon-batches/double-11", "/price-lists"),
)


class Statements:
    """Records the statements of a shop."""

    def __init__(self, shop: Shop) -> None:
        self._database = shop.database()
        self.seen: dict[str, Any] = {}
        event.listen(self._database.writes.sync_engine, "before_cursor_execute", self._record)

    def _record(
        self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            many = isinstance(parameters, list)
            self.seen.setdefault(statement, parameters[0] if many else parameters)

    async def scans(self) -> list[str]:
        """Statements that must read a whole growing table: no index serves them."""
        found = []
        async with self._database.writes.connect() as connection:
            # An empty table is read as a whole, unless this is forbidden.
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            for statement, parameters in dict(self.seen).items():
                plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
                if scan := SCAN.search("\n".join(plan.scalars())):
                    found.append(f"{scan.group(1)}: {statement}")
        return found


async def open_admin_pages(shop: Shop) -> None:
    app = assemble(shop)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url=ORIGIN,
        headers={"origin": ORIGIN},
    )
    async with app.app.lifespan(), client:
        login, password = STAFF
        await client.post("/en/admin/login", data={"login": login, "password": password})
        for path in PAGES:
            answer = await client.get(f"/en/admin{path}", follow_redirects=True)
            assert answer.status_code == 200, path


@pytest.mark.own_database
async def test_jobs_and_admin_pages_use_indexes(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    await shop.add_staff()(*STAFF, "Staff")
    await a_life(shop, bank)
    await shop.add_to_cart()(CartOwner(token="guest"), SMALL, 1)
    await shop.save_promotion()({**TEN_OFF, "by_coupon": True})
    batch = CouponBatch(code="double-11", promotion="ten-off", label=Text({"zh": "券"}))
    await shop.create_coupon_batch()(batch, ["DOUBLE11"])
    statements = Statements(shop)
    for job in (
        *(shop.relay_events(), shop.deliver_events(), shop.expire_orders()),
        *(shop.poll_payments(), shop.send_refunds(), shop.carry_out_erasures()),
        *(shop.end_retention(), shop.purge_expired()),
        *(shop.end_expired_transfer_holds(), shop.expire_lots(), shop.apply_prices()),
    ):
        await job()
    await open_admin_pages(shop)
    assert len(statements.seen) > 40
    assert await statements.scans() == []

    # The twin: an OR over two tables, as the search of the order list once was.
    async with shop.database().reads.connect() as connection:
        shipped = select(shipments.c.order_id).where(shipments.c.carrier == "x")
        await connection.execute(
            select(orders.c.id).where(or_(orders.c.number == "1", orders.c.id.in_(shipped)))
        )
    assert any(each.startswith("orders:") for each in await statements.scans())
