"""Erasures and exports of many records, also when the process is killed."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.bundles.verification import verify
from adapters.bundles.writer import Writer
from adapters.database.data_keys import CONTACT
from adapters.database.tables.customers import customers
from adapters.database.tables.orders import orders
from adapters.database.tables.privacy import privacy_decisions
from adapters.security.signatures import signature_of, verify_signature
from core.application.privacy.erasure import ExecuteErasure
from core.domain.errors import PlanChanged
from core.domain.fulfillment import FulfillmentState
from core.domain.identifiers import CustomerId
from core.domain.orders.states import OrderState
from core.domain.privacy.records import Record, Subject
from core.domain.privacy.request import RequestKind, RequestState
from entrepot.assembly.shop import Shop
from ports.bundles import Contents
from tests.factories import an_order, stock_up
from tests.people import ALIKE, MARKED, register
from tests.servers import clean_environment

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.own_database]

KILLS = 6
ALL_DONE = 1_000_000
BATCH = 500
CONSENTS = 2
LOGIN = MARKED.marks["login"]
LONG_AGO = datetime.now(UTC) - timedelta(days=90)


async def buy_often(shop: Shop, customer: CustomerId, count: int, first: int) -> None:
    """Save completed orders from 90 days ago."""
    for start in range(0, count, BATCH):
        async with shop.units()() as unit:
            for number in range(start, min(start + BATCH, count)):
                order = an_order(str(10**15 + first + number), LONG_AGO)
                order.customer_id, order.contact = customer, MARKED.marks["contact"]
                order.address = MARKED.address
                order.state, order.fulfillment = OrderState.COMPLETED, FulfillmentState.DELIVERED
                order.events.clear()
                await unit.orders.save(order)
            await unit.commit()


@pytest.fixture
async def member(shop: Shop) -> CustomerId:
    other = await register(shop, ALIKE)
    await buy_often(shop, other, 3, 500_000)
    return await register(shop, MARKED)


async def remaining(shop: Shop) -> tuple[int, int]:
    """Count the orders with a data key, and the customers."""
    async with shop.database().reads.connect() as connection:
        return (
            await connection.scalar(
                sa.select(sa.func.count())
                .select_from(orders)
                .where(orders.c.data_key_id.is_not(None))
            )
            or 0,
            await connection.scalar(sa.select(sa.func.count()).select_from(customers)) or 0,
        )


async def approved(shop: Shop) -> tuple[str, str]:
    subject = Subject(contacts=frozenset({LOGIN}))
    request = await shop.open_request()(RequestKind.ERASURE, subject, "password")
    planned = await shop.plan_erasure()(request.number)
    await shop.approve_erasure()(request.number, planned.plan_hash, "x")
    return request.number, planned.plan_hash


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_ten_thousand_and_one_orders_are_erased(shop: Shop, member: CustomerId) -> None:
    await buy_often(shop, member, 10_001, 0)
    assert await remaining(shop) == (10_004, 2)
    number, plan_hash = await approved(shop)
    execute: ExecuteErasure = shop.execute_erasure()
    done = await execute(number, plan_hash)
    assert done.state is RequestState.COMPLETED, done.failures
    assert done.certificate is not None
    assert done.certificate["certificate"]["records"]["pseudonymise"] == 10_001 + CONSENTS
    assert await remaining(shop) == (3, 1)


async def test_an_erasure_that_is_killed_many_times_completes(
    shop: Shop, member: CustomerId, tmp_path: Path
) -> None:
    await buy_often(shop, member, 2_000, 0)
    number, plan_hash = await approved(shop)
    generator = random.Random(11)  # noqa: S311 -- not for security
    environment = environment_of(shop)
    command = (
        *(sys.executable, "-m", "entrepot", "privacy", "erase", LOGIN),
        *("--verified-by", "x", "--plan", plan_hash, "--approved-by", "x"),
    )
    log = (tmp_path / "log").open("wb")
    progress, killed = [], 0
    for _ in range(KILLS):
        begun = await done_of(shop)
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        after = generator.randint(1, 300)
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            if await done_of(shop) >= begun + after:
                break
            await asyncio.sleep(0.005)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        progress.append(await done_of(shop))
    assert progress == sorted(progress)
    assert killed >= 4
    log.close()
    last = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    if progress[-1] < ALL_DONE:
        assert last.returncode == 0, last.stderr
    async with shop.privacy_units()() as unit:
        (request,) = [each for each in await unit.privacy.list(9) if each.number == number]
    assert request.state is RequestState.COMPLETED, request.failures
    assert request.certificate is not None
    records = request.certificate["certificate"]["records"]
    assert records["pseudonymise"] == 2_000 + CONSENTS
    assert await remaining(shop) == (3, 1)


async def test_an_export_that_is_killed_many_times_completes(
    shop: Shop, member: CustomerId, tmp_path: Path
) -> None:
    await buy_often(shop, member, 2_000, 0)
    folder = tmp_path / "bundles"
    command = (
        *(sys.executable, "-m", "entrepot", "privacy", "export", LOGIN),
        *("--verified-by", "x", "--folder", str(folder)),
    )
    environment, staged, killed = environment_of(shop), [0], 0
    for _ in range(4):
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        await asyncio.to_thread(wait_for_records, process, folder, staged[-1])
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        staged.append(staged_bytes(folder))
    assert killed >= 3
    assert staged[1 : killed + 1] == sorted(staged[1 : killed + 1])
    last = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert last.returncode == 0, last.stderr
    path = Path(last.stdout.strip())
    assert verify(path, shop.is_signed()) == []
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("data/shop/orders.jsonl").splitlines()
    assert len({json.loads(line)["number"] for line in lines}) == len(lines) == 2_000


def wait_for_records(process: "subprocess.Popen[bytes]", folder: Path, before: int) -> None:
    while process.poll() is None and staged_bytes(folder) <= before:
        time.sleep(0.002)


def staged_bytes(folder: Path) -> int:
    """Return the size of the export staging."""
    return sum(each.stat().st_size for each in folder.glob("*.parts/*.jsonl"))


async def test_a_member_who_buys_during_the_erasure_is_erased(
    shop: Shop, member: CustomerId
) -> None:
    await stock_up(shop)
    await buy_often(shop, member, 1_000, 0)
    number, plan_hash = await approved(shop)
    buyer = subprocess.Popen(
        (sys.executable, "-m", "tests.buyer", LOGIN, "8"),
        env=environment_of(shop),
        stdout=subprocess.PIPE,
    )
    assert buyer.stdout is not None
    assert await asyncio.to_thread(buyer.stdout.readline)
    with pytest.raises(PlanChanged):
        await shop.execute_erasure()(number, plan_hash)
    states = []
    for _ in range(20):
        async with shop.privacy_units()() as unit:
            (request,) = [each for each in await unit.privacy.list(9) if each.number == number]
        if request.state is RequestState.PLANNED:
            await shop.approve_erasure()(number, request.plan_hash, "x")
        try:
            done = await shop.execute_erasure()(number, request.plan_hash)
        except PlanChanged:
            continue
        states.append(done.state)
        if done.state is RequestState.COMPLETED:
            break
    assert buyer.wait() == 0
    buyer.stdout.close()
    assert states[-1] is RequestState.COMPLETED
    again = await shop.open_request()(
        RequestKind.ERASURE, Subject(contacts=frozenset({LOGIN})), "password"
    )
    planned = await shop.plan_erasure()(again.number)
    await shop.approve_erasure()(again.number, planned.plan_hash, "x")
    last = await shop.execute_erasure()(again.number, planned.plan_hash)
    assert last.state is RequestState.COMPLETED, last.failures
    index = shop.vault().indexes(CONTACT, LOGIN)
    async with shop.database().reads.connect() as connection:
        theirs = sa.select(sa.func.count()).where(orders.c.contact_index.in_(index))
        placed = sa.select(sa.func.count()).where(orders.c.state == "placed")
        assert await connection.scalar(theirs) == 0
        assert await connection.scalar(placed) == 8
    assert (await remaining(shop))[1] == 1


def environment_of(shop: Shop) -> dict[str, str]:
    settings = shop.settings()
    return clean_environment(
        ENTREPOT_SECRET_KEY=settings.secret_key.get_secret_value(),
        ENTREPOT_DATABASE_URL=settings.database_url,
        ENTREPOT_DATA_DIR=str(settings.data_dir),
        ENTREPOT_UNPAID_ORDERS_PER_CONTACT="10000",
        ENTREPOT_UNPAID_UNITS="1000000",
        ENTREPOT_PAYMENT_SANDBOX_SECRET="x" * 40,
    )


async def done_of(shop: Shop) -> int:
    """Count the executed decisions; `ALL_DONE` after the request deleted them."""
    async with shop.database().reads.connect() as connection:
        total = await connection.scalar(sa.select(sa.func.count()).select_from(privacy_decisions))
        if not total:
            return ALL_DONE
        return (
            await connection.scalar(
                sa.select(sa.func.count())
                .select_from(privacy_decisions)
                .where(privacy_decisions.c.done.is_(True))
            )
            or 0
        )


async def many(count: int) -> AsyncIterator[tuple[str, Record]]:
    for number in range(count):
        fields = {"id": uuid4(), "number": number, "text": "壶" * 40}
        yield "shop", Record(section="orders", reference=str(number), fields=fields)


async def test_memory_stays_bounded_with_a_hundred_thousand_records(
    tmp_path: Path,
) -> None:
    signer = Ed25519PrivateKey.generate()
    contents = Contents(
        request="1", profile="access", made_at=LONG_AGO, subject_hash="", requested=["shop"]
    )
    peaks = []
    for count in (2_000, 100_000):
        tracemalloc.start()
        path = await Writer(tmp_path / f"{count}.zip", partial(signature_of, signer)).write(
            contents, many(count)
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        counts = [each["records"] for each in manifest["files"] if "records" in each]
        assert counts == [count]
    assert peaks[1] < 2 * peaks[0] + 1_000_000
    assert verify(tmp_path / "2000.zip", partial(verify_signature, signer.public_key())) == []
