"""A plugin reads and writes its own tables."""

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, insert, select, update

from adapters.database.engine import Database, open_database
from adapters.database.keys.index_rotation import RotateBlindIndexes
from adapters.database.plugin_tables import access as sql_access
from adapters.database.plugin_tables import owners
from adapters.database.plugin_tables.access import SqlShopTables
from adapters.database.plugin_tables.indexes import indexed_columns
from adapters.database.tables.customers import customers
from adapters.keys.rotation import KeyringIndexKeys
from adapters.keys.vault import Vault
from core.domain.errors import NotFound
from core.domain.identifiers import DataKeyId
from ports.plugin_shop.tables import Conflict, Rows, StatementRefused
from tests.diary import joins, metadata, notes, seats

pytestmark = pytest.mark.anyio

PHONE = "+8613800138000"


@pytest.fixture
def access(migrated: Database, vault: Vault) -> SqlShopTables:
    return SqlShopTables(migrated, vault, metadata)


@pytest.fixture
async def member(migrated: Database, vault: Vault) -> UUID:
    return await registered(migrated, await vault.new_data_key())


async def registered(database: Database, data_key_id: DataKeyId, *, frozen: bool = False) -> UUID:
    """The row of a member, without a readable log-in."""
    member = uuid4()
    async with database.writes.begin() as connection:
        await connection.execute(
            insert(customers).values(
                id=member,
                data_key_id=data_key_id,
                login=b"",
                name=b"",
                password_hash="",
                language="zh",
                registered_at=datetime.now(UTC),
                login_verified=True,
                login_state="released",
                frozen=frozen,
                restricted=False,
                groups=[],
                version=1,
            )
        )
    return member


async def stored(database: Database) -> list[bytes]:
    async with database.reads.connect() as connection:
        return list(await connection.scalars(select(notes.c.phone)))


async def test_rows_are_written_read_changed_and_deleted(access: SqlShopTables) -> None:
    rows = [{"code": "a", "taken": 0, "limit": 2}, {"code": "b", "taken": 1, "limit": 2}]
    assert (await access.execute(insert(seats), rows)).changed == 2
    taken = update(seats).where(seats.c.taken < seats.c.limit).values(taken=seats.c.taken + 1)
    assert (await access.execute(taken.returning(seats.c.code))).changed == 2
    assert (await access.execute(taken)).changed == 1
    found = await access.execute(select(seats.c.code, seats.c.taken).order_by(seats.c.code))
    assert found.rows == ({"code": "a", "taken": 2}, {"code": "b", "taken": 2})
    assert (await access.execute(delete(seats).where(seats.c.code == "a"))).changed == 1
    assert (await access.execute(select(func.count()).select_from(seats))).first == {"count_1": 1}


async def test_statements_of_one_call_take_effect_together(access: SqlShopTables) -> None:
    row = {"code": "a", "taken": 0, "limit": 2}
    join = insert(joins)
    await access.execute_all([(insert(seats), row), (join, {"code": "a", "number": 1})])
    with pytest.raises(Conflict):
        await access.execute_all(
            [update(seats).values(taken=2), (join, {"code": "b", "number": 1})]
        )
    assert (await access.execute(select(seats.c.taken))).rows == ({"taken": 0},)
    with pytest.raises(StatementRefused, match="constraint"):
        await access.execute(insert(seats), {"code": "c", "taken": None, "limit": 1})


async def test_personal_values_are_encrypted_and_found(
    access: SqlShopTables, migrated: Database, member: UUID
) -> None:
    first, second = uuid4(), uuid4()
    rows = [
        {"id": first, "customer_id": member, "phone": PHONE, "stars": 1},
        {"id": second, "customer_id": member, "phone": "+8613900139000", "stars": 2},
    ]
    assert (await access.execute(insert(notes), rows)).changed == 2
    assert PHONE.encode() not in b"".join(await stored(migrated))
    found = await access.execute(
        select(notes.c.phone, notes.c.stars).where(notes.c.phone_index == PHONE)
    )
    assert found.rows == ({"stars": 1, "phone": PHONE},)
    changed = update(notes).where(notes.c.id == first).values(phone="+861", stars=5)
    assert (await access.execute(changed)).changed == 1
    by_index = select(notes.c.id, notes.c.phone).where(notes.c.phone_index.in_(["+861", "x"]))
    assert (await access.execute(by_index)).rows == ({"id": first, "phone": "+861"},)
    await access.execute(update(notes).values(phone=None))
    assert await stored(migrated) == [None, None]
    assert (await access.execute(by_index)).rows == ()


@pytest.mark.parametrize("frozen", [False, True])
async def test_a_row_of_an_unknown_or_erased_person_is_refused(
    access: SqlShopTables, migrated: Database, vault: Vault, *, frozen: bool
) -> None:
    person = uuid4()
    if frozen:
        person = await registered(migrated, await vault.new_data_key(), frozen=True)
    with pytest.raises(NotFound):
        await access.execute(insert(notes).values(id=uuid4(), customer_id=person, stars=1))
    with pytest.raises(StatementRefused, match="needs a person"):
        await access.execute(insert(notes).values(id=uuid4(), phone=PHONE, stars=1))
    assert (await access.execute(insert(notes).values(id=uuid4(), stars=1))).changed == 1


