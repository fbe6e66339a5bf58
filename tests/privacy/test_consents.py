"""Consents: the hash-chained ledger, and the effects of a consent."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adapters.database.audit.chain import SqlChain
from adapters.database.tables.privacy import consents
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import Registration
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import MARKETING, PERSONALISATION, Channel
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from tests.bank import Bank
from tests.erasures import erased
from tests.factories import a_draft, stock_up
from tests.people import ALIKE, MARKED, bought, register, verify_email

pytestmark = pytest.mark.anyio

ORIGIN = "http://shop.test"
CARD = re.compile(r'<li class="card">.*?</li>', re.DOTALL)


async def first_broken(shop: Shop) -> tuple[int, str] | None:
    return await shop.verify_log()("consents")


async def decide(shop: Shop, member: CustomerId, purpose: str, *, given: bool) -> None:
    await shop.decide_consent()(member, purpose, given=given, language="zh", channel=Channel.WEB)


async def agreed(shop: Shop, member: CustomerId) -> dict[str, bool]:
    return {each.purpose.code: each.given for each in await shop.show_consents()(member)}


@pytest.fixture
async def member(shop: Shop) -> CustomerId:
    await shop.vault().prepare()
    return await register(shop, MARKED)


async def test_consents_are_not_given_by_default_and_are_withdrawn_in_one_step(
    shop: Shop, member: CustomerId
) -> None:
    assert await agreed(shop, member) == {PERSONALISATION: False, MARKETING: False}
    await decide(shop, member, MARKETING, given=True)
    assert await agreed(shop, member) == {PERSONALISATION: False, MARKETING: True}
    await decide(shop, member, MARKETING, given=False)
    assert await agreed(shop, member) == {PERSONALISATION: False, MARKETING: False}
    with pytest.raises(NotFound):
        await decide(shop, member, "account", given=True)


async def test_a_consent_is_for_one_text_of_the_notice(shop: Shop, member: CustomerId) -> None:
    await verify_email(shop, member)
    await decide(shop, member, MARKETING, given=True)
    (entry,) = [each async for each in shop.audit_logs().entries("consents")][-1:]
    assert entry["purpose"] == MARKETING
    assert entry["notice_version"] == shop.policy().version
    assert entry["text_hash"] == shop.notice().text_hash(MARKETING, "zh")
    changed = replace(shop.notice(), text_hash=lambda purpose, language: f"{purpose}{language}")
    later = replace(shop.show_consents(), notice=changed)
    (choice,) = [each for each in await later(member) if each.purpose.code == MARKETING]
    assert choice.lapsed
    assert not choice.given
    audience = replace(shop.list_audience(), notice=changed)
    assert [each async for each in shop.list_audience()(MARKETING)] == [MARKED.marks["login"]]
    assert [each async for each in audience(MARKETING)] == []


async def test_a_child_cannot_register(shop: Shop) -> None:
    await shop.vault().prepare()
    young = Registration(
        login="kid@example.com",
        password="long enough",
        name="小明",
        language="zh",
        old_enough=False,
    )
    with pytest.raises(Invalid, match="14 or older"):
        await shop.register_member()(young)
    assert await shop.account_queries().find_customer("kid@example.com") is None
    await shop.register_member()(replace(young, old_enough=True, marketing=True))
    entries = [each async for each in shop.audit_logs().entries("consents")]
    assert [each["purpose"] for each in entries] == ["account", "age", MARKETING]


async def test_a_changed_entry_is_reported_by_number(shop: Shop, member: CustomerId) -> None:
    await decide(shop, member, MARKETING, given=True)
    await shop.sign_heads()()
    assert await first_broken(shop) is None
    async with shop.database().writes.begin() as connection:
        await connection.execute(
            sa.update(consents).where(consents.c.number == 2).values(given=False)
        )
    assert await first_broken(shop) == (2, "the entry was changed")


async def consent(shop: Shop, member: CustomerId) -> None:
    given = shop.notice().consent(MARKETING, given=True, language="zh", channel=Channel.WEB)
    async with shop.units()() as unit:
        await unit.consents.record(member, [given])
        await unit.commit()


async def test_concurrent_consents_make_one_chain(shop: Shop, member: CustomerId) -> None:
    await asyncio.gather(*(consent(shop, member) for _ in range(12)))
    assert await shop.audit_logs().length("consents") == 14
    assert await first_broken(shop) is None


async def test_without_the_lock_concurrent_entries_collide(
    shop: Shop, member: CustomerId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin, on PostgreSQL only: SQLite has one writer at a time."""
    if shop.database().is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    monkeypatch.setattr(SqlChain, "acquire_lock", no_lock)
    done = await asyncio.gather(*(consent(shop, member) for _ in range(12)), return_exceptions=True)
    assert any(isinstance(each, IntegrityError) for each in done)


