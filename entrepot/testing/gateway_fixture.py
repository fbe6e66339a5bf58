"""A gateway that is connected to the simulator of its provider."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from entrepot.simulation import FORM_HEADERS, Fault, GatewaySimulator
from ports.payments.gateway import PaymentGateway
from ports.payments.notifications import RawNotification
from ports.payments.purchase import AppParameters, FormPost, NextAction, QrCode, Redirect


class TestClock:
    """A clock that changes only when a test advances it."""

    __test__ = False

    def __init__(self, at: datetime = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        """Move the clock. The arguments are those of `timedelta`, such as ``hours=1``."""
        self.at += timedelta(**span)


class SimulatedTransport(httpx.AsyncBaseTransport):
    """Sends requests to an ASGI app. If ``disconnected``, every connection fails."""

    def __init__(self, app: Any) -> None:
        self.disconnected = False
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.disconnected:
            raise httpx.ConnectError("refused", request=request)
        return await self._inner.handle_async_request(request)


class GatewayFixture:
    """The test acts as buyer and provider. Notifications are queued, not sent.

    ``secrets`` must never occur in a log. ``window`` is the maximum age of a notification,
    None if the protocol has no time in its signature. ``signs_answers`` is False for a protocol
    whose answers have no signature.
    """

    def __init__(
        self,
        *,
        gateway: PaymentGateway,
        simulator: GatewaySimulator[Any],
        transport: SimulatedTransport,
        clock: TestClock,
        secrets: tuple[str, ...] = (),
        window: timedelta | None = None,
        signs_answers: bool = True,
    ) -> None:
        self.gateway = gateway
        self.simulator = simulator
        self.transport = transport
        self.clock = clock
        self.secrets = secrets
        self.window = window
        self.signs_answers = signs_answers
        simulator.notifier.deferred = True

    async def follow(self, action: NextAction) -> int:
        """Open the provider's page in the buyer's browser or phone. Returns the HTTP status."""
        async with httpx.AsyncClient(transport=self.transport, base_url="http://gateway") as client:
            match action:
                case Redirect(url) | QrCode(url):
                    return (await client.get(url)).status_code
                case FormPost(url, fields):
                    return (await client.post(url, data=dict(fields))).status_code
                case AppParameters(_, text) if text:
                    address = self.simulator.app_address
                    answer = await client.post(address, content=text, headers=FORM_HEADERS)
                    return answer.status_code
                case _:
                    return 200

    async def pay(self, action: NextAction, reference: str) -> None:
        """Follow the action, and confirm the payment as the buyer."""
        await self.follow(action)
        self.simulator.payment_page.show(reference)
        await self.simulator.payment_page.confirm(reference)

    def notifications(self) -> list[RawNotification]:
        """All queued notifications, as if the shop received them now."""
        return [
            RawNotification(
                headers={name.lower(): value for name, value in message.headers.items()},
                query={},
                body=message.body,
                received_at=self.clock(),
            )
            for message in self.simulator.notifier.queued
        ]

    def arm(self, fault: Fault, times: int = 1, *, on_change: bool = False) -> None:
        """With ``on_change``, a gateway may query before it acts: a query has no fault.

        Skips the case if the protocol has no signed answers, and the fault is their signature.
        """
        if fault is Fault.BAD_SIGNATURE and not self.signs_answers:
            pytest.skip("this protocol does not sign answers")
        self.simulator.faults.arm(fault, times, on_change=on_change)

    def received_later(self, raw: RawNotification, **span: float) -> RawNotification:
        return replace(raw, received_at=raw.received_at + timedelta(**span))

    def refunded_amount(self, reference: str) -> int:
        """Minor units of a payment that were refunded, pending refunds included."""
        return self.simulator.trades.refunded_amount(reference)

    async def aclose(self) -> None:
        await self.simulator.aclose()
        close = getattr(self.gateway, "aclose", None)
        if close is not None:
            await close()