async def test_an_insert_without_rows_or_with_two_sets_of_rows_is_refused(
    access: SqlShopTables,
) -> None:
    rows = [{"id": uuid4(), "stars": 1}, {"id": uuid4(), "stars": 2}]
    for table in (notes, seats):
        with pytest.raises(StatementRefused, match="no rows"):
            await access.execute(insert(table), [])
    with pytest.raises(StatementRefused, match="not in both"):
        await access.execute(insert(notes).values(rows), {"id": uuid4(), "stars": 3})
    assert (await access.execute(select(notes.c.id))).rows == ()


async def test_a_large_result_is_refused_and_read_in_pages(access: SqlShopTables) -> None:
    rows = [{"code": "a", "number": number} for number in range(1_000)]
    await access.execute(insert(joins), rows)
    await access.execute(insert(joins), [{"code": "b", "number": 1_000}])
    everything = select(joins.c.number).order_by(joins.c.number)
    with pytest.raises(StatementRefused, match="more than 1000 rows"):
        await access.execute(everything)
    with pytest.raises(StatementRefused, match="limit"):
        await access.execute(everything.limit(1_001))
    page = everything.where(joins.c.number > 990).limit(500)
    assert len((await access.execute(page)).rows) == 10
    with pytest.raises(StatementRefused, match="more than 1000 rows"):
        await access.execute(delete(joins).returning(joins.c.number))
    assert (await access.execute(delete(joins))).changed == 1_001


async def test_a_slow_statement_is_ended(
    access: SqlShopTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_access, "STATEMENT_SECONDS", 0.2)
    monkeypatch.setattr(sql_access, "SQLITE_SECONDS", 0.1)
    rows = [{"code": "a", "number": number} for number in range(1_000)]
    await access.execute(insert(joins), rows)
    first, *others = [joins.alias(f"j{number}") for number in range(4)]
    pairs = [first.c.number != each.c.number for each in others]
    with pytest.raises(StatementRefused, match="takes longer"):
        await access.execute(select(func.count(first.c.code)).where(*pairs))
    assert (await access.execute(delete(joins))).changed == 1_000


async def test_rows_are_found_after_a_rotation_of_the_index_keys(
    access: SqlShopTables, migrated: Database, vault: Vault, member: UUID
) -> None:
    note = {"id": uuid4(), "customer_id": member, "phone": PHONE, "stars": 1}
    await access.execute(insert(notes), note)
    vault.lease_seconds = 0.01
    keys = KeyringIndexKeys(vault.source)
    assert await RotateBlindIndexes(migrated, vault, keys)(lambda _: None) == 0
    by_phone = select(notes.c.stars).where(notes.c.phone_index == PHONE)
    assert (await access.execute(by_phone)).rows == ()
    further = indexed_columns([metadata])
    assert await RotateBlindIndexes(migrated, vault, keys, further)(lambda _: None) == 1
    assert (await access.execute(by_phone)).rows == ({"stars": 1},)


async def taken_at_once(database: Database, vault: Vault, statement: Any) -> int:
    """Thirty calls in three threads, each with connections of its own. Returns the changed rows."""
    address = database.url.render_as_string(hide_password=False)
    start = threading.Barrier(3)

    async def run() -> int:
        opened = open_database(address, pool_size=3)
        tables = SqlShopTables(opened, vault, metadata)
        start.wait(30)
        results = await asyncio.gather(*(tables.execute(statement) for _ in range(10)))
        await opened.close()
        return sum(each.changed for each in results)

    return sum(await asyncio.gather(*(asyncio.to_thread(asyncio.run, run()) for _ in range(3))))


async def test_a_guarded_statement_never_gives_a_seat_to_two(
    access: SqlShopTables, migrated: Database, vault: Vault
) -> None:
    await access.execute(insert(seats), {"code": "a", "taken": 0, "limit": 10})
    taking = update(seats).values(taken=seats.c.taken + 1)
    assert await taken_at_once(migrated, vault, taking.where(seats.c.taken < seats.c.limit)) == 10
    # Without the guard all of them get one.
    assert await taken_at_once(migrated, vault, taking) == 30


async def write_while_erasing(access: SqlShopTables, database: Database, member: UUID) -> Rows:
    """Insert a note of a member while another connection begins the erasure of the member."""
    other = open_database(database.url.render_as_string(hide_password=False))
    freeze = update(customers).where(customers.c.id == member).values(frozen=True)
    try:
        async with other.writes.begin() as connection:
            await connection.execute(freeze)
            note = {"id": uuid4(), "customer_id": member, "phone": PHONE, "stars": 1}
            writing = asyncio.create_task(access.execute(insert(notes), note))
            await asyncio.sleep(0.1)
        return await writing
    finally:
        await other.close()


async def test_no_row_is_written_for_a_person_whose_erasure_begins(
    access: SqlShopTables, migrated: Database, member: UUID
) -> None:
    with pytest.raises(NotFound):
        await write_while_erasing(access, migrated, member)
    assert await stored(migrated) == []


async def test_without_the_lock_a_row_is_written_for_an_erased_person(
    access: SqlShopTables, migrated: Database, member: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    lax = select(customers.c.id, customers.c.data_key_id)
    monkeypatch.setattr(owners, "CUSTOMERS", lax)
    assert (await write_while_erasing(access, migrated, member)).changed == 1
    assert len(await stored(migrated)) == 1
