"""An erasure: plan, approval, execution, certificate, and legal holds."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.database.tables.orders import orders
from adapters.database.tables.returns import returns
from adapters.security.signatures import verify_signature
from core.application.carts.ownership import CartOwner
from core.application.orders.checkout import PlacedOrder
from core.application.tokens import hash_token
from core.domain.accounts import BeingErased
from core.domain.errors import PlanChanged
from core.domain.privacy.records import Decision, Subject
from core.domain.privacy.request import RequestKind, RequestState
from entrepot.assembly.shop import Shop
from tests.bank import Bank
from tests.erasures import SUBJECT, erased, finish_orders
from tests.invariants import violations
from tests.people import ALIKE, MARKED, bought, every_byte, register
from tests.privacy.lives import decrypted, in_days, rows_of

pytestmark = pytest.mark.anyio


@pytest.mark.own_database
async def test_after_an_erasure_no_data_of_the_person_is_left(lives: Shop, tmp_path: Path) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    other = await lives.account_queries().find_customer(ALIKE.marks["login"])
    assert customer is not None
    assert other is not None
    before, other_rows = await decrypted(lives), await rows_of(lives, other.id)
    assert {name for text in before.values() for name in MARKED.marks_in(text.encode())}
    request = await erased(lives)
    assert (request.state, request.failures) == (RequestState.COMPLETED, ())
    after = await decrypted(lives)
    assert [p for p, text in after.items() if MARKED.marks_in(text.encode())] == []
    assert await rows_of(lives, other.id) == other_rows
    async for where, content in every_byte(lives, tmp_path):
        assert MARKED.marks_in(content) == [], where
        assert customer.id.bytes not in content or where.startswith("keys"), where
        assert customer.id.hex.encode() not in content, where
    assert await violations(lives.database()) == []
    async with lives.database().reads.connect() as connection:
        numbers = (await connection.scalars(sa.select(orders.c.number))).all()
    for number in numbers:
        assert await lives.order_queries().find(number)
    page: dict[str, Any] = {"state": None, "language": "zh", "limit": 9, "cursor": ""}
    for words in (MARKED.marks["login"], MARKED.marks["phone"], MARKED.marks["tracking"]):
        assert await lives.order_queries().list(customer_id=None, words=words, **page) == ((), "")
    all_orders, _ = await lives.order_queries().list(customer_id=None, words="", **page)
    assert len(all_orders) == 3


async def test_the_certificate_counts_all_outcomes_and_is_signed(
    lives: Shop,
) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    request = await erased(lives)
    assert request.certificate is not None
    document = request.certificate["certificate"]
    key = lives.vault().keyring.signer.public_key()
    assert verify_signature(key, document, request.certificate)
    assert not verify_signature(key, {**document, "plan_hash": "x"}, request.certificate)
    assert document["records"]["erase"] == 7
    assert document["records"]["pseudonymise"] == 12
    accounting, proof = document["retained"]
    assert (proof["reason"], proof["article"], proof["records"]) == ("evidence", "PIPL 56", 4)
    assert (accounting["reason"], accounting["article"]) == (
        "accounting",
        "Accounting Archives Measures 14",
    )
    assert accounting["until"].startswith(f"{datetime.now(UTC).year + 31}-01-01")
    assert request.salt
    assert MARKED.marks_in(json.dumps(request.certificate).encode()) == []


async def test_open_orders_and_returns_are_retained_without_the_person(lives: Shop) -> None:
    """The guest's order is not shipped; the member's can be returned for eight days."""
    request = await erased(lives)
    assert request.state is RequestState.COMPLETED, request.failures
    assert request.certificate is not None
    reasons = {each["reason"] for each in request.certificate["certificate"]["retained"]}
    assert reasons == {"accounting", "evidence", "open", "returns"}
    async with lives.database().reads.connect() as connection:
        rows = (await connection.execute(sa.select(orders))).all()
    retained = [row for row in rows if row.customer_id is None]
    assert len(retained) == 2
    for row in retained:
        assert row.contact_index is row.phone_index is None
        order = await lives.order_queries().find(row.number)
        assert order is not None
        assert order.address == MARKED.address
    assert await lives.account_queries().find_customer(MARKED.marks["login"]) is None
    assert await violations(lives.database()) == []


async def test_an_erasure_does_what_the_plan_lists_and_a_plan_changes_nothing(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    before = await decrypted(lives)
    decisions, failures = await lives.preview_erasure()(SUBJECT)
    assert failures == ()
    assert await decrypted(lives) == before
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    async with lives.privacy_units()() as unit:
        pending = await unit.privacy.pending(planned.id, 1000)
    assert {(code, each.reference, each.outcome) for code, each in pending} == {
        (code, each.reference, each.outcome) for code, each in decisions
    }
    await lives.approve_erasure()(request.number, planned.plan_hash, "x")
    done = await lives.execute_erasure()(request.number, planned.plan_hash)
    assert done.certificate is not None
    counts: dict[str, int] = {}
    for _, each in decisions:
        counts[each.outcome] = counts.get(each.outcome, 0) + 1
    assert done.certificate["certificate"]["records"] == counts


async def test_a_planned_erasure_ends_sessions_and_refuses_log_ins(lives: Shop) -> None:
    opened = await lives.log_in()(MARKED.marks["login"], "long enough", CartOwner())
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    await lives.plan_erasure()(request.number)
    with pytest.raises(BeingErased):
        await lives.log_in()(MARKED.marks["login"], "long enough", CartOwner())
    assert (
        await lives.account_queries().principal(hash_token(opened.token), datetime.now(UTC)) is None
    )


async def test_a_plan_is_made_again_after_new_records(lives: Shop, bank: Bank) -> None:
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    await lives.approve_erasure()(request.number, planned.plan_hash, "x")
    guest = replace(MARKED.delivery, contact=MARKED.marks["login"])
    await bought(lives, bank, CartOwner(token="again"), MARKED, guest)
    with pytest.raises(PlanChanged):
        await lives.execute_erasure()(request.number, planned.plan_hash)
    async with lives.privacy_units()() as unit:
        stored = await unit.privacy.get_for_update(request.number)
    assert stored.state is RequestState.PLANNED
    assert stored.plan_hash != planned.plan_hash
    with pytest.raises(PlanChanged):
        await lives.approve_erasure()(request.number, planned.plan_hash, "x")


async def test_records_that_are_added_between_batches_are_erased(
    lives: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    data_provider = lives.data_providers().get("shop")
    assert data_provider is not None
    erase: Any = type(data_provider).erase
    added: list[PlacedOrder] = []

    async def and_buy(self: Any, subject: Subject, decisions: Sequence[Decision]) -> Any:
        done = await erase(self, subject, decisions)
        if len(added) < 2:
            guest = replace(MARKED.delivery, contact=MARKED.marks["login"])
            added.append(
                await bought(lives, bank, CartOwner(token=f"t{len(added)}"), MARKED, guest)
            )
        return done

    monkeypatch.setattr(type(data_provider), "erase", and_buy)
    request = await erased(lives)
    assert len(added) == 2
    assert request.state is RequestState.COMPLETED, request.failures
    for placed in added:
        order = await lives.order_queries().find(placed.number)
        assert order is not None
        assert order.contact
    page: dict[str, Any] = {"state": None, "language": "zh", "limit": 9, "cursor": ""}
    words = MARKED.marks["login"]
    assert await lives.order_queries().list(customer_id=None, words=words, **page) == ((), "")


async def test_a_legal_hold_stops_an_erasure_until_its_release(lives: Shop) -> None:
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    async with lives.privacy_units()() as unit:
        await unit.privacy.place_legal_hold(customer.id, "case 12", "counsel", datetime.now(UTC))
        await unit.commit()
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    held = await lives.plan_erasure()(request.number)
    assert (held.state, held.reason) == (RequestState.HELD, "case 12")
    async with lives.privacy_units()() as unit:
        await unit.privacy.release_legal_hold(customer.id)
        await unit.commit()
    assert (await erased(lives)).state is RequestState.COMPLETED


async def test_a_legal_hold_after_the_approval_stops_an_erasure(lives: Shop) -> None:
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    await lives.approve_erasure()(request.number, planned.plan_hash, "x")
    async with lives.privacy_units()() as unit:
        await unit.privacy.place_legal_hold(customer.id, "case 12", "counsel", datetime.now(UTC))
        await unit.commit()
    with pytest.raises(PlanChanged):
        await lives.execute_erasure()(request.number, planned.plan_hash)
    async with lives.privacy_units()() as unit:
        stored = await unit.privacy.get_for_update(request.number)
    assert (stored.state, stored.reason) == (RequestState.HELD, "case 12")
    assert await lives.account_queries().find_customer(MARKED.marks["login"]) is not None


async def test_identical_open_requests_are_one_request(lives: Shop) -> None:
    requests = await asyncio.gather(
        *(lives.open_request()(RequestKind.ERASURE, SUBJECT, "password") for _ in range(5))
    )
    assert len({each.number for each in requests}) == 1


async def test_a_second_erasure_completes_without_records(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    first = await erased(lives)
    second = await erased(lives)
    assert second.state is RequestState.COMPLETED
    assert second.number != first.number
    assert second.certificate is not None
    assert second.certificate["certificate"]["records"] == {}


async def test_the_same_log_in_can_register_again_without_old_data(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    await erased(lives)
    again = await register(lives, MARKED)
    assert await lives.cart_queries().find_by_customer(again) is None
    page: dict[str, Any] = {"state": None, "words": "", "language": "zh", "limit": 9, "cursor": ""}
    assert await lives.order_queries().list(customer_id=again, **page) == ((), "")


async def test_a_note_of_another_person_keeps_its_words_without_the_contact(lives: Shop) -> None:
    await finish_orders(lives)
    note = f"Ask ＭＡＲＫＥＤＡ-login@example.com, or 138 1234 9876; not x{MARKED.marks['login']}"
    async with lives.database().reads.connect() as connection:
        row = (await connection.execute(sa.select(returns))).all()[-1]
    async with lives.units()() as unit:
        item = await unit.returns.get_for_update(row.id)
        item.note = note
        await unit.returns.save(item)
        await unit.commit()
    in_days(lives, 60)
    subject = SUBJECT | Subject(contacts=frozenset({MARKED.marks["phone"]}))
    request = await erased(lives, subject)
    assert request.state is RequestState.COMPLETED, request.failures
    async with lives.units()() as unit:
        item = await unit.returns.get_for_update(row.id)
    assert item.note == f"Ask ▇▇▇, or ▇▇▇; not x{MARKED.marks['login']}"
