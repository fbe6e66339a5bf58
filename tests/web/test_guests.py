"""A guest verifies an e-mail address by a link, and gets a copy or the erasure of the data."""

import asyncio
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from dependency_injector import providers

from adapters.database.privacy.data_links import SqlDataLinks
from adapters.mail.mailers import mailer_of
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import Registration
from core.application.orders.checkout import PlacedOrder
from core.domain.customers import Customer
from core.domain.errors import LinkExpired
from core.domain.identifiers import CustomerId
from core.domain.privacy.records import Subject
from core.domain.privacy.request import RequestState
from entrepot.assembly.shop import Shop
from tests.bank import Bank
from tests.people import ALIKE, MARKED, bought, verify_email
from tests.postbox import Postbox, postbox
from tests.web.browsing import without_keys

pytestmark = pytest.mark.anyio

LINK = re.compile(r"http\S+(/zh/data/\S+)")
PROOF = re.compile(r"http\S+(/zh/account/verify-email/\S+)")
GUEST = MARKED.marks["contact"]
NEW_MEMBER = Registration(
    login=GUEST, password="long enough", name="x", language="zh", old_enough=True
)


@pytest.fixture(autouse=True)
def box(shop: Shop) -> Iterator[Postbox]:
    with postbox() as (box, url):
        shop.mailer.override(providers.Object(mailer_of(url, "shop@example.com")))
        yield box


@pytest.fixture
async def placed(stocked: Shop, bank: Bank, box: Postbox) -> PlacedOrder:
    """The order of a guest. Another guest with similar data has an order too."""
    await bought(stocked, bank, CartOwner(token="other"), ALIKE, ALIKE.delivery)
    placed = await bought(stocked, bank, CartOwner(token="guest"), MARKED, MARKED.delivery)
    await stocked.relay_events().drain()
    await stocked.deliver_events().drain()
    box.emails.clear()
    return placed


async def member_of(shop: Shop, registration: Registration, *, verified: bool) -> CustomerId:
    """Register without an email, as in a shop that sends none."""
    member = await replace(shop.register_member(), mailer=None)(registration)
    if verified:
        await verify_email(shop, member)
    return member


async def found(shop: Shop) -> Customer:
    customer = await shop.account_queries().find_customer(GUEST)
    assert customer is not None
    return customer


async def request_link(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, contact: str
) -> str:
    """The page after the request of a link, with the e-mails delivered."""
    path = f"/zh/orders/{placed.number}/data?key={placed.access_token}"
    page = await client.post(path, data={"contact": contact})
    assert page.status_code == 200, page.text
    await delivered(shop)
    return without_keys(page.text)


async def delivered(shop: Shop) -> None:
    await shop.relay_events().drain()
    await shop.deliver_events()()


def link_in(box: Postbox) -> str:
    (link,) = LINK.findall(box.emails[-1].get_content())
    return str(link)


