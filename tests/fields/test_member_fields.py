"""Fields of members: in the account, in the API, and in privacy requests."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from dependency_injector import providers
from sqlalchemy import func, select

from adapters.database.inspection import SqlColumns
from adapters.database.tables.customers import customers
from core.application.carts.ownership import CartOwner
from core.application.privacy.processing import problems_of
from core.domain.fields.declared import DeclaredFields
from core.domain.privacy.inventory import Field, OnErase, Pii
from core.domain.privacy.records import Record, Subject
from core.domain.privacy.request import RequestState
from entrepot.assembly.shop import Shop, close_shop, open_shop, prepare_shop
from tests.bank import SMALL, Bank, checkout, pay
from tests.erasures import erased, finish_orders
from tests.factories import stock_up
from tests.people import MARKED, register
from tests.web.api_client import API

pytestmark = pytest.mark.anyio

MEMBER = {"name": "李梅", "login": "mei@example.com", "password": "correct horse"}


async def signed_up(client: httpx.AsyncClient) -> None:
    await client.post("/en/register", data={**MEMBER, "old_enough": "1"})


async def test_a_member_edits_the_account_and_a_wrong_value_is_shown_again(
    client: httpx.AsyncClient,
) -> None:
    await signed_up(client)
    page = (await client.get("/en/account")).text
    assert "Favourite tea" in page
    assert 'name="fields.crafts.level"' not in page
    refused = await client.post("/en/account", data={"fields.crafts.tea": "t" * 201})
    assert refused.status_code == 422
    assert "at most 200" in refused.text
    assert "t" * 201 in refused.text
    saved = await client.post("/en/account", data={"fields.crafts.tea": " Da Hong Pao "})
    assert saved.status_code == 303
    assert 'value="Da Hong Pao"' in (await client.get("/en/account")).text


async def test_a_program_edits_the_account(client: httpx.AsyncClient) -> None:
    await signed_up(client)
    log_in = {"login": MEMBER["login"], "password": MEMBER["password"]}
    token = (await client.post(f"{API}/sessions", json=log_in)).json()["token"]
    mine = {"authorization": f"Bearer {token}"}
    address = f"{API}/members/me/fields"
    values = {"crafts.tea": "Pu'er"}
    saved = await client.put(address, json={"fields": values}, headers=mine)
    assert saved.json()["fields"]["crafts.tea"]["value"] == "Pu'er"
    assert [each["name"] for each in saved.json()["field_inputs"]] == ["crafts.tea"]
    for name in ("crafts.level", "crafts.glaze", "other.name"):
        body = {"fields": {name: "celadon"}}
        refused = await client.put(address, json=body, headers=mine)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == f"fields.{name}"
    emptied = await client.put(address, json={"fields": {"crafts.tea": None}}, headers=mine)
    assert emptied.json()["fields"] == {}


async def test_values_are_encrypted_exported_and_erased_without_the_plugin(
    shop: Shop, bank: Bank
) -> None:
    del bank
    await stock_up(shop)
    customer = await register(shop, MARKED)
    await shop.save_member_fields()(customer, {"crafts.tea": MARKED.marks["note"]})
    async with shop.database().reads.connect() as connection:
        stored = await connection.scalar(select(customers.c.fields))
    assert stored
    assert MARKED.marks["note"].encode() not in stored
    shop.declared_fields.override(providers.Object(DeclaredFields()))
    subject = Subject(customers=frozenset({customer}))
    records: list[Record] = []
    cursor = ""
    while True:
        page = await shop.shop_records().export(subject, cursor)
        records += page.items
        if not (cursor := page.cursor):
            break
    (account,) = (each for each in records if each.section == "customers")
    assert account.fields["fields"] == {"crafts.tea": MARKED.marks["note"]}
    request = await erased(shop)
    assert request.state is RequestState.COMPLETED
    async with shop.database().reads.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(customers)) == 0


async def test_an_order_loses_its_personal_values_alone(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    owner = CartOwner(token="guest")
    await shop.add_to_cart()(owner, SMALL, 1)
    await shop.set_delivery()(owner, replace(MARKED.delivery, contact=MARKED.marks["login"]))
    values = {"crafts.card": MARKED.marks["note"], "crafts.wrap": "celadon"}
    placed = await shop.place_order()(owner, replace(await checkout(shop, owner), fields=values))
    await pay(shop, bank, placed.id)
    await finish_orders(shop)
    now = shop.now()
    shop.now.override(providers.Object(lambda: now() + timedelta(days=60)))
    request = await erased(shop)
    assert request.state is RequestState.COMPLETED
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert {each.name for each in order.fields} == {"crafts.wrap", "crafts.station"}


async def test_the_inventory_lists_fields_also_of_a_removed_plugin(shop: Shop) -> None:
    await prepare_shop(shop)
    installed = {each.place: each.classification for each in shop.field_inventory()()}
    card = installed["fields.crafts.card"]
    assert isinstance(card, Pii)
    assert (card.purpose, card.encrypted, card.on_erase) == ("order", True, OnErase.CLEAR)
    settings = shop.settings().model_copy(update={"plugins_disabled": frozenset({"crafts"})})
    later = open_shop(settings)
    await prepare_shop(later)
    assert later.declared_fields().fields == ()
    inventory = later.data_providers().inventory()
    listed = {each.place: each.classification for each in inventory if isinstance(each, Field)}
    assert {place: listed[place] for place in installed} == installed
    assert problems_of(later.policy(), inventory, await SqlColumns(later.database())()) == []
    await close_shop(later)
