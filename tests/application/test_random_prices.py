"""Property test: the history is what the engine showed at each moment.

Prices change by products, promotions and price lists that staff save, and by the clock. The worker
runs before a change, and sleeps while the clock moves.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from core.domain.catalogue.variant import Sale
from core.domain.errors import DomainError
from core.domain.money import Money
from core.domain.pricing.promotions.managed import PromotionMove
from entrepot.assembly.shop import Shop
from tests.application.test_lifecycle import close_shop, create_empty_shop, open_in
from tests.applied_prices import (
    HOUR,
    POT,
    SECOND,
    change,
    history,
    list_price,
    move,
    promote,
    set_clock,
    work,
)
from tests.domain.pricing.shop import goods_off, percent
from tests.factories import a_draft, stock_up

pytestmark = pytest.mark.slow

HANDLE = "celadon-teapot"
AUDIENCES = ("", "group:vip")
PRICES = st.integers(1, 4).map(lambda tens: tens * 1000)
PERCENT = st.sampled_from(["10", "50"])
AHEAD = st.integers(0, 6)
HOURS = st.sampled_from(
    [
        {"kind": "always"},
        {"kind": "time_of_week", "since": "18:00", "until": "20:00"},
        {"kind": "time_of_week", "since": "22:00", "until": "02:00", "days": ["mon", "wed"]},
        {"kind": "group", "groups": ["vip"]},
    ]
)


class RandomPrices(RuleBasedStateMachine):
    """``seen`` has the price by audience and moment, None if there was none."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "shop.db")
        self.runner = asyncio.Runner()
        self.shop: Shop = open_in(self.folder)
        self.clock = set_clock(self.shop)
        self.seen: dict[tuple[str, datetime], int | None] = {}
        self.codes: list[str] = []

    def do(self, step: Awaitable[Any]) -> Any:
        async def run() -> Any:
            return await step

        return self.runner.run(run())

    def staff(self, step: Awaitable[Any], hours: int) -> None:
        """The worker has compiled everything, staff change something, and the hours go by."""
        self.do(work(self.shop))
        with suppress(DomainError):
            self.do(step)
        self.look()
        until = self.clock.at + hours * HOUR + 17 * SECOND
        while self.clock.at < until:
            self.clock.at = min(self.clock.at + HOUR / 2, until)
            self.look()

    def look(self) -> None:
        for audience in AUDIENCES:
            self.seen[audience, self.clock.at] = self.do(self.shown(audience))

    async def shown(self, audience: str) -> int | None:
        groups = frozenset({"vip"}) if audience else frozenset[str]()
        product = await self.shop.catalogue_queries().product(HANDLE, "en", groups)
        return product.variants[0].price.minor if product else None

    @initialize()
    def open(self) -> None:
        self.do(stock_up(self.shop))
        self.look()

    @rule(hours=AHEAD, price=PRICES, sale=PRICES, starts=AHEAD, lasts=st.integers(1, 6))
    def save(self, hours: int, price: int, sale: int, starts: int, lasts: int) -> None:
        starts_at = self.clock.at + starts * HOUR
        small = replace(
            a_draft().variants[0],
            price=Money(price, "CNY"),
            sale=Sale(
                price=Money(sale, "CNY"), starts_at=starts_at, ends_at=starts_at + lasts * HOUR
            ),
        )
        self.staff(self.shop.save_product()(replace(a_draft(), variants=(small,))), hours)

    @rule(hours=AHEAD, step=st.sampled_from(["publish", "unpublish"]))
    def move_product(self, hours: int, step: str) -> None:
        self.staff(self.shop.move_product()(HANDLE, step), hours)

    @rule(hours=AHEAD, off=PERCENT, condition=HOURS, starts=AHEAD, lasts=st.integers(1, 6))
    def promote(
        self, hours: int, off: str, condition: dict[str, Any], starts: int, lasts: int
    ) -> None:
        self.codes.append(f"promotion-{len(self.codes)}")
        starts_at = self.clock.at + starts * HOUR
        self.staff(
            promote(
                self.shop,
                code=self.codes[-1],
                benefits=[goods_off(percent(off))],
                condition=condition,
                starts_at=starts_at,
                ends_at=starts_at + lasts * HOUR,
            ),
            hours,
        )

    @rule(hours=AHEAD, place=AHEAD, step=st.sampled_from([*PromotionMove]))
    def move_promotion(self, hours: int, place: int, step: PromotionMove) -> None:
        if self.codes:
            self.staff(move(self.shop, step, self.codes[place % len(self.codes)]), hours)

    @rule(hours=AHEAD, place=AHEAD, off=PERCENT)
    def change_promotion(self, hours: int, place: int, off: str) -> None:
        if self.codes:
            code = self.codes[place % len(self.codes)]
            self.staff(change(self.shop, code, benefits=[goods_off(percent(off))]), hours)

    @rule(
        hours=AHEAD,
        price=PRICES,
        groups=st.sampled_from([frozenset(), frozenset({"vip"})]),
        starts=AHEAD,
    )
    def list_price(self, hours: int, price: int, groups: frozenset[str], starts: int) -> None:
        starts_at = self.clock.at + starts * HOUR
        ends_at = starts_at + 3 * HOUR
        code = f"list-{len(groups)}"
        self.staff(
            list_price(self.shop, code, price, groups=groups, starts_at=starts_at, ends_at=ends_at),
            hours,
        )

    def teardown(self) -> None:
        self.do(self.shop.publish_rule_changes()())
        self.do(work(self.shop))
        records = {each: self.do(history(self.shop, POT, each)) for each in AUDIENCES}
        self.do(close_shop(self.shop))
        self.runner.close()
        shutil.rmtree(self.folder)
        for each in records.values():
            ends = [record.ends_at for record in each]
            assert all(
                end and end <= later.starts_at for end, later in zip(ends, each[1:], strict=False)
            )
        for (audience, at), price in self.seen.items():
            found = [_price(records[each], at) for each in (audience, "")]
            assert next((each for each in found if each is not None), None) == price, (audience, at)


def _price(records: list[Any], at: datetime) -> int | None:
    applied = (
        each.minor
        for each in records
        if each.starts_at <= at and (each.ends_at is None or at < each.ends_at)
    )
    return next(applied, None)


@pytest.mark.usefixtures("_environment")
def test_the_history_is_what_was_shown(tmp_path: Path) -> None:
    RandomPrices.template = tmp_path / "template.db"
    asyncio.run(create_empty_shop(RandomPrices.template))
    run_state_machine_as_test(
        RandomPrices,
        settings=settings(
            max_examples=20,
            derandomize=True,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
