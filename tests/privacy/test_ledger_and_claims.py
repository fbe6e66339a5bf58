"""A copy shows a member's ledger accounts; an erasure keeps the entries and loses the person."""

import pytest
import sqlalchemy as sa

from adapters.database.tables.claims import quota_uses
from adapters.database.tables.coupons import coupons
from adapters.database.tables.ledger import ledger_accounts, ledger_lines
from core.domain.privacy.records import Record, Subject
from core.domain.privacy.request import RequestState
from entrepot.assembly.shop import Shop
from tests.erasures import SUBJECT, erased, finish_orders
from tests.invariants import violations
from tests.people import MARKED
from tests.privacy.lives import in_days

pytestmark = pytest.mark.anyio


async def records_of(shop: Shop, subject: Subject) -> list[Record]:
    resolved = await shop.shop_records().resolve(subject)
    records: list[Record] = []
    cursor = ""
    while True:
        page = await shop.shop_records().export(resolved, cursor)
        records += page.items
        cursor = page.cursor
        if not cursor:
            return records


async def test_a_copy_shows_ledger_accounts_and_uses_of_offers(lives: Shop) -> None:
    records = await records_of(lives, SUBJECT)
    by_section = {each.section: each.fields for each in records}
    assert by_section["ledger_accounts"]["posted"] == 100
    assert by_section["ledger_lines"]["amount"] == 100
    uses = [each.fields for each in records if each.section == "quota_uses"]
    assert [(use["key"], use["taken"]) for use in uses] == [("coupon:WELCOME", 1)] * 2
    claimed = [each.fields for each in records if each.section == "claims"]
    assert [(claim["key"], claim["state"]) for claim in claimed] == [
        ("coupon:WELCOME", "taken")
    ] * 2
    assert "owner_id" not in by_section["ledger_accounts"]
    assert "person" not in by_section["quota_uses"]


async def people_left(shop: Shop) -> tuple[int, ...]:
    """``(ledger accounts, uses of offers, coupons)`` that lead to a person."""
    statements = (
        sa.select(sa.func.count(ledger_accounts.c.owner_id)).where(
            ledger_accounts.c.owner_kind == "member"
        ),
        sa.select(sa.func.count(quota_uses.c.person)),
        sa.select(sa.func.count(coupons.c.owner)),
    )
    async with shop.database().reads.connect() as connection:
        return tuple([int(await connection.scalar(each) or 0) for each in statements])


async def test_an_erasure_keeps_the_entries_and_loses_the_person(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    lines = sa.select(sa.func.count()).select_from(ledger_lines)
    assert await people_left(lives) == (2, 3, 2)
    assert (await erased(lives)).state is RequestState.COMPLETED
    assert await people_left(lives) == (1, 1, 1)
    async with lives.database().reads.connect() as connection:
        assert await connection.scalar(lines) == 4
    assert await records_of(lives, Subject(contacts=frozenset({MARKED.marks["contact"]}))) == []
    assert await violations(lives.database()) == []
