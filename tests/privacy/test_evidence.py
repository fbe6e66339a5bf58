"""Bundles and the audit log can be verified without trust in the shop."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.bundles.verification import verify
from adapters.bundles.writer import Writer
from adapters.database.audit.chain import SqlChainedLogs
from adapters.database.tables.audit import audit_log
from adapters.database.tables.events import outbox
from adapters.security.signatures import public_pem, read_public_pem, signature_of, verify_signature
from adapters.serialization.canonical import canonical
from adapters.serialization.events import event_of
from core.application.audit.chain import AUDIT
from core.domain.privacy.records import Record
from entrepot.assembly.shop import Shop
from ports.bundles import Contents
from ports.events.outbox import Envelope
from tests.bank import BACK, Bank, notification, place
from tests.factories import stock_up

SIGNER = Ed25519PrivateKey.generate()
KEY = SIGNER.public_key()
SIGN, IS_SIGNED = partial(signature_of, SIGNER), partial(verify_signature, KEY)
NOW = datetime(2026, 11, 25, tzinfo=UTC)

pytestmark = pytest.mark.anyio


async def records() -> AsyncIterator[tuple[str, Record]]:
    for section, count in (("customers", 1), ("orders", 3)):
        for number in range(count):
            fields = {"id": uuid4(), "text": "=1+1 李梅 <b>", "at": NOW, "number": number}
            yield "shop", Record(section=section, reference=str(number), fields=fields)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    contents = Contents(
        request="1000000000000001",
        profile="access",
        made_at=NOW,
        subject_hash="ab",
        requested=["shop"],
        information={"purposes": [{"name": "<b>", "basis": "x", "retention": "y"}]},
    )
    return asyncio.run(Writer(tmp_path / "bundle.zip", SIGN).write(contents, records()))


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_bundle_is_signed_and_has_a_table_of_contents(bundle: Path) -> None:
    assert verify(bundle, IS_SIGNED) == []
    assert verify(bundle, partial(verify_signature, read_public_pem(public_pem(KEY)))) == []
    other = Ed25519PrivateKey.generate().public_key()
    assert verify(bundle, partial(verify_signature, other)) == [
        "manifest.json: the signature does not match this key"
    ]
    with zipfile.ZipFile(bundle) as archive:
        page = archive.read("index.html").decode()
        lines = archive.read("data/shop/orders.jsonl").decode().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [0, 1, 2]
    assert "<script" not in page
    assert "http" not in page
    assert "<b>" not in page
    assert not list(bundle.parent.glob("*.part"))


def test_a_bundle_has_tables_without_formulas_and_schemas(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        table = archive.read("csv/shop/orders.csv").decode("utf-8-sig")
        schema = json.loads(archive.read("schema/shop/orders.json"))
        lines = archive.read("data/shop/orders.jsonl").splitlines()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [row["number"] for row in rows] == ["0", "1", "2"]
    assert {row["text"] for row in rows} == {"'=1+1 李梅 <b>"}
    assert schema["properties"]["number"] == {"type": ["integer"]}
    for line in lines:
        assert set(json.loads(line)) == set(schema["properties"])


@pytest.mark.parametrize(
    "name",
    [
        "data/shop/orders.jsonl",
        "csv/shop/orders.csv",
        "schema/shop/orders.json",
        "data/shop/customers.jsonl",
        "information.json",
        "index.html",
    ],
)
def test_one_flipped_byte_is_reported_with_its_file(bundle: Path, name: str) -> None:
    def flip(files: dict[str, bytes]) -> None:
        content = bytearray(files[name])
        content[len(content) // 2] ^= 1
        files[name] = bytes(content)

    assert verify(rewritten(bundle, flip), IS_SIGNED) == [f"{name}: was changed"]


def test_a_missing_or_added_byte_or_file_is_reported(bundle: Path) -> None:
    name = "data/shop/orders.jsonl"
    original = bundle.read_bytes()

    def problems_after(change: Callable[[dict[str, bytes]], None]) -> list[str]:
        bundle.write_bytes(original)
        return verify(rewritten(bundle, change), IS_SIGNED)

    def shorter(files: dict[str, bytes]) -> None:
        files[name] = files[name][:-1]

    def longer(files: dict[str, bytes]) -> None:
        files[name] += b" "

    def missing(files: dict[str, bytes]) -> None:
        del files[name]

    def added(files: dict[str, bytes]) -> None:
        files["data/shop/notes.jsonl"] = b"{}\n"

    def outside(files: dict[str, bytes]) -> None:
        files["../evil.sh"] = b""

    def unsigned(files: dict[str, bytes]) -> None:
        del files["manifest.sig"]

    def twice(files: dict[str, bytes]) -> None:
        files["manifest.json"] = b'{"format":"x",' + files["manifest.json"][1:]

    assert problems_after(shorter) == [f"{name}: was changed"]
    assert problems_after(longer) == [f"{name}: was changed"]
    assert problems_after(missing) == [f"{name}: is missing"]
    assert problems_after(added) == ["data/shop/notes.jsonl: is not listed"]
    assert problems_after(outside) == [
        "../evil.sh: has a path outside of the bundle",
        "../evil.sh: is not listed",
    ]
    assert problems_after(unsigned) == ["manifest.sig: is missing"]
    assert problems_after(twice) == ["manifest.json: has a key twice"]
    bundle.write_bytes(b"no zip")
    assert verify(bundle, IS_SIGNED) == ["bundle.zip: is not a bundle (BadZipFile)"]


async def test_a_failed_bundle_leaves_no_file(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[tuple[str, Record]]:
        yield "shop", Record(section="orders", reference="1", fields={})
        raise RuntimeError

    contents = Contents(request="1", profile="access", made_at=NOW, subject_hash="", requested=[])
    with pytest.raises(RuntimeError):
        await Writer(tmp_path / "bundle.zip", SIGN).write(contents, broken())
    assert list(tmp_path.iterdir()) == []


# The audit log


@pytest.fixture
async def log(shop: Shop, bank: Bank) -> Any:
    """The events of four orders, with a signed head after the third."""
    await stock_up(shop)
    await shop.vault().prepare()
    for number in range(4):
        placed = await place(shop, f"cart-{number}")
        await shop.start_payment()(placed.id, BACK)
        await shop.receive_notification()("bank", notification(bank.asked[-1].reference, "n"))
        await shop.relay_events().drain()
        if number == 2:
            await shop.audit_logs().sign_head("audit", shop.sign(), NOW)
    return shop.audit_log()


async def first_broken(shop: Shop) -> tuple[int, str] | None:
    return await shop.verify_log()("audit")


async def test_every_event_is_in_the_log_once(shop: Shop, log: Any) -> None:
    assert await first_broken(shop) is None
    length = await SqlChainedLogs(log.database).length("audit")
    assert length >= 4
    await log(await events_of(shop))
    assert await SqlChainedLogs(log.database).length("audit") == length
    assert await first_broken(shop) is None


async def events_of(shop: Shop) -> list[Envelope]:
    async with shop.database().reads.connect() as connection:
        rows = await connection.execute(sa.select(outbox))
        return [Envelope(id=row.id, event=event_of(row.kind, row.payload)) for row in rows]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("number", [1, 2, 3])
async def test_a_changed_entry_is_reported_by_number(shop: Shop, number: int) -> None:
    async with shop.database().writes.begin() as connection:
        await connection.execute(
            sa.update(audit_log).where(audit_log.c.number == number).values(kind="Nothing")
        )
    assert await first_broken(shop) == (number, "the entry was changed")


@pytest.mark.usefixtures("log")
async def test_a_missing_entry_is_reported_by_number(shop: Shop) -> None:
    async with shop.database().writes.begin() as connection:
        await connection.execute(sa.delete(audit_log).where(audit_log.c.number == 2))
    assert await first_broken(shop) == (2, "the entry is missing")


async def test_a_signed_head_reports_missing_last_entries(shop: Shop, log: Any) -> None:
    (head,) = await SqlChainedLogs(log.database).heads("audit")
    async with shop.database().writes.begin() as connection:
        await connection.execute(sa.delete(audit_log).where(audit_log.c.number >= head["number"]))
    assert await first_broken(shop) == (head["number"], "entries were cut off")


async def test_without_a_head_missing_last_entries_are_not_found(shop: Shop, log: Any) -> None:
    """The twin: the chain alone cannot detect them."""
    async with shop.database().writes.begin() as connection:
        await connection.execute(sa.delete(audit_log).where(audit_log.c.number >= 3))
    assert (
        await AUDIT.broken_at(
            SqlChainedLogs(log.database).entries("audit"), [], canonical, shop.is_signed()
        )
        is None
    )


async def test_a_forged_head_is_refused(shop: Shop, log: Any) -> None:
    (head,) = await SqlChainedLogs(log.database).heads("audit")
    forged = {**head, "hash": "0" * 64}
    assert await shop.verify_log()("audit", [forged]) == (
        head["number"],
        "the head is not signed with this key",
    )


async def test_the_log_contains_no_personal_data(log: Any) -> None:
    text = json.dumps([entry async for entry in SqlChainedLogs(log.database).entries("audit")])
    assert "OrderPlaced" in text
    assert "mei@example.com" not in text
    assert "李梅" not in text
