"""Odd but genuine messages of a gateway over HTTP, and the page on which staff see them."""

import json
import re
from typing import Any

import httpx
import pytest

from entrepot.assembly.shop import Shop
from plugins.payment_sandbox.signing import Signer
from tests.conftest import SECRET

pytestmark = pytest.mark.anyio

TRADE = {
    "reference": "A2026112500000001",
    "account": "sandbox-merchant",
    "status": "paid",
    "trade_number": "T1",
    "amount": 1990,
    "currency": "CNY",
    "paid_at": "2026-11-25T12:00:00+08:00",
}


def content(number: object = "n1", **changes: Any) -> bytes:
    return json.dumps({"id": number, "trade": {**TRADE, **changes}}).encode()


ODD = {
    "unknown": content(),
    "no id": content(None),
    "a list as id": content(["n1"]),
    "NUL": content(reference="A\x00", trade_number="\x00"),
    "half a character": content(trade_number="\ud800"),
    "small letters": content(currency="cny"),
    "a huge amount": content(amount=10**40),
    "a time without a zone": content(paid_at="2026-11-25T12:00:00"),
    "deep": b'{"id": ' + b"[" * 20_000,
    "a list": b"[1]",
}


@pytest.mark.parametrize("case", ODD)
async def test_an_odd_message_is_answered_as_the_gateway_expects_and_shown_to_staff(
    client: httpx.AsyncClient, stocked: Shop, case: str
) -> None:
    signer, now = Signer(SECRET.encode()), stocked.now()()
    headers = dict(signer.headers(ODD[case], now))
    for _ in range(2):
        answer = await client.post("/notify/sandbox", content=ODD[case], headers=headers)
        assert (answer.status_code, answer.content) == (400, b"fail")
    assert len(await stocked.order_queries().quarantined(9)) == 1
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    login = {"login": "boss@example.com", "password": "correct horse"}
    await client.post("/en/admin/login", data=login)
    page = await client.get("/en/admin/reconciliations")
    assert page.status_code == 200
    assert "Unmatched payment messages" in page.text
    assert len(re.findall(r"<div>\s*sandbox\s*</div>", page.text)) == 1


async def test_a_forged_message_is_not_kept(client: httpx.AsyncClient, stocked: Shop) -> None:
    headers = dict(Signer(b"another secret of 32 characters!").headers(ODD["NUL"], stocked.now()()))
    answer = await client.post("/notify/sandbox", content=ODD["NUL"], headers=headers)
    assert answer.status_code == 400
    assert await stocked.order_queries().quarantined(9) == ()