async def test_a_guest_requests_a_link_and_downloads_the_bundle(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    await request_link(client, shop, placed, GUEST.upper())
    (email,) = box.emails
    assert (email["to"], email["from"]) == (GUEST, "shop@example.com")
    link = link_in(box)
    assert GUEST in (await client.get(link)).text
    file = await client.post(f"{link}/copy")
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert {"contact", "recipient", "street"} <= set(MARKED.marks_in(content))
    assert ALIKE.marks_in(content) == []
    assert (await client.get(link)).status_code == 410
    assert (await client.post(f"{link}/copy")).status_code == 410


async def test_the_page_does_not_reveal_the_contact_of_an_order(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    wrong = await request_link(client, shop, placed, "other@example.com")
    assert box.emails == []
    right = await request_link(client, shop, placed, GUEST)
    assert right == wrong
    assert len(box.emails) == 1
    path = f"/zh/orders/{placed.number}/data"
    assert (await client.post(path, data={"contact": GUEST})).status_code == 404
    number = await client.post(f"{path}?key={placed.access_token}", data={"contact": "138"})
    assert number.status_code == 422


async def test_repeated_requests_send_one_email(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    for _ in range(3):
        await request_link(client, shop, placed, GUEST)
    assert len(box.emails) == 1


async def test_a_link_expires_after_an_hour(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    await request_link(client, shop, placed, GUEST)
    later = replace(shop.open_data_link(), now=lambda: shop.now()() + timedelta(hours=1))
    token = link_in(box).rpartition("/")[2]
    assert (await shop.open_data_link().find(token)).contacts == {GUEST}
    with pytest.raises(LinkExpired):
        await later.find(token)
    assert await replace(shop.purge_data_links(), now=later.now)() == 1


async def test_one_of_many_concurrent_requests_uses_a_link(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    await request_link(client, shop, placed, GUEST)
    link = link_in(box)
    responses = await asyncio.gather(*(client.post(f"{link}/copy") for _ in range(6)))
    assert sorted(each.status_code for each in responses) == [201] + [410] * 5


async def test_without_the_guard_a_link_is_used_many_times(
    client: httpx.AsyncClient,
    shop: Shop,
    placed: PlacedOrder,
    box: Postbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: the link is read, but not marked as used."""

    async def only_read(*_: object) -> bool:
        return True

    monkeypatch.setattr(SqlDataLinks, "use", only_read)
    await request_link(client, shop, placed, GUEST)
    link = link_in(box)
    responses = [await client.post(f"{link}/copy") for _ in range(3)]
    assert [each.status_code for each in responses] == [201] * 3


async def test_a_guest_gets_all_data_erased(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    await request_link(client, shop, placed, GUEST)
    page = await client.post(f"{link_in(box)}/erasure")
    assert "请求" in page.text
    await shop.carry_out_erasures()()
    async with shop.privacy_units()() as unit:
        (request,) = await unit.privacy.list(10)
    assert request.state is RequestState.PLANNED
    await shop.approve_erasure()(request.number, request.plan_hash, "staff")
    await shop.carry_out_erasures()()
    assert await shop.order_queries().find(placed.number) is not None
    async with shop.privacy_units()() as unit:
        (request,) = await unit.privacy.list(10)
    assert request.state is RequestState.COMPLETED, request.failures


async def test_a_guest_with_an_account_is_sent_to_it(
    client: httpx.AsyncClient, shop: Shop, bank: Bank, placed: PlacedOrder, box: Postbox
) -> None:
    await request_link(client, shop, placed, GUEST)
    link = link_in(box)
    await member_of(shop, NEW_MEMBER, verified=False)
    assert (await client.get(link)).status_code == 200
    await verify_email(shop, (await found(shop)).id)
    assert (await client.get(link)).status_code == 409
    other = await bought(shop, bank, CartOwner(token="again"), MARKED, MARKED.delivery)
    await request_link(client, shop, other, GUEST)
    assert "/zh/account/privacy" in box.emails[-1].get_content()


async def test_an_email_that_failed_is_sent_again(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    box.refuses = "451 later"
    await request_link(client, shop, placed, GUEST)
    assert box.emails == []
    box.refuses = ""
    later = replace(shop.deliver_events(), now=lambda: shop.now()() + timedelta(minutes=1))
    assert await later() == 1
    assert (await client.get(link_in(box))).status_code == 200


async def test_repeated_requests_of_a_member_send_one_email(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    await member_of(shop, NEW_MEMBER, verified=True)
    for _ in range(3):
        await request_link(client, shop, placed, GUEST)
    assert len(box.emails) == 1


@pytest.mark.usefixtures("placed")
async def test_guest_orders_join_the_account_after_email_verification(
    client: httpx.AsyncClient, shop: Shop, box: Postbox
) -> None:
    """Registration with another person's address gives no access to that person's orders."""
    member = await member_of(shop, NEW_MEMBER, verified=False)
    login = {"login": GUEST, "password": NEW_MEMBER.password}
    assert (await client.post("/zh/login", data=login)).status_code == 303
    secret = {"password": NEW_MEMBER.password}
    before = await client.post("/zh/account/privacy/copy", data=secret)
    assert MARKED.marks["street"] not in unzipped(before.content)
    await client.post("/zh/account/privacy/proof")
    await delivered(shop)
    (link,) = PROOF.findall(box.emails[-1].get_content())
    assert "确认是我的邮箱" in (await client.get(link)).text
    assert (await client.post(link)).status_code == 303
    after = await client.post("/zh/account/privacy/copy", data=secret)
    assert MARKED.marks["street"] in unzipped(after.content)
    assert (await client.post(link)).status_code == 410
    form = {"kind": "rectification", "login": "another@example.com", **secret}
    await client.post("/zh/account/privacy/request", data=form)
    assert not (await shop.account_queries().customer(member)).login_verified
    changed = await client.post("/zh/account/privacy/copy", data=secret)
    assert MARKED.marks["street"] not in unzipped(changed.content)


@pytest.mark.usefixtures("stocked")
async def test_a_verification_link_is_valid_for_its_own_address_only(
    shop: Shop, box: Postbox
) -> None:
    member = await member_of(shop, replace(NEW_MEMBER, login="mine@example.com"), verified=False)
    await shop.request_email_verification()(member)
    await delivered(shop)
    (link,) = PROOF.findall(box.emails[-1].get_content())
    await shop.shop_records().rectify(Subject(customers=frozenset({member})), {"login": GUEST})
    with pytest.raises(LinkExpired):
        await shop.verify_email()(member, link.rpartition("/")[2])
    assert not (await shop.account_queries().customer(member)).login_verified


async def test_the_link_of_an_order_does_not_show_retained_data(
    client: httpx.AsyncClient, shop: Shop, placed: PlacedOrder, box: Postbox
) -> None:
    page = f"/zh/orders/{placed.number}?key={placed.access_token}"
    api = f"/api/v1/orders/{placed.number}"
    key = {"order-token": placed.access_token}
    assert MARKED.marks["street"] in (await client.get(page)).text
    await request_link(client, shop, placed, GUEST)
    await client.post(f"{link_in(box)}/erasure")
    await shop.carry_out_erasures()()
    async with shop.privacy_units()() as unit:
        (request,) = await unit.privacy.list(10)
    await shop.approve_erasure()(request.number, request.plan_hash, "staff")
    await shop.carry_out_erasures()()
    assert MARKED.marks["street"] not in (await client.get(page)).text
    assert MARKED.marks["street"] not in (await client.get(api, headers=key)).text


def unzipped(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist()).decode()
