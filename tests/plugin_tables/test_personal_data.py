"""People are exported from plugin tables and erased in them, without code of the plugin."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from dependency_injector import providers
from sqlalchemy import func, insert, select

from adapters.database.plugin_tables import records
from adapters.database.plugin_tables.access import SqlShopTables
from core.application.carts.ownership import CartOwner
from core.domain.privacy.inventory import Field
from core.domain.privacy.records import Subject
from core.domain.privacy.request import RequestState
from entrepot.assembly.shop import Shop, close_shop, open_shop, prepare_shop
from entrepot.testing import PersonalDataProviderSuite
from entrepot.testing.records import exported
from ports.privacy.data_providers import PersonalDataProvider
from tests.bank import Bank
from tests.diary import engravings, metadata, notes, reads
from tests.erasures import SUBJECT, erased, finish_orders
from tests.factories import stock_up
from tests.people import ALIKE, MARKED, bought, register
from tests.privacy.lives import in_days

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Diaries:
    """A shop in which two members wrote notes, and one has an engraving on a guest's order."""

    shop: Shop
    tables: SqlShopTables
    member: UUID
    other: UUID

    async def left(self) -> list[tuple[UUID | None, str]]:
        """The owners of the notes, with their phone numbers."""
        found = await self.tables.execute(
            select(notes.c.customer_id, notes.c.phone).order_by(notes.c.stars)
        )
        return [(each["customer_id"], each["phone"]) for each in found.rows]

    async def engraved(self) -> list[str | None]:
        found = await self.tables.execute(select(engravings.c.words))
        return [each["words"] for each in found.rows]


@pytest.fixture
async def diaries(diary_shop: Shop, bank: Bank) -> Diaries:
    shop = diary_shop
    await stock_up(shop)
    member, other = await register(shop, MARKED), await register(shop, ALIKE)
    guest = replace(MARKED.delivery, contact=MARKED.marks["login"])
    placed = await bought(shop, bank, CartOwner(token="guest"), MARKED, guest)
    tables = SqlShopTables(shop.database(), shop.vault(), metadata)
    await tables.execute_all(
        [
            (insert(notes), {**note, "id": uuid4()})
            for note in (
                {"customer_id": member, "phone": MARKED.marks["phone"], "stars": 1, "mood": "😀"},
                {"customer_id": other, "phone": ALIKE.marks["phone"], "stars": 2, "mood": "🙂"},
            )
        ]
    )
    await tables.execute(
        insert(engravings), {"id": uuid4(), "order_id": placed.id, "words": "致马", "letters": 2}
    )
    await tables.execute(
        insert(reads), {"id": uuid4(), "customer_id": member, "recorded_at": shop.now()()}
    )
    return Diaries(shop, tables, member, other)


async def test_a_person_is_exported_and_erased(diaries: Diaries) -> None:
    shop = diaries.shop
    provider = shop.data_providers().get("plugin_tables")
    assert provider is not None
    subject, _ = await shop.data_providers().resolve(SUBJECT)
    found = [each async for each in exported(provider, subject)]
    assert {each.section: dict(each.fields).get("phone") for each in found} == {
        "plugin_diary_notes": MARKED.marks["phone"],
        "plugin_diary_engravings": None,
        "plugin_diary_reads": None,
    }
    assert "致马" in [each.fields.get("words") for each in found]
    places = [each.place for each in provider.inventory() if isinstance(each, Field)]
    assert {str(each) for table in metadata.tables.values() for each in table.columns} == {*places}
    await finish_orders(shop)
    in_days(shop, 60)
    done = await erased(shop)
    assert done.state is RequestState.COMPLETED, done.failures
    assert await diaries.left() == [(diaries.other, ALIKE.marks["phone"])]
    assert await diaries.engraved() == [None]
    seen = await diaries.tables.execute(select(reads.c.customer_id))
    assert seen.rows == ({"customer_id": None},)


async def test_what_an_open_order_needs_is_retained(diaries: Diaries) -> None:
    done = await erased(diaries.shop)
    assert done.state is RequestState.COMPLETED, done.failures
    assert await diaries.engraved() == ["致马"]
    assert await diaries.left() == [(diaries.other, ALIKE.marks["phone"])]
    await finish_orders(diaries.shop)
    in_days(diaries.shop, 4_000)
    while await diaries.shop.end_retention()():
        pass
    assert await diaries.engraved() == [None]


async def test_a_table_that_is_not_erased_is_found(
    diaries: Diaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutation: without the map of the tables, the verification names what is left."""
    monkeypatch.setattr(records, "owner_columns", lambda _: [])
    done = await erased(diaries.shop)
    assert done.state is RequestState.INCOMPLETE
    assert "plugin_tables: 1 in plugin_diary_notes.customer_id" in done.failures
    assert "plugin_tables: 1 in plugin_diary_reads.customer_id" in done.failures


async def test_the_tables_of_a_removed_plugin_are_erased_too(
    diaries: Diaries, monkeypatch: pytest.MonkeyPatch, diary_plugin: Path
) -> None:
    site = str(diary_plugin.parents[1] / "site")
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != site])
    other = open_shop(diaries.shop.settings())
    other.now.override(providers.Object(diaries.shop.now()))
    other.vault().lease_seconds = diaries.shop.vault().lease_seconds
    await prepare_shop(other)
    assert "diary" not in other.plugins().manifests
    done = await erased(other)
    assert done.state is RequestState.COMPLETED, done.failures
    assert await diaries.left() == [(diaries.other, ALIKE.marks["phone"])]
    await close_shop(other)


async def test_erased_rows_of_a_restored_backup_are_erased_again(diaries: Diaries) -> None:
    """The key of a member is destroyed, and a backup brought the rows back."""
    async with diaries.shop.units()() as unit:
        customer = await unit.customers.get(diaries.member)  # type: ignore[arg-type]
    assert customer.data_key_id is not None
    await diaries.shop.vault().destroy([customer.data_key_id], diaries.shop.now()())
    assert len(await diaries.left()) == 2
    assert await diaries.shop.replay_tombstones()() > 0
    assert await diaries.left() == [(diaries.other, ALIKE.marks["phone"])]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestPluginTableRecords(PersonalDataProviderSuite):
    @pytest.fixture
    async def data_provider(self, diaries: Diaries) -> PersonalDataProvider:
        provider = diaries.shop.data_providers().get("plugin_tables")
        assert provider is not None
        async with diaries.shop.database().writes.begin() as connection:
            await connection.execute(engravings.delete())
            await connection.execute(reads.delete())
            assert await connection.scalar(select(func.count()).select_from(notes)) == 2
        return provider

    @pytest.fixture
    def subject(self, diaries: Diaries) -> Subject:
        return Subject(customers=frozenset({diaries.member}))

    @pytest.fixture
    def other_subject(self, diaries: Diaries) -> Subject:
        return Subject(customers=frozenset({diaries.other}))
