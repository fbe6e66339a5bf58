"""The steps of a shop whose prices change: promotions, price lists, and what lists show."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dependency_injector import providers

from core.domain.identifiers import ProductId, Sku
from core.domain.pricing.applied.price_history import PUBLIC, PriceRecord
from core.domain.pricing.applied.prior_price import PriceLaw
from core.domain.pricing.price_lists import PriceList, PriceStep
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.managed import PromotionMove
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import a_managed_promotion
from ports.catalogue.queries import ProductCard
from ports.search import SearchQuery, Sort
from tests.domain.pricing.shop import goods_off, percent
from tests.factories import NOW
from tests.promotions.moments import SetClock

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
POT, LARGE = "CELADON-TEAPOT-S", "CELADON-TEAPOT-L"
FULL, HALF = 16800, 8400
"""The price of the small pot, and half of it."""


def set_clock(shop: Shop, at: datetime = NOW, law: PriceLaw = PriceLaw.CN) -> SetClock:
    """Call it before the shop has made its use cases."""
    clock = SetClock(at)
    shop.now.override(providers.Object(clock))
    shop.price_law.override(providers.Object(law))
    return clock


def half_off(**details: Any) -> Mapping[str, Any]:
    """A promotion in lists as `a_managed_promotion` takes it."""
    return {
        "code": "half",
        "label": {"zh": "半价", "en": "Half price"},
        "lane": "catalogue",
        "benefits": [goods_off(percent("50"))],
        "condition": {"kind": "always"},
        **{name: _text(value) for name, value in details.items()},
    }


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


async def promote(shop: Shop, **details: Any) -> None:
    """Activate a promotion, half off everything in lists."""
    promotion = a_managed_promotion(**half_off(**details))
    promotion.move(PromotionMove.ACTIVATE, shop.now()())
    async with shop.units()() as unit:
        await unit.promotions.save(promotion)
        await unit.commit()
    shop.forget_rules()()


async def change(shop: Shop, code: str = "half", **details: Any) -> None:
    async with shop.units()() as unit:
        promotion = await unit.promotions.get(code)
        promotion.change(from_document({**half_off(), "code": code, **details}), shop.now()())
        await unit.promotions.save(promotion)
        await unit.commit()
    shop.forget_rules()()


async def move(shop: Shop, step: PromotionMove, code: str = "half") -> None:
    async with shop.units()() as unit:
        promotion = await unit.promotions.get(code)
        promotion.move(step, shop.now()())
        await unit.promotions.save(promotion)
        await unit.commit()
    shop.forget_rules()()


async def list_price(shop: Shop, code: str, minor: int, **details: Any) -> None:
    """A price list with a price for the small pot."""
    await shop.save_price_list()(PriceList(code=code, ladders={}, **details))
    async with shop.units()() as unit:
        found = await unit.price_lists.get(code)
        await unit.price_lists.renew(found.id)
        await unit.price_lists.replace_prices(found.id, {POT: (PriceStep(1, minor),)})
        await unit.commit()
    shop.forget_rules()()


async def work(shop: Shop) -> None:
    """What the worker does until nothing is left."""
    await shop.apply_prices()()
    await shop.relay_events().drain()


async def history(shop: Shop, sku: str = POT, audience: str = PUBLIC) -> list[PriceRecord]:
    """The records of an audience, the first one first."""
    records, _ = await shop.price_history().of_sku(Sku(sku), 1_000, "")
    return [each for each in reversed(records) if each.audience == audience]


async def applied(
    shop: Shop, sku: str = POT, audience: str = PUBLIC
) -> list[tuple[int, str, datetime, datetime | None]]:
    """Price, source, start and end of each record."""
    records = await history(shop, sku, audience)
    return [(each.minor, each.source, each.starts_at, each.ends_at) for each in records]


async def listed(shop: Shop, **query: Any) -> tuple[ProductId, ...]:
    found = await shop.search().search(SearchQuery(**{"sort": Sort.PRICE_ASCENDING, **query}))
    return found.product_ids


async def card(shop: Shop, product_id: ProductId, *groups: str) -> ProductCard:
    (found,) = await shop.catalogue_queries().cards([product_id], "en", frozenset(groups))
    return found
