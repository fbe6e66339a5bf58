"""Coupons: batches, codes that are exported once, and coupons of members."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, select, update

from adapters.cli.code_file import CsvCodeFile
from adapters.database.coupons import repository, statements
from adapters.database.tables.coupons import coupon_batches, coupons
from core.application.coupons import making
from core.application.coupons.views import CouponStanding
from core.domain.claims import Claim, ClaimKind, ClaimState, person_of
from core.domain.errors import AlreadyExists, Invalid, NotFound, StaleVersion
from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import Owner, OwnerKind
from core.domain.orders.order import Order
from core.domain.pricing.coupons.batches import (
    BatchClosed,
    BatchState,
    CodesExported,
    CouponBatch,
    CouponTaken,
    NoCouponsLeft,
)
from core.domain.pricing.coupons.codes import grouped, is_well_formed, normalised
from core.domain.pricing.coupons.coupon import Coupon, CouponKind
from core.domain.pricing.promotions.managed import PromotionMove
from core.domain.pricing.quote import Grant, GrantKind
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF
from ports.coupons import CodeFile
from ports.errors import Rejected
from tests.accounts import a_member
from tests.coupons import save_opened
from tests.factories import an_order

pytestmark = pytest.mark.anyio

LABEL = Text({"zh": "双十一券", "en": "Double 11"})


def a_batch(code: str = "double-11", **details: object) -> CouponBatch:
    return CouponBatch(**{"code": code, "promotion": "offer", "label": LABEL, **details})  # type: ignore[arg-type]


TAKEN = a_batch("taken", kind=CouponKind.CLAIMED, size=10)
PERSONAL = a_batch("personal", kind=CouponKind.PERSONAL)


@pytest.fixture(autouse=True)
async def _keys(shop: Shop) -> None:
    await shop.vault().prepare()
    await save_opened(shop)


@dataclass
class Codes:
    """A code file in memory. It fails once it has ``most`` codes."""

    most: int = 1_000_000
    written: list[str] = field(default_factory=list)

    def resume(self, made: int) -> None:
        del self.written[made:]

    def write(self, first: int, codes: Sequence[str]) -> None:
        assert first <= len(self.written) + 1
        self.written[first - 1 :] = codes
        if len(self.written) > self.most:
            raise OSError("the disk is full")


async def make(shop: Shop, count: int, file: CodeFile, batch: str = "double-11") -> int:
    return await shop.make_coupons()(batch, count, file, lambda _made: None)


async def found(shop: Shop, code: str, member: CustomerId | None = None) -> Coupon | None:
    typed = normalised(code)
    person = person_of(member, "") if member else ""
    return (await shop.find_coupons()([typed], person)).get(typed)


async def member(shop: Shop, login: str = "mei@example.com") -> CustomerId:
    return CustomerId((await a_member(shop, login)).id)


async def test_a_chosen_word_is_found_however_it_is_typed(shop: Shop) -> None:
    await shop.create_coupon_batch()(a_batch(most_uses=0), ["DOUBLE11"])
    for typed in ("DOUBLE11", "double 11", "Double-11", "ｄｏｕｂｌｅ１１"):
        coupon = await found(shop, typed)
        assert coupon is not None
        assert (coupon.promotion, coupon.batch) == ("offer", "double-11")
    assert await found(shop, "DOUBLE12") is None


@pytest.mark.parametrize(
    ("promotion", "message"),
    [
        ("unknown", "There is no promotion “unknown”."),
        ("ten-off", "The promotion “ten-off” does not open by coupon."),
        ("ended", "The promotion “ended” has ended."),
    ],
)
async def test_a_batch_needs_a_promotion_that_opens_by_coupon(
    shop: Shop, promotion: str, message: str
) -> None:
    await shop.save_promotion()(TEN_OFF)
    await save_opened(shop, "ended")
    await shop.move_promotion()("ended", PromotionMove.END)
    with pytest.raises(Invalid) as refused:
        await shop.create_coupon_batch()(a_batch(promotion=promotion), ["DOUBLE11"])
    assert (refused.value.field, str(refused.value)) == ("promotion", message)
    assert await shop.show_batches()(9, "") == ((), "")


async def test_a_word_belongs_to_one_batch(shop: Shop) -> None:
    await shop.create_coupon_batch()(a_batch(), ["DOUBLE11"])
    with pytest.raises(AlreadyExists) as taken:
        await shop.create_coupon_batch()(a_batch("other"), ["OTHER", "double-11"])
    assert taken.value.key == "DOUBLE11"
    with pytest.raises(AlreadyExists):
        await shop.create_coupon_batch()(a_batch())
    with pytest.raises(NotFound):
        await shop.end_coupon_batch()("other")


@pytest.mark.parametrize(
    ("batch", "word"),
    [
        (a_batch(), "D-1"),
        (a_batch(), "D" * 65),
        (a_batch(kind=CouponKind.PERSONAL), "DOUBLE11"),
        (a_batch(size=1), "DOUBLE12"),
    ],
)
async def test_a_word_must_fit_its_batch(shop: Shop, batch: CouponBatch, word: str) -> None:
    words = [word, "OTHER"] if batch.size else [word]
    with pytest.raises(Invalid):
        await shop.create_coupon_batch()(batch, words)


async def test_a_batch_lasts_some_time(shop: Shop) -> None:
    now = shop.now()()
    with pytest.raises(Invalid, match="after the start"):
        await shop.create_coupon_batch()(a_batch(starts_at=now, ends_at=now))


async def test_codes_are_exported_while_they_are_made_and_never_again(shop: Shop) -> None:
    await shop.create_coupon_batch()(a_batch())
    file = Codes()
    assert await make(shop, 100, file) == 100
    assert len(set(file.written)) == 100
    assert all(is_well_formed(code) for code in file.written)
    assert await found(shop, grouped(file.written[-1])) is not None
    for count in (99, 100):
        with pytest.raises(CodesExported) as refused:
            await make(shop, count, Codes())
        assert (refused.value.batch, refused.value.made) == ("double-11", 100)
    assert await make(shop, 101, file) == 1


async def test_a_batch_makes_no_more_codes_than_its_size(shop: Shop) -> None:
    await shop.create_coupon_batch()(a_batch(size=10))
    with pytest.raises(Invalid):
        await make(shop, 11, Codes())
    await shop.create_coupon_batch()(TAKEN)
    with pytest.raises(BatchClosed):
        await make(shop, 1, Codes(), "taken")


async def test_an_interrupted_run_continues_with_its_file(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "CHUNK", 10)
    await shop.create_coupon_batch()(a_batch())
    with pytest.raises(OSError, match="full"):
        await make(shop, 40, Codes(most=25))
    file = tmp_path / "codes.csv"
    lines = [f"double-11,{number},TORN\n" for number in range(1, 29)]
    file.write_text("batch,number,code\n" + "".join(lines) + "double-1", encoding="utf-8")
    assert await make(shop, 40, CsvCodeFile(file, "double-11")) == 20
    written = file.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[1] for line in written] == ["number", *map(str, range(1, 41))]
    assert await found(shop, written[-1].split(",")[2]) is not None


@pytest.mark.parametrize(
    "content",
    [
        "notes\n",
        "batch,number,code\nnotes\n",
        "batch,number,code\nother,1,CODE\n",
        "batch,number,code\ndouble-11,1,CODE\n",
    ],
)
async def test_codes_are_not_written_to_another_file(
    shop: Shop, tmp_path: Path, content: str
) -> None:
    await shop.create_coupon_batch()(a_batch())
    await make(shop, 2, Codes())
    file = tmp_path / "codes.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(Rejected):
        await make(shop, 3, CsvCodeFile(file, "double-11"))
    assert file.read_text(encoding="utf-8") == content


async def test_of_two_concurrent_runs_one_makes_the_codes(shop: Shop) -> None:
    await shop.create_coupon_batch()(a_batch())

    async with shop.repeatable_units()() as unit:
        before = await unit.coupon_batches.get("double-11")
    await make(shop, 5, Codes())
    async with shop.repeatable_units()() as unit:
        with pytest.raises(StaleVersion):
            await unit.coupons.add_codes(before, ["A"], shop.now()())


async def test_without_the_guard_two_runs_make_more_codes_than_were_wanted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lax = (
        update(coupon_batches)
        .where(statements.OF_BATCH)
        .values(made=coupon_batches.c.made + bindparam("units"))
    )
    monkeypatch.setattr(repository, "COUNT_CODES", lax)
    await shop.create_coupon_batch()(a_batch())
    async with shop.repeatable_units()() as unit:
        before = await unit.coupon_batches.get("double-11")
    await make(shop, 5, Codes())
    async with shop.repeatable_units()() as unit:
        await unit.coupons.add_codes(before, ["A"], shop.now()())
        await unit.commit()
    assert (await shop.show_batches().one("double-11")).made == 6


@pytest.mark.slow
async def test_a_hundred_thousand_codes_are_made(shop: Shop) -> None:
    await shop.create_coupon_batch()(a_batch())
    file = Codes()
    assert await make(shop, 100_000, file) == 100_000
    assert len(set(file.written)) == 100_000
    assert await found(shop, file.written[50_000]) is not None


async def test_a_member_takes_a_coupon_once(shop: Shop) -> None:
    me, other = await member(shop), await member(shop, "an@example.com")
    await shop.create_coupon_batch()(TAKEN)
    (offer,) = await shop.coupon_centre()(me, "zh")
    assert (offer.label, offer.left, offer.can_be_taken) == ("双十一券", 10, True)
    code = await shop.claim_coupon()("taken", me)
    with pytest.raises(CouponTaken):
        await shop.claim_coupon()("taken", me)
    (offer,) = await shop.coupon_centre()(me, "zh")
    assert (offer.left, offer.can_be_taken) == (9, False)
    assert (await shop.coupon_centre()(None, "zh"))[0].can_be_taken
    ((mine,), cursor) = await shop.my_coupons()(me, "en", 10, "")
    assert (normalised(mine.code), mine.label, mine.state) == (code, "Double 11", "valid")
    assert cursor == ""
    assert (await shop.my_coupons()(other, "en", 10, ""))[0] == ()


async def test_the_database_has_no_code(shop: Shop) -> None:
    await shop.create_coupon_batch()(a_batch(), ["DOUBLE11"])
    await shop.create_coupon_batch()(TAKEN)
    code = await shop.claim_coupon()("taken", await member(shop))
    async with shop.database().reads.connect() as connection:
        rows = (await connection.execute(select(coupons))).all()
    assert len(rows) == 2
    assert [row for row in rows if code in str(row) or "DOUBLE11" in str(row)] == []


async def test_the_coupon_of_another_person_is_not_theirs(shop: Shop) -> None:
    me, other = await member(shop), await member(shop, "an@example.com")
    await shop.create_coupon_batch()(TAKEN)
    code = await shop.claim_coupon()("taken", me)
    mine, theirs, guests = [await found(shop, code, each) for each in (me, other, None)]
    assert mine is not None
    assert mine.person == person_of(me, "")
    assert theirs is not None
    assert theirs.person not in {person_of(me, ""), person_of(other, "")}
    assert guests == theirs


async def test_a_batch_is_taken_while_it_runs(shop: Shop) -> None:
    me, now = await member(shop), shop.now()()
    later = now + timedelta(days=1)
    await shop.create_coupon_batch()(a_batch("later", kind=CouponKind.CLAIMED, starts_at=later))
    await shop.create_coupon_batch()(a_batch("public"))
    await shop.create_coupon_batch()(TAKEN)
    await shop.claim_coupon()("taken", me)
    await shop.end_coupon_batch()("taken")
    assert (await shop.show_batches().one("taken")).state is BatchState.ENDED
    assert await shop.coupon_centre()(me, "zh") == ()
    for batch in ("later", "public", "taken"):
        with pytest.raises(BatchClosed):
            await shop.claim_coupon()(batch, me)
    ((mine,), _) = await shop.my_coupons()(me, "zh", 10, "")
    assert mine.state is CouponStanding.EXPIRED
    assert (await shop.show_batches().one("later")).state is BatchState.PLANNED
    await shop.end_coupon_batch()("later")
    assert (await shop.show_batches().one("later")).state is BatchState.ENDED


async def test_several_coupons_each_are_taken_until_all_are_gone(shop: Shop) -> None:
    me, other = await member(shop), await member(shop, "an@example.com")
    two = a_batch("two", kind=CouponKind.CLAIMED, size=3, most_each=2)
    await shop.create_coupon_batch()(two)
    codes = {await shop.claim_coupon()("two", each) for each in (me, me, other)}
    assert len(codes) == 3
    with pytest.raises(NoCouponsLeft):
        await shop.claim_coupon()("two", other)


async def test_staff_issue_a_coupon_that_is_valid_for_some_days(shop: Shop) -> None:
    me = await member(shop)
    await shop.create_coupon_batch()(a_batch("hello", kind=CouponKind.PERSONAL, valid_days=7))
    code = await shop.issue_coupon()("hello", me)
    coupon = await found(shop, code, me)
    assert coupon is not None
    assert coupon.ends_at is not None
    assert timedelta(days=6) < coupon.ends_at - shop.now()() <= timedelta(days=7)
    with pytest.raises(NotFound):
        await shop.issue_coupon()("hello", CustomerId(shop.new_id()()))


async def test_a_revoked_coupon_is_unknown(shop: Shop) -> None:
    me = await member(shop)
    await shop.create_coupon_batch()(PERSONAL)
    code = await shop.issue_coupon()("personal", me)
    for _ in range(2):
        await shop.revoke_coupon()(grouped(code).lower())
    assert await found(shop, code, me) is None
    ((mine,), _) = await shop.my_coupons()(me, "zh", 10, "")
    assert mine.state is CouponStanding.REVOKED
    with pytest.raises(NotFound):
        await shop.revoke_coupon()("UNKNOWN")


async def test_uses_are_counted_before_an_order_is_placed(shop: Shop) -> None:
    me, other = await member(shop), await member(shop, "an@example.com")
    await shop.create_coupon_batch()(a_batch(most_uses=2, most_uses_each=1), ["DOUBLE11"])
    await shop.create_coupon_batch()(TAKEN)
    own = await shop.claim_coupon()("taken", me)
    for code, limit, each in (("DOUBLE11", 2, 1), (own, 1, None)):
        coupon = await found(shop, code, me)
        assert coupon is not None
        assert (coupon.used, coupon.used_by_person) == (0, 0)
        await use(shop, coupon.key, me, limit=limit, per_person=each)
        coupon = await found(shop, code, me)
        assert coupon is not None
        assert (coupon.used, coupon.used_by_person) == (1, 1)
    theirs = await found(shop, "DOUBLE11", other)
    assert theirs is not None
    assert (theirs.used, theirs.used_by_person) == (1, 0)
    ((mine,), _) = await shop.my_coupons()(me, "zh", 10, "")
    assert mine.state is CouponStanding.USED


async def test_coupons_of_a_promotion_that_has_ended_are_not_given_and_expired(
    shop: Shop,
) -> None:
    me = await member(shop)
    for batch in (TAKEN, PERSONAL):
        await shop.create_coupon_batch()(batch)
    await shop.claim_coupon()("taken", me)
    assert len(await shop.coupon_centre()(me, "zh")) == 1
    await shop.move_promotion()("offer", PromotionMove.END)
    assert await shop.coupon_centre()(me, "zh") == ()
    for give, batch_code in ((shop.claim_coupon(), "taken"), (shop.issue_coupon(), "personal")):
        with pytest.raises(BatchClosed):
            await give(batch_code, me)
    ((mine,), _) = await shop.my_coupons()(me, "zh", 10, "")
    assert mine.state is CouponStanding.EXPIRED


async def test_staff_see_which_orders_use_a_batch(shop: Shop) -> None:
    me = await member(shop)
    await shop.create_coupon_batch()(a_batch(most_uses=0, most_uses_each=1), ["DOUBLE11"])
    await shop.create_coupon_batch()(a_batch("other"), ["OTHER"])
    coupon, other = await found(shop, "DOUBLE11"), await found(shop, "OTHER")
    assert coupon is not None
    assert other is not None
    first = await use(shop, coupon.key, me, per_person=1)
    second = await use(shop, coupon.key, None, per_person=1)
    await use(shop, other.key, me, limit=1)
    queries = shop.coupon_queries()
    uses, cursor = await queries.uses("double-11", 1, "")
    rest, _ = await queries.uses("double-11", 1, cursor)
    assert [(each.order, each.customer_id) for each in (*uses, *rest)] == [
        (second.number, None),
        (first.number, me),
    ]
    assert uses[0].state is ClaimState.HELD


async def use(shop: Shop, key: str, customer_id: CustomerId | None, **limits: Any) -> Order:
    """Place an order that holds a use of the coupon."""
    order = an_order(shop.new_number()(), shop.now()())
    order.customer_id = customer_id
    person = person_of(customer_id, order.contact)
    claim = Claim(kind=ClaimKind.COUPON, key=key, person=person, **limits)
    async with shop.units()() as unit:
        await unit.orders.save(order)
        await unit.claims.hold(order.id, [claim])
        await unit.commit()
    return order


async def test_lists_have_pages(shop: Shop) -> None:
    me = await member(shop)
    await shop.create_coupon_batch()(PERSONAL)
    await shop.create_coupon_batch()(a_batch("other"))
    issued = [await shop.issue_coupon()("personal", me) for _ in range(3)]
    first, cursor = await shop.my_coupons()(me, "zh", 2, "")
    rest, end = await shop.my_coupons()(me, "zh", 2, cursor)
    assert [normalised(each.code) for each in (*first, *rest)] == issued[::-1]
    assert end == ""
    batches, cursor = await shop.show_batches()(1, "")
    assert [each.code for each in batches] == ["other"]
    batches, cursor = await shop.show_batches()(1, cursor)
    assert [(each.code, each.made) for each in batches] == [("personal", 3)]


async def test_a_delivered_order_gives_its_grants_once(shop: Shop) -> None:
    me = await member(shop)
    await shop.create_coupon_batch()(a_batch("back", kind=CouponKind.PERSONAL))
    order = an_order()
    order.customer_id = me
    order.grants = (
        Grant(promotion="offer", kind=GrantKind.POINTS, amount=20),
        Grant(promotion="offer", kind=GrantKind.COUPON, amount=2, batch="back"),
        Grant(promotion="offer", kind=GrantKind.POINTS, amount=10),
    )
    for _ in range(2):
        await asyncio.gather(*(shop.issue_grants().give(order) for _ in range(3)))
    assert await points(shop, me) == [30]
    given, _ = await shop.my_coupons()(me, "zh", 10, "")
    assert [each.batch for each in given] == ["back", "back"]


async def test_a_guest_or_an_erased_member_gets_no_grants(shop: Shop) -> None:
    order = an_order()
    order.grants = (Grant(promotion="offer", kind=GrantKind.POINTS, amount=30),)
    await shop.issue_grants().give(order)
    order.customer_id = CustomerId(shop.new_id()())
    await shop.issue_grants().give(order)
    assert await points(shop, order.customer_id) == []


@pytest.mark.parametrize("batch", ["unknown", "public", "empty"])
async def test_a_grant_without_coupons_gives_nothing(
    shop: Shop, batch: str, caplog: pytest.LogCaptureFixture
) -> None:
    me = await member(shop)
    await shop.create_coupon_batch()(a_batch("public"))
    await shop.create_coupon_batch()(a_batch("empty", kind=CouponKind.PERSONAL, size=1))
    await shop.issue_coupon()("empty", me)
    order = an_order()
    order.customer_id = me
    order.grants = (
        Grant(promotion="offer", kind=GrantKind.COUPON, amount=1, batch=batch),
        Grant(promotion="offer", kind=GrantKind.POINTS, amount=30),
    )
    await shop.issue_grants().give(order)
    assert len((await shop.my_coupons()(me, "zh", 10, ""))[0]) == 1
    assert await points(shop, me) == [30]
    assert order.number in caplog.text


async def points(shop: Shop, customer_id: CustomerId) -> list[int]:
    async with shop.units()() as unit:
        accounts = await unit.ledger_accounts.of(Owner(OwnerKind.MEMBER, customer_id))
    return [each.posted for each in accounts]