async def test_the_same_decision_again_adds_no_entry(shop: Shop, member: CustomerId) -> None:
    for given in (True, True, False, False, True):
        await decide(shop, member, MARKETING, given=given)
    assert await shop.audit_logs().length("consents") == 2 + 3


async def test_an_unverified_address_is_not_in_the_audience(shop: Shop, member: CustomerId) -> None:
    await decide(shop, member, MARKETING, given=True)
    assert [each async for each in shop.list_audience()(MARKETING)] == []
    await verify_email(shop, member)
    assert [each async for each in shop.list_audience()(MARKETING)] == [MARKED.marks["login"]]


async def no_lock(*_: object) -> None:
    return None


async def test_an_erasure_unlinks_the_ledger_and_keeps_the_chain_valid(
    shop: Shop, member: CustomerId
) -> None:
    await stock_up(shop)
    other = await register(shop, ALIKE)
    await decide(shop, member, MARKETING, given=True)
    await decide(shop, other, MARKETING, given=True)
    assert await owners(shop) == {member: 3, other: 3}
    request = await erased(shop)
    assert request.certificate is not None
    assert [each["records"] for each in request.certificate["certificate"]["retained"]] == [3]
    assert await owners(shop) == {other: 3, None: 3}
    assert await first_broken(shop) is None


async def owners(shop: Shop) -> dict[Any, int]:
    async with shop.database().reads.connect() as connection:
        rows = await connection.execute(
            sa.select(
                consents.c.customer_id, sa.func.count(), sa.func.count(consents.c.salt)
            ).group_by(consents.c.customer_id)
        )
        counts = {row[0]: (row[1], row[2]) for row in rows}
    assert counts.get(None, (0, 0))[1] == 0
    return {owner: count for owner, (count, _) in counts.items()}


# Personalisation


@pytest.fixture
async def client(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=assemble(shop)),  # type: ignore[arg-type]
        base_url=ORIGIN,
        headers={"origin": ORIGIN},
    ) as client:
        yield client


PAGES = ("/zh", "/zh/search?q=%E8%8C%B6", "/zh/p/celadon-teapot", "/zh/c/teapots?sort=price_asc")


async def cards(client: httpx.AsyncClient) -> dict[str, list[str]]:
    """Return the product cards of each page, in order."""
    return {page: CARD.findall((await client.get(page)).text) for page in PAGES}


async def test_a_member_without_consent_sees_the_same_as_a_guest(
    shop: Shop, bank: Bank, member: CustomerId, client: httpx.AsyncClient
) -> None:
    await stock_up(shop, a_draft(), a_draft("gaiwan"), a_draft("tea-tray"))
    await bought(shop, bank, CartOwner(customer_id=member), MARKED, MARKED.delivery)
    guest = await cards(client)
    assert any(guest.values())
    log_in = {"login": MARKED.marks["login"], "password": "long enough"}
    assert (await client.post("/zh/login", data=log_in)).status_code == 303
    assert await cards(client) == guest
    await decide(shop, member, PERSONALISATION, given=True)
    assert "根据您的订单为您推荐" in (await client.get("/zh")).text
    assert await cards(client) != guest
    form = {"purpose": PERSONALISATION, "given": "0"}
    assert (await client.post("/zh/account/privacy/consent", data=form)).status_code == 303
    assert await cards(client) == guest


async def test_the_purchase_history_excludes_members_without_consent(
    shop: Shop, bank: Bank, member: CustomerId
) -> None:
    await stock_up(shop)
    other = await register(shop, ALIKE)
    await bought(shop, bank, CartOwner(customer_id=other), ALIKE, ALIKE.delivery)
    without = [each async for each in shop.purchase_history().baskets()]
    await bought(shop, bank, CartOwner(customer_id=member), MARKED, MARKED.delivery)
    assert len([each async for each in shop.purchase_history().baskets()]) == len(without) + 1
    await decide(shop, member, PERSONALISATION, given=False)
    assert [each async for each in shop.purchase_history().baskets()] == without
    await decide(shop, member, PERSONALISATION, given=True)
    assert len([each async for each in shop.purchase_history().baskets()]) == len(without) + 1


async def test_viewed_products_are_stored_in_the_browser_only_and_on_request(
    shop: Shop, client: httpx.AsyncClient
) -> None:
    await stock_up(shop)
    await shop.vault().prepare()
    first = await client.get("/zh/p/celadon-teapot")
    assert "set-cookie" not in first.headers
    await client.post("/zh/privacy/viewed", data={"wanted": "1"})
    await client.get("/zh/p/celadon-teapot")
    assert "最近浏览" in (await client.get("/zh")).text
    await client.post("/zh/privacy/viewed", data={"wanted": "0"})
    assert "entrepot_viewed" not in client.cookies
    assert "最近浏览" not in (await client.get("/zh")).text
