"""Plugins keep accounts of their own kinds in the ledger."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.domain.errors import IllegalTransition, Invalid, KeyReused, NotFound
from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import (
    POINTS,
    InsufficientBalance,
    LedgerAccountId,
    LedgerAccountKind,
    Owner,
    OwnerKind,
)
from core.domain.ledger.transfers import ReversalTooLarge, TransferId
from entrepot.assembly.shop import Shop
from entrepot.shop import ShopTransferInput, TransferEnd
from tests.invariants import violations
from tests.people import MARKED, register
from tests.plugins.shop_plugin import in_plugin

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("shop_plugin")]

SOON = datetime.now(UTC) + timedelta(days=1)


async def ask(shop: Shop, method: str, *arguments: Any) -> Any:
    """Call a method of `ShopAccounts` in the plugin."""
    return await in_plugin(shop, lambda each: getattr(each.accounts, method)(*arguments))


async def opened(shop: Shop) -> tuple[Any, Any]:
    """An account of a member, and that of the shop which it is paid from."""
    member = await register(shop, MARKED)
    own = await ask(shop, "open", "wallet", POINTS, member)
    issued = await ask(shop, "open", "issued", POINTS)
    return own, issued


async def test_points_are_given_spent_and_given_back_once(shop: Shop) -> None:
    own, issued = await opened(shop)
    give = ShopTransferInput(
        payer=issued.id,
        receiver=own.id,
        amount=100,
        reason="order",
        source="order",
        expires_at=SOON,
    )
    first = await ask(shop, "transfer", give, "k1")
    assert first == await ask(shop, "transfer", give, "k1")
    assert isinstance(await ask(shop, "transfer", replace(give, amount=1), "k1"), KeyReused)
    spend = ShopTransferInput(payer=own.id, receiver=issued.id, amount=30, reason="gift")
    spent = await ask(shop, "transfer", spend, "k2")
    balance = await ask(shop, "balance", own.id)
    assert (balance.available, [lot.remaining for lot in balance.lots]) == (70, [70])
    assert (balance.lots[0].source, balance.lots[0].expires_at) == ("order", SOON)
    back = replace(spend, payer=issued.id, receiver=own.id, reverses=spent.id)
    assert (await ask(shop, "transfer", back, "k3")).state == "posted"
    assert isinstance(await ask(shop, "transfer", back, "k4"), ReversalTooLarge)
    assert (await ask(shop, "balance", own.id)).available == 100
    too_much = await ask(shop, "transfer", replace(spend, amount=101), "k5")
    assert isinstance(too_much, InsufficientBalance)
    assert await violations(shop.database()) == []


async def test_an_amount_is_held_and_then_posted_or_released(shop: Shop) -> None:
    own, issued = await opened(shop)
    give = ShopTransferInput(payer=issued.id, receiver=own.id, amount=10, reason="order")
    await ask(shop, "transfer", give, "k1")
    pay = ShopTransferInput(payer=own.id, receiver=issued.id, amount=6, reason="order")
    held = await ask(shop, "hold", pay, SOON, "k2")
    assert held == await ask(shop, "hold", pay, SOON, "k2")
    assert isinstance(await ask(shop, "hold", pay, SOON, "k3"), InsufficientBalance)
    for _ in range(2):
        assert await ask(shop, "end_hold", held.id, TransferEnd.VOID) is None
    assert isinstance(await ask(shop, "end_hold", held.id, TransferEnd.POST), IllegalTransition)
    again = await ask(shop, "hold", pay, SOON, "k4")
    await ask(shop, "end_hold", again.id, TransferEnd.POST)
    balance = await ask(shop, "balance", own.id)
    assert (balance.posted, balance.held, balance.available) == (4, 0, 4)


async def test_a_plugin_sees_accounts_of_its_own_kinds_alone(shop: Shop) -> None:
    own, issued = await opened(shop)
    member = await register(shop, replace(MARKED, word="other", digits="12349870"))
    points = await shop.open_ledger_account()(
        Owner(OwnerKind.MEMBER, member), LedgerAccountKind.POINTS, POINTS
    )
    foreign = await shop.shop_adapters()("accounts", "other_plugin").open("wallet", POINTS, member)
    make = shop.shop_adapters()("accounts", "other_plugin")
    for account in (points.id, foreign.id, LedgerAccountId(uuid4())):
        assert isinstance(await ask(shop, "balance", account), NotFound)
        for payer, receiver in ((account, own.id), (issued.id, account)):
            move = ShopTransferInput(payer=payer, receiver=receiver, amount=1, reason="x")
            assert isinstance(await ask(shop, "transfer", move, "k1"), NotFound)
            assert isinstance(await ask(shop, "hold", move, SOON, "k1"), NotFound)
    theirs = await make.open("issued", POINTS)
    held = await make.hold(
        ShopTransferInput(payer=theirs.id, receiver=foreign.id, amount=1, reason="x"), SOON, "k1"
    )
    for transfer in (held.id, TransferId(uuid4())):
        assert isinstance(await ask(shop, "end_hold", transfer, TransferEnd.POST), NotFound)


async def test_wrong_accounts_and_amounts_are_refused(shop: Shop) -> None:
    own, issued = await opened(shop)
    assert await ask(shop, "open", "issued", POINTS) == issued
    for wrong in (
        ("a wallet", POINTS),
        ("wallet", "yuan"),
        ("wallet", POINTS, None, "many"),
        ("wallet", POINTS, own.id),
    ):
        assert isinstance(await ask(shop, "open", *wrong), Invalid | NotFound)
    unknown = CustomerId(uuid4())
    assert isinstance(await ask(shop, "open", "wallet", POINTS, unknown), NotFound)
    move = ShopTransferInput(payer=issued.id, receiver=own.id, amount=1, reason="order")
    for changes in (
        {"amount": 0},
        {"amount": "1"},
        {"amount": True},
        {"payer": None},
        {"expires_at": 1},
        {"amount": -1},
        {"reason": "A reason"},
        {"receiver": issued.id},
    ):
        refused = await ask(shop, "transfer", replace(move, **changes), "k1")
        assert isinstance(refused, Invalid)
    assert isinstance(await ask(shop, "transfer", move, "no key"), Invalid)


async def test_a_debt_needs_a_credit_limit_and_has_no_lots(shop: Shop) -> None:
    _, issued = await opened(shop)
    member = await register(shop, replace(MARKED, word="other", digits="12349870"))
    credit = await ask(shop, "open", "credit", POINTS, member, 50)
    pay = ShopTransferInput(payer=credit.id, receiver=issued.id, amount=50, reason="order")
    assert (await ask(shop, "transfer", pay, "k1")).state == "posted"
    balance = await ask(shop, "balance", credit.id)
    assert (balance.posted, balance.available, balance.lots) == (-50, 0, ())
    assert isinstance(
        await ask(shop, "transfer", replace(pay, amount=1), "k2"), InsufficientBalance
    )
