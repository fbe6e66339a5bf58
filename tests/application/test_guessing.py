"""Guessing is slow, for every face alike, and does not lock the owner out."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from dependency_injector import providers
from structlog.testing import capture_logs

from adapters.database.tables.audit import audit_log
from adapters.security.passwords import Argon2Passwords
from core.application.carts.ownership import CartOwner
from core.domain.accounts import AccountKind, BadCredentials, Caller, TooManyAttempts, WrongCode
from core.domain.errors import LinkExpired
from entrepot.assembly.shop import Shop
from tests.accounts import LOGIN, PASSWORD, a_member, a_staff_member, with_second_factor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

WRONG = "wrong horse"
STRANGER, OWNER = Caller(address="203.0.113.9"), Caller(address="198.51.100.7")


class MovableClock:
    ahead = timedelta()

    def __init__(self, shop: Shop) -> None:
        self._now = shop.now()

    def __call__(self) -> datetime:
        return self._now() + self.ahead


@pytest.fixture
def clock(shop: Shop) -> MovableClock:
    clock = MovableClock(shop)
    shop.now.override(providers.Object(clock))
    return clock


async def guess(shop: Shop, caller: Caller, login: str = LOGIN, password: str = WRONG) -> str:
    try:
        await shop.log_in()(login, password, CartOwner(), caller)
    except (BadCredentials, TooManyAttempts) as error:
        return error.code
    return "in"


async def test_the_wait_for_an_account_grows(shop: Shop, clock: MovableClock) -> None:
    await a_member(shop)
    assert [await guess(shop, STRANGER) for _ in range(6)] == [
        *["bad_credentials"] * 5,
        "too_many_attempts",
    ]
    # Even the right password must wait: otherwise the answer would reveal it.
    assert await guess(shop, STRANGER, password=PASSWORD) == "too_many_attempts"
    for seconds in (1, 2, 4):
        clock.ahead += timedelta(seconds=seconds, milliseconds=10)
        assert await guess(shop, STRANGER) == "bad_credentials"
        assert await guess(shop, STRANGER) == "too_many_attempts"
    clock.ahead += timedelta(days=2)
    assert await guess(shop, STRANGER, password=PASSWORD) == "in"


async def test_an_unknown_account_waits_like_a_known_one(shop: Shop) -> None:
    await a_member(shop)
    known = [await guess(shop, STRANGER) for _ in range(7)]
    unknown = [await guess(shop, OWNER, "nobody@example.com") for _ in range(7)]
    assert known == unknown


async def many_strangers(shop: Shop) -> list[str]:
    """One guess from each of many addresses."""
    callers = [Caller(address=f"203.0.113.{number}") for number in range(55)]
    return [await guess(shop, each) for each in callers]


async def test_many_strangers_share_the_limit_of_the_account(shop: Shop) -> None:
    await a_member(shop)
    codes = await many_strangers(shop)
    assert codes == ["bad_credentials"] * 50 + ["too_many_attempts"] * 5


async def test_strangers_do_not_lock_out_a_known_address_or_device(shop: Shop) -> None:
    await a_member(shop)
    opened = await shop.log_in()(LOGIN, PASSWORD, CartOwner(), OWNER)
    await many_strangers(shop)
    moved = Caller(address="192.0.2.1")
    assert await guess(shop, moved, password=PASSWORD) == "too_many_attempts"
    assert await guess(shop, OWNER, password=PASSWORD) == "in"
    assert await guess(shop, replace(moved, known_device=opened.device), password=PASSWORD) == "in"
    forged = replace(moved, known_device=f"{opened.device}x")
    assert await guess(shop, forged, password=PASSWORD) == "too_many_attempts"


async def test_a_known_device_is_limited_too(shop: Shop) -> None:
    await a_member(shop)
    opened = await shop.log_in()(LOGIN, PASSWORD, CartOwner(), OWNER)
    device = replace(STRANGER, known_device=opened.device)
    assert [await guess(shop, device) for _ in range(6)][-1] == "too_many_attempts"
    await a_member(shop, "other@example.com")
    other = [await guess(shop, device, "other@example.com", PASSWORD)]
    assert other == ["in"]


async def test_one_address_has_one_limit_for_all_faces(shop: Shop, clock: MovableClock) -> None:
    member = await a_member(shop)
    await a_staff_member(shop, "boss@example.com")
    await with_second_factor(shop, member)
    waiting = await shop.log_in()(LOGIN, PASSWORD, CartOwner(), OWNER)
    for number in range(4):
        await guess(shop, STRANGER, f"member{number}@example.com")
    for number in range(2):
        with pytest.raises(BadCredentials):
            await shop.log_in_staff()(f"staff{number}@example.com", "x", STRANGER)
    with pytest.raises(WrongCode):
        await shop.confirm_member_log_in()(waiting.token, "x", CartOwner(), STRANGER)
    with pytest.raises(LinkExpired):
        await shop.reset_password().find("x", STRANGER)
    with pytest.raises(LinkExpired):
        await shop.finish_registration().find("x", STRANGER)
    await shop.request_password_reset()(AccountKind.STAFF, "nobody@example.com", STRANGER)
    for attempt in (
        guess(shop, STRANGER),
        guess(shop, STRANGER, "new@example.com"),
    ):
        assert await attempt == "too_many_attempts"
    with pytest.raises(TooManyAttempts):
        await shop.log_in_staff()("boss@example.com", PASSWORD, STRANGER)
    with pytest.raises(TooManyAttempts):
        await shop.confirm_member_log_in()(waiting.token, "x", CartOwner(), STRANGER)
    with pytest.raises(TooManyAttempts):
        await shop.reset_password().find("x", STRANGER)
    with pytest.raises(TooManyAttempts):
        await shop.request_password_reset()(AccountKind.CUSTOMER, LOGIN, STRANGER)
    assert await guess(shop, OWNER, password="x") == "bad_credentials"
    clock.ahead += timedelta(minutes=1, seconds=1)
    assert await guess(shop, STRANGER) == "bad_credentials"


async def test_people_behind_one_address_do_not_use_up_its_limit(shop: Shop) -> None:
    await a_member(shop)
    for _ in range(30):
        assert await guess(shop, OWNER, password=PASSWORD) == "in"


async def test_refused_log_ins_are_in_both_logs_without_personal_data(shop: Shop) -> None:
    account = await a_member(shop)
    await guess(shop, STRANGER)
    await guess(shop, STRANGER, "nobody@example.com")
    with capture_logs() as logs:
        await shop.relay_events().drain()
    refused = [each for each in logs if each["event"] == "log-in refused"]
    assert [each["account"] for each in refused] == [str(account), "unknown"]
    assert "example.com" not in str(refused)
    async with shop.database().reads.connect() as connection:
        entries = await connection.execute(
            sa.select(audit_log.c.payload).where(audit_log.c.kind == "LogInRefused")
        )
        payloads = [row.payload for row in entries]
    assert [each["account"] for each in payloads] == [str(account), "unknown"]
    assert "example.com" not in str(payloads)
    assert STRANGER.address not in str(payloads)


async def test_counts_are_deleted_when_they_limit_nobody(shop: Shop, clock: MovableClock) -> None:
    await a_member(shop)
    await guess(shop, STRANGER)
    await guess(shop, OWNER, password=PASSWORD)
    clock.ahead = timedelta(days=2)
    assert await shop.purge_guesses()() > 0
    await many_strangers(shop)
    assert await guess(shop, OWNER, password=PASSWORD) == "in"
    clock.ahead = timedelta(days=200)
    await shop.purge_guesses()()
    async with shop.account_units()() as unit:
        assert await unit.guesses.purge(clock(), clock()) == 0


class CountingHasher(PasswordHasher):
    """Counts hashes: `verify` computes one too."""

    work = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.work += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
        self.work += 1
        return bool(super().verify(hash, password))


async def test_an_unknown_account_costs_the_same_hash_as_a_known_one(shop: Shop) -> None:
    hasher = CountingHasher(time_cost=1, memory_cost=8, parallelism=1)
    shop.passwords.override(providers.Object(Argon2Passwords(hasher)))
    await a_member(shop)
    work = []
    for login in (LOGIN, "nobody@example.com", "another@example.com"):
        before = hasher.work
        await guess(shop, STRANGER, login)
        work.append(hasher.work - before)
    assert work == [1, 1, 1]
