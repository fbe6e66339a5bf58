"""A gateway with its simulator, so that a test can act as buyer, provider and network failure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx

from entrepot.simulation import Book, Cashier, Fault, Faults, Notifier
from ports.payment import (
    AppParameters,
    FormPost,
    NextAction,
    PaymentGateway,
    QrCode,
    RawNotification,
    Redirect,
)

FORM = {"content-type": "application/x-www-form-urlencoded"}


class TestClock:
    """A clock that changes only when a test calls `advance`."""

    __test__ = False

    def __init__(self, at: datetime = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        """Add a `timedelta`, such as ``hours=1``."""
        self.at += timedelta(**span)


class Simulated(Protocol):
    """The parts of a simulator that the bench uses."""

    book: Book
    notifier: Notifier
    faults: Faults
    cashier: Cashier
    app_address: str
    """The address that receives the parameters of a merchant's app, or empty."""

    async def settle_refund(self, reference: str, status: str = "succeeded") -> None:
        """End a pending refund, and notify the merchant if the protocol does."""

    async def aclose(self) -> None: ...


class Plug(httpx.AsyncBaseTransport):
    """The connection to the simulator. With ``out``, each request fails before it is sent."""

    def __init__(self, app: Any) -> None:
        self.out = False
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.out:
            raise httpx.ConnectError("refused", request=request)
        return await self._inner.handle_async_request(request)


class GatewayBench:
    """One gateway with its simulator. The test delivers the notifications.

    ``secrets`` must not be in a log. ``window`` is the maximum age of a notification, or None
    if the protocol has no timestamp.
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
        """Open the gateway as the buyer's browser or phone. Returns the HTTP status."""
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
        """Follow the action as the buyer, and pay."""
        await self.present(action)
        self.simulator.cashier.show(reference)
        await self.simulator.cashier.confirm(reference)

    def notifications(self) -> list[RawNotification]:
        """The notifications that were sent, as the shop receives them now."""
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
        """The minor units of all refunds of a payment that did not fail."""
        return self.simulator.book.refunded(reference)

    async def aclose(self) -> None:
        await self.simulator.aclose()
        close = getattr(self.gateway, "aclose", None)
        if close is not None:
            await close()
