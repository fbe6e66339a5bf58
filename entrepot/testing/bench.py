"""A gateway beside the system that it talks to, so that a test can be buyer, bank and accident."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx

from entrepot.simulation import Book, Cashier, Fault, Faults, Notifier
from ports.payment.gateway import PaymentGateway
from ports.payment.notifications import RawNotification
from ports.payment.purchase import AppParameters, FormPost, NextAction, QrCode, Redirect

FORM = {"content-type": "application/x-www-form-urlencoded"}


class TestClock:
    """A clock that stands still until it is told to go on."""

    __test__ = False

    def __init__(self, at: datetime = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        """As `timedelta` takes it: ``hours=1``."""
        self.at += timedelta(**span)


class Simulated(Protocol):
    """What every simulator has that is made of `entrepot.simulation`."""

    book: Book
    notifier: Notifier
    faults: Faults
    cashier: Cashier
    app_address: str
    """Where the gateway's app would take what a merchant's app hands it; empty: nowhere."""

    async def settle_refund(self, reference: str, status: str = "succeeded") -> None:
        """End a refund that is pending, and tell the merchant where the protocol does."""

    async def aclose(self) -> None: ...


class Plug(httpx.AsyncBaseTransport):
    """The line to the simulator; ``out`` cuts it before anything is sent."""

    def __init__(self, app: Any) -> None:
        self.out = False
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.out:
            raise httpx.ConnectError("refused", request=request)
        return await self._inner.handle_async_request(request)


class GatewayBench:
    """One gateway with its simulator; notifications are held, for the test to hand over.

    ``secrets`` must never be seen in a log. ``window`` is how old a notification may be,
    None where the protocol has no time in it. ``slow_refunds`` makes the next refund wait.
    """

    def __init__(
        self,
        *,
        gateway: PaymentGateway,
        simulator: Simulated,
        plug: Plug,
        clock: TestClock,
        secrets: tuple[str, ...] = (),
        window: timedelta | None = None,
    ) -> None:
        self.gateway = gateway
        self.simulator = simulator
        self.plug = plug
        self.clock = clock
        self.secrets = secrets
        self.window = window
        simulator.notifier.holding = True

    async def present(self, action: NextAction) -> int:
        """Bring the buyer's browser, or phone, to the gateway; the HTTP status of the answer."""
        async with httpx.AsyncClient(transport=self.plug, base_url="http://gateway") as client:
            match action:
                case Redirect(url) | QrCode(url):
                    return (await client.get(url)).status_code
                case FormPost(url, fields):
                    return (await client.post(url, data=dict(fields))).status_code
                case AppParameters(_, text) if text:
                    address = self.simulator.app_address
                    return (await client.post(address, content=text, headers=FORM)).status_code
                case _:
                    return 200

    async def pay(self, action: NextAction, reference: str) -> None:
        """The buyer goes where the action leads, and pays."""
        await self.present(action)
        self.simulator.cashier.show(reference)
        await self.simulator.cashier.confirm(reference)

    def notifications(self) -> list[RawNotification]:
        """What was sent, as the shop receives it now."""
        return [
            RawNotification(
                headers={name.lower(): value for name, value in message.headers.items()},
                query={},
                body=message.body,
                received_at=self.clock(),
            )
            for message in self.simulator.notifier.held
        ]

    def arm(self, fault: Fault, times: int = 1) -> None:
        self.simulator.faults.arm(fault, times)

    def later(self, raw: RawNotification, **span: float) -> RawNotification:
        return replace(raw, received_at=raw.received_at + timedelta(**span))

    def given_back(self, reference: str) -> int:
        """Minor units that the gateway gave back, or is giving back, of a payment."""
        return self.simulator.book.refunded(reference)

    async def aclose(self) -> None:
        await self.simulator.aclose()
        close = getattr(self.gateway, "aclose", None)
        if close is not None:
            await close()
