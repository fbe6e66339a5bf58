"""The gateway's side: it takes the money that does not exist, and tells the merchant."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import Any

import httpx

from entrepot import Clock
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.trades import Trade, Trades

RETRY_AFTER_SECONDS = (1, 2, 5, 15, 60, 300)
TIMEOUT_SECONDS = 3.0


class Refused(Exception):
    """The sandbox does not do this; the reason is shown."""


class Simulator:
    """Refuses what a real gateway refuses: a changed, expired, closed or foreign payment."""

    def __init__(
        self,
        *,
        trades: Trades,
        signer: Signer,
        account: str,
        now: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._trades = trades
        self._signer = signer
        self._account = account
        self._now = now
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, transport=transport)
        self._notifying: set[asyncio.Task[None]] = set()

    def check(self, fields: Mapping[str, str]) -> None:
        """Raises `Refused` unless the merchant asked for exactly this."""
        if not self._signer.query_holds(fields):
            raise Refused("signature")
        if fields["account"] != self._account:
            raise Refused("account")
        if not fields["amount"].isdecimal() or int(fields["amount"]) < 1:
            raise Refused("amount")
        if int(fields["expires_at"]) <= self._now().timestamp():
            raise Refused("expired")

    async def pay(self, fields: Mapping[str, str]) -> None:
        """The buyer pays: written down once, and the merchant is told."""
        self.check(fields)
        trade = await asyncio.to_thread(
            self._trades.decide,
            Trade(
                reference=fields["reference"],
                status="paid",
                account=self._account,
                trade_number=f"SB{secrets.randbelow(10**16):016d}",
                amount=int(fields["amount"]),
                currency=fields["currency"],
                paid_at=self._now().isoformat(),
                notify_url=fields["notify_url"],
            ),
        )
        if trade.status != "paid":
            raise Refused("closed")
        if not await self.notify(trade):
            again = asyncio.create_task(self._notify_until_heard(trade))
            self._notifying.add(again)
            again.add_done_callback(self._notifying.discard)

    async def notify(self, trade: Trade) -> bool:
        """One notification; whether the merchant acknowledged it with ``success``."""
        body = json.dumps({"id": f"notify-{trade.trade_number}", "trade": _said_of(trade)}).encode()
        try:
            answer = await self._client.post(
                trade.notify_url, content=body, headers=self._signer.headers(body, self._now())
            )
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK and answer.content == b"success"

    async def answer(
        self, what: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[bytes, dict[str, str]]:
        """A signed answer to the merchant's ``query`` or ``close``."""
        if not self._signer.holds(headers, body, self._now()):
            raise Refused("signature")
        reference = str(json.loads(body)["reference"])
        if what == "close":
            trade: Trade | None = await asyncio.to_thread(
                self._trades.decide, self._closed(reference)
            )
        else:
            trade = await asyncio.to_thread(self._trades.find, reference)
        said = (
            {"reference": reference, "status": "not_found", "account": self._account}
            if trade is None
            else _said_of(trade)
        )
        answer = json.dumps(said).encode()
        return answer, self._signer.headers(answer, self._now())

    async def aclose(self) -> None:
        for task in self._notifying:
            task.cancel()
        await asyncio.gather(*self._notifying, return_exceptions=True)
        await self._client.aclose()

    async def _notify_until_heard(self, trade: Trade) -> None:
        for seconds in RETRY_AFTER_SECONDS:
            await asyncio.sleep(seconds)
            if await self.notify(trade):
                return

    def _closed(self, reference: str) -> Trade:
        return Trade(
            reference=reference,
            status="closed",
            account=self._account,
            trade_number="",
            amount=0,
            currency="",
            paid_at="",
            notify_url="",
        )


def _said_of(trade: Trade) -> dict[str, Any]:
    return {
        "reference": trade.reference,
        "status": trade.status,
        "account": trade.account,
        "trade_number": trade.trade_number,
        "amount": trade.amount,
        "currency": trade.currency,
        "paid_at": trade.paid_at,
    }
