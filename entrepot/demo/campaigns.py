"""The demo shop's promotions, coupons and prices for a group, from ``campaigns.toml``."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.application.coupons.batches import CreateCouponBatch
from core.application.customers.groups import SetGroups
from core.application.pricing.price_files import PriceRow
from core.application.pricing.price_lists import ReplacePrices, SavePriceList
from core.application.pricing.promotions import MovePromotion, SavePromotion
from core.domain.calendar import CHINA_TIME
from core.domain.money import Money
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.price_lists import PriceList
from core.domain.pricing.promotions.managed import PromotionMove
from core.domain.text import Text
from entrepot.demo.catalogue import DemoProduct
from ports.clock import Clock

CAMPAIGNS = Path(__file__).with_name("campaigns.toml")

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeedCampaigns:
    """Creates what the file has, with use cases. The goods exist already."""

    save_promotion: SavePromotion
    move_promotion: MovePromotion
    create_coupon_batch: CreateCouponBatch
    save_price_list: SavePriceList
    replace_prices: ReplacePrices
    set_groups: SetGroups
    now: Clock

    async def __call__(self, products: Sequence[DemoProduct]) -> None:
        campaigns = tomllib.loads(CAMPAIGNS.read_text(encoding="utf-8"))
        now = self.now()
        for table in campaigns["promotion"]:
            saved = await self.save_promotion(promotion_document(table, now))
            await self.move_promotion(saved.code, PromotionMove.ACTIVATE)
        for table in campaigns["batch"]:
            await self.create_coupon_batch(_batch(table, now))
        for table in campaigns["price_list"]:
            groups = frozenset(table["groups"])
            label = Text(table["label"])
            await self.save_price_list(
                PriceList(code=table["code"], ladders={}, groups=groups, label=label)
            )
            await self.replace_prices(tuple(_prices(table, products)))
            for login in table["members"]:
                await self.set_groups(await self.set_groups.member_of(login), groups)


def promotion_document(table: Table, now: datetime) -> Mapping[str, object]:
    """The document of a promotion that is active from now on."""
    document = {name: value for name, value in table.items() if name != "days"}
    if "days" in table:
        document["ends_at"] = _end(table, now).isoformat()
    return document


def _batch(table: Table, now: datetime) -> CouponBatch:
    return CouponBatch(
        code=table["code"],
        promotion=table["promotion"],
        label=Text(table["label"]),
        kind=CouponKind.CLAIMED,
        ends_at=_end(table, now) if "days" in table else None,
        valid_days=table.get("valid_days", 0),
        size=table.get("size", 0),
    )


def _end(table: Table, now: datetime) -> datetime:
    day = now.astimezone(CHINA_TIME) + timedelta(days=table["days"])
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _prices(table: Table, products: Sequence[DemoProduct]) -> Iterator[PriceRow]:
    variants = (
        variant
        for product in products
        if product.leaf == table["category"]
        for variant in product.draft.variants
    )
    for line, variant in enumerate(variants, start=1):
        price = Money(variant.price.minor * table["percent"] // 1000 * 10, variant.price.currency)
        yield PriceRow(
            line=line,
            list=table["code"],
            sku=variant.sku,
            quantity="1",
            price=str(price.decimal),
        )
