"""The demo's past orders can be refunded: the sandbox knows their payments."""

from pathlib import Path

import pytest

from core.application.payments.refunds import RefundInput
from core.domain.payments.refund import RefundReason, RefundState
from entrepot.assembly.shop import Shop
from entrepot.demo import seed
from entrepot.testing import TestClock
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.routes import routes_of
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import MerchantAccount, Simulator
from tests.gateway_fixtures import SECRET, connected, simulator_of

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


def sandbox_of(data: Path) -> SandboxGateway:
    """The sandbox that the shop serves, without a server."""
    clock, signer = TestClock(), Signer(SECRET.encode())
    merchant = MerchantAccount(name="sandbox-merchant", signer=signer)
    simulator = simulator_of(Simulator, merchant, data / "plugins" / "payment_sandbox", clock)
    fixture = connected(
        routes_of(simulator),
        lambda transport: SandboxGateway(
            url="http://gateway/sandbox-gateway",
            account=merchant.name,
            signer=signer,
            now=clock,
            transport=transport,
        ),
        simulator,
        clock,
    )
    assert isinstance(fixture.gateway, SandboxGateway)
    return fixture.gateway


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_past_order_can_be_refunded(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed, "CUSTOMERS", 2)
    monkeypatch.setattr(seed, "ORDERS", 2)
    await shop.seed_demo()(lambda *_: None)
    shop.gateways().by_code["sandbox"] = sandbox_of(tmp_path / "data")  # type: ignore[index]
    rows, _ = await shop.order_queries().list(
        customer_id=None, state=None, words="", language="zh", limit=5, cursor=""
    )
    assert len(rows) == 2
    for row in rows:
        order = await shop.order_queries().find(row.number)
        assert order is not None
        details = RefundInput(
            reason=RefundReason.GOODWILL, actor="staff", quantities=dict(order.quantities)
        )
        await shop.request_refund()(order.id, details)
        await shop.send_refunds()()
        (refund,) = await shop.order_queries().refunds(order.id)
        assert (refund.state, refund.failure) == (RefundState.SUCCEEDED, "")
