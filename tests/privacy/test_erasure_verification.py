"""Erasure verification finds records that are left, and derived data is rebuilt."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adapters.database.migration import wipe
from adapters.database.privacy import shop_records
from adapters.database.privacy.personal_data_tables import PERSONAL_DATA_TABLES
from adapters.database.privacy.requests import SqlPrivacyRequests
from adapters.database.privacy.shop_records import ShopRecords
from adapters.database.tables.customers import customers
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import orders
from core.application.carts.ownership import CartOwner
from core.application.privacy.erasure import DerivedData, RebuildDerivedData
from core.domain.accounts import Account, AccountKind
from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import OnErase
from core.domain.privacy.records import Subject
from core.domain.privacy.request import RequestKind, RequestState
from entrepot.assembly.shop import Shop
from ports.accounts import AccountLink, LinkPurpose
from ports.errors import Unavailable
from tests.accounts import with_second_factor
from tests.erasures import SUBJECT, erased, finish_orders
from tests.people import MARKED
from tests.privacy.lives import in_days

pytestmark = pytest.mark.anyio


ERASABLE = [
    each.section
    for each in PERSONAL_DATA_TABLES
    if each.columns(OnErase.DELETE) + each.columns(OnErase.CLEAR)
]


@pytest.mark.parametrize("section", ERASABLE)
async def test_a_table_that_is_not_erased_is_found_by_the_verification(
    lives: Shop, section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutation: without the erasure of one table, the verification must name this table."""
    await finish_orders(lives)
    in_days(lives, 60)
    await lives.log_in()(MARKED.marks["login"], "long enough", CartOwner())
    await secure_account(lives)
    if section == "sessions":
        monkeypatch.setattr(SqlPrivacyRequests, "freeze", keep_sessions)
    rest = tuple(each for each in PERSONAL_DATA_TABLES if each.section != section)
    monkeypatch.setattr(shop_records, "PERSONAL_DATA_TABLES", rest)
    if section == "orders":
        with pytest.raises(IntegrityError):
            await erased(lives)
        return
    done = await erased(lives)
    by_foreign_key = section in {"addresses", "consents", "data_links", "disclosures"}
    assert done.state is (RequestState.COMPLETED if by_foreign_key else RequestState.INCOMPLETE)
    if not by_foreign_key:
        assert any(f" in {section}." in each for each in done.failures), done.failures


async def secure_account(shop: Shop) -> None:
    """Turn a second factor on, and request a link that resets the password."""
    customer = await shop.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    account = Account(AccountKind.CUSTOMER, customer.id)
    await with_second_factor(shop, account)
    async with shop.account_units()() as unit:
        await unit.account_links.add(
            AccountLink(
                token_hash="a hash",
                event_id=shop.new_id()(),
                purpose=LinkPurpose.RESET,
                account=account,
                login=b"a hash",
                expires_at=shop.now()() + timedelta(hours=1),
            )
        )
        await unit.commit()


async def keep_sessions(*_: object) -> None:
    return None


@pytest.mark.parametrize("name", ["workers' keys", "recommendations", "database file"])
async def test_derived_data_is_rebuilt_or_named(lives: Shop, name: str) -> None:
    rebuilt: list[str] = []

    def rebuild(own: str, *, fails: bool) -> RebuildDerivedData:
        async def forget(_subject: Subject) -> None:
            rebuilt.append(own)
            if fails:
                raise Unavailable

        return forget

    derived_data = lives.execute_erasure().derived_data
    await finish_orders(lives)
    in_days(lives, 60)
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    await lives.approve_erasure()(request.number, planned.plan_hash, "a colleague")
    failing = DerivedData({each: rebuild(each, fails=each == name) for each in derived_data})
    first = await replace(lives.execute_erasure(), derived_data=failing)(
        request.number, planned.plan_hash
    )
    assert (first.state, first.failures) == (RequestState.INCOMPLETE, (name,))
    assert first.certificate is None
    assert rebuilt == list(derived_data)
    working = DerivedData({each: rebuild(each, fails=False) for each in derived_data})
    last = await replace(lives.execute_erasure(), derived_data=working)(
        request.number, planned.plan_hash
    )
    assert last.certificate is not None
    assert last.certificate["certificate"]["propagated"] == list(derived_data)


async def leave_a_value(shop: Shop) -> None:
    """Copy an encrypted value of the marked member to a shipment of the other member."""
    async with shop.database().writes.begin() as connection:
        rows = (
            await connection.execute(
                sa.select(orders.c.id, orders.c.contact)
                .join(customers, customers.c.id == orders.c.customer_id)
                .order_by(customers.c.registered_at)
            )
        ).all()
        first, last = rows[0], rows[-1]
        await connection.execute(
            sa.update(shipments)
            .where(shipments.c.order_id == last.id)
            .values(tracking_number=first.contact)
        )


async def test_a_value_with_the_persons_key_is_found_wherever_it_is(
    lives: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    await leave_a_value(lives)
    done = await erased(lives)
    assert done.state is RequestState.INCOMPLETE
    assert done.failures == ("shop: 1 in shipments.tracking_number",)

    async def find_nothing(*_: object) -> list[object]:
        return []

    monkeypatch.setattr(ShopRecords, "verify_keys", find_nothing)
    again = await lives.execute_erasure()(done.number, done.plan_hash)
    assert again.state is RequestState.COMPLETED


async def test_the_verification_does_not_grow_with_the_keys_of_other_people(lives: Shop) -> None:
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    async def verified() -> int:
        nonlocal statements
        statements = 0
        await lives.shop_records().verify(SUBJECT)
        await lives.shop_records().verify_keys([DataKeyId(uuid4())])
        return statements

    sa.event.listen(lives.database().reads.sync_engine, "before_cursor_execute", count)
    before = await verified()
    assert before > 0
    store = lives.vault().store
    await store.destroy([DataKeyId(uuid4()) for _ in range(3_000)], datetime.now(UTC))
    assert await verified() == before


BALLAST = "CREATE TABLE ballast AS SELECT randomblob(20000000) AS bytes"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_shop_goes_on_serving_while_its_file_is_rewritten(shop: Shop) -> None:
    served = 0

    async def serve() -> None:
        nonlocal served
        while True:
            await asyncio.sleep(0)
            served += 1

    async with shop.database().writes.begin() as connection:
        await connection.execute(
            sa.text("CREATE TABLE ballast AS SELECT randomblob(20000000) AS b")
        )
    server = asyncio.create_task(serve())
    await asyncio.sleep(0)
    await wipe(shop.database())
    server.cancel()
    with suppress(asyncio.CancelledError):
        await server
    assert served > 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_log_that_cannot_be_truncated_is_a_failure(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader keeps the log, and with it the erased data."""
    monkeypatch.setattr("adapters.database.migration.WIPE_TIMEOUT_SECONDS", 0.1)
    async with shop.database().reads.connect() as reader:
        await reader.exec_driver_sql("BEGIN")
        await reader.execute(sa.select(orders.c.id))
        with pytest.raises(Unavailable):
            await wipe(shop.database())
        await reader.exec_driver_sql("ROLLBACK")
    await wipe(shop.database())
