"""Personal data is encrypted on disk, and found by blind indexes."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.contacts.normalisation import contact_or_text
from adapters.database.keys.index_rotation import RotateBlindIndexes
from adapters.keys.rotation import KeyringIndexKeys
from adapters.keys.vault import Vault
from core.application.customers.registration import Registration
from core.domain.errors import AlreadyExists
from entrepot.assembly.shop import Shop
from ports.idempotency import Claim
from ports.notifications import Email
from tests.bank import Bank
from tests.factories import stock_up
from tests.people import ALIKE, MARKED, SPELLINGS, a_life, every_byte

pytestmark = pytest.mark.anyio

MARKS = MARKED.marks
ADDRESS = MARKED.address


async def stocked(shop: Shop) -> Shop:
    await stock_up(shop)
    return shop


def marks_in(content: bytes) -> list[str]:
    return MARKED.marks_in(content)


@pytest.mark.own_database
async def test_no_personal_data_is_readable_on_disk(shop: Shop, bank: Bank, tmp_path: Path) -> None:
    placed = await a_life(await stocked(shop), bank)
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert order.address == ADDRESS
    assert order.shipments[0].tracking_number == MARKS["tracking"]
    (request,) = await shop.order_queries().returns(placed.id)
    assert request.note == MARKS["note"]
    claim = Claim(scope=MARKED.word, key="key", fingerprint="print")
    stored = await shop.idempotency_keys().find(claim, datetime.now(UTC))
    assert stored is not None
    assert stored.body == MARKS["answer"].encode()
    found, read = [], 0
    async for where, content in every_byte(shop, tmp_path):
        read += len(content)
        found += [(where, name) for name in marks_in(content)]
    assert read > 100_000
    assert found == []


@pytest.mark.own_database
async def test_the_scan_finds_a_value_that_is_not_encrypted(
    shop: Shop, bank: Bank, tmp_path: Path
) -> None:
    """The twin: one column with plain text."""
    await a_life(await stocked(shop), bank)
    async with shop.database().writes.begin() as connection:
        await connection.execute(
            sa.text("UPDATE carts SET contact_index = :plain"), {"plain": MARKS["contact"].encode()}
        )
    found = set()
    async for where, content in every_byte(shop, tmp_path):
        found |= {where for name in marks_in(content) if name == "contact"}
    assert found


@pytest.mark.parametrize("spelling", sorted(SPELLINGS))
def test_the_scan_finds_all_spellings_of_a_value(spelling: str) -> None:
    for name, mark in MARKS.items():
        alike = set(SPELLINGS[spelling](ALIKE.marks[name]))
        for spelled in SPELLINGS[spelling](mark):
            content = b"before " + spelled + b" after"
            assert name in MARKED.marks_in(content)
            assert spelled in alike or ALIKE.marks_in(content) == []
    email = b64encode(f"Dear {MARKS['name']}, {MARKS['contact']} is yours.".encode())
    assert {"name", "contact"} <= set(MARKED.marks_in(email))


@pytest.mark.parametrize(
    "words",
    [
        "markeda-contact@example.com",
        " MARKEDA-contact@Example.COM",
        "ｍａｒｋｅｄａ－ｃｏｎｔａｃｔ＠example.com",
        "13812349876",
        "+86 138 1234 9876",
        "SFMARKEDA0001",
    ],
)
async def test_an_order_is_found_by_encrypted_values(shop: Shop, bank: Bank, words: str) -> None:
    placed = await a_life(await stocked(shop), bank)
    queries = shop.order_queries()
    page: dict[str, Any] = {"customer_id": None, "state": None, "language": "zh", "limit": 9}
    found, _ = await queries.list(**page, words=words, cursor="")
    assert [each.number for each in found] == [placed.number]
    assert found[0].recipient == MARKS["recipient"]
    none, _ = await queries.list(**page, words=words + "0", cursor="")
    assert none == ()


class SilentMailer:
    """A mailer: with one, a registration is pending and has no log-in to rotate."""

    async def send(self, email: Email) -> None: ...


async def test_a_log_in_stays_unique_when_the_index_key_is_rotated(
    shop: Shop, bank: Bank, vault: Vault
) -> None:
    await a_life(await stocked(shop), bank)
    registration = Registration(
        login=MARKS["login"], password="long enough", name="x", language="zh", old_enough=True
    )
    await replace(shop.register_member(), mailer=SilentMailer())(
        replace(registration, login="pending@example.com")
    )
    shop_vault = shop.vault()
    before = shop_vault.indexes("login", MARKS["login"])
    rotate = RotateBlindIndexes(shop.database(), shop.vault(), KeyringIndexKeys(shop.keyring()))
    assert await rotate(lambda _done: None) >= 4
    after = shop_vault.indexes("login", MARKS["login"])
    assert len(before) == len(after) == 1
    assert before != after
    assert await shop.account_queries().find_customer(MARKS["login"]) is not None
    assert await shop.account_queries().find_customer("pending@example.com") is None
    with pytest.raises(AlreadyExists):
        await shop.register_member()(registration)
    for words in (MARKS["contact"], MARKS["phone"], MARKS["tracking"]):
        found, _ = await shop.order_queries().list(
            customer_id=None, state=None, words=words, language="zh", limit=9, cursor=""
        )
        assert len(found) == 1, words
    assert vault.keyring.index != shop_vault.keyring.index


@pytest.mark.parametrize(
    "text", ["Mei@Example.com", " mei@example.com ", "ｍｅｉ＠ｅｘａｍｐｌｅ．ｃｏｍ"]
)
def test_all_spellings_of_a_contact_are_equal(text: str) -> None:
    assert contact_or_text(text) == "mei@example.com"
