"""A sale price counts from its start until before its end, everywhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dependency_injector import providers

from core.application.carts.ownership import CartOwner
from core.domain.errors import PriceChanged
from core.domain.identifiers import Sku
from core.domain.money import Money
from entrepot.assembly.shop import Shop
from ports.search import SearchQuery, Sort
from tests.bank import checkout
from tests.factories import DELIVERY
from tests.feeds import find, load, outcomes

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

START = datetime(2026, 11, 11, tzinfo=UTC)
END = START + timedelta(days=1)
MOMENT = timedelta(seconds=1)
FEED = """\
id;title;price;sale_price;sale_price_effective_date;availability
SALE;Mug;20.00 CNY;5.00 CNY;2026-11-11T08:00+0800/2026-11-12T00:00Z;in_stock
CUP;Cup;10.00 CNY;;;in_stock
""".replace(";", "\t")
SALE = Sku("SALE")


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = START - MOMENT

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
async def clock(shop: Shop, tmp_path: Path) -> SetClock:
    clock = SetClock()
    shop.now.override(providers.Object(clock))
    assert outcomes(await load(shop, FEED, tmp_path, "feed.tsv")) == (2, 0, 0, 0)
    await shop.relay_events().drain()
    return clock


async def shown(shop: Shop) -> tuple[int, int, int]:
    """The price of the card, of the page, and of the offer."""
    queries = shop.catalogue_queries()
    product = await find(shop, "sale")
    (card,) = await queries.cards([product.id], "en")
    view = await queries.product("sale", "en")
    assert view is not None
    (variant,) = view.variants
    offer = (await queries.offers([SALE]))[SALE]
    return card.price.minor, variant.price.minor, offer.price.minor


@pytest.mark.parametrize(
    ("at", "price"),
    [
        (START - MOMENT, 2000),
        (START, 500),
        (END - MOMENT, 500),
        (END, 2000),
    ],
)
async def test_lists_pages_and_offers_have_the_price_of_the_moment(
    shop: Shop, clock: SetClock, at: datetime, price: int
) -> None:
    clock.at = at
    assert await shown(shop) == (price, price, price)


async def test_a_sale_that_ends_before_the_checkout_is_not_charged(
    shop: Shop, clock: SetClock
) -> None:
    clock.at = END - MOMENT
    owner = CartOwner(token="cart")
    await shop.add_to_cart()(owner, SALE, 1)
    await shop.set_delivery()(owner, DELIVERY)
    confirmed = await checkout(shop, owner)
    clock.at = END
    with pytest.raises(PriceChanged):
        await shop.place_order()(owner, confirmed)
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    async with shop.units()() as unit:
        order = await unit.orders.get(placed.id)
    assert [line.unit_price for line in order.lines] == [Money(2000, "CNY")]


async def test_the_search_follows_when_a_sale_starts_and_ends(shop: Shop, clock: SetClock) -> None:
    query = SearchQuery(sort=Sort.PRICE_ASCENDING)
    sale, cup = (await find(shop, "sale")).id, (await find(shop, "cup")).id
    orders = []
    for at in (START - MOMENT, START, START + MOMENT, END):
        clock.at = at
        before = await shop.catalogue_queries().version()
        await shop.apply_prices()()
        is_published = await shop.catalogue_queries().version() != before
        await shop.relay_events().drain()
        orders.append((is_published, (await shop.search().search(query)).product_ids))
    assert orders == [
        (False, (cup, sale)),
        (True, (sale, cup)),
        (False, (sale, cup)),
        (True, (cup, sale)),
    ]


async def test_an_import_without_a_sale_ends_it(
    shop: Shop, clock: SetClock, tmp_path: Path
) -> None:
    clock.at = START
    ended = FEED.replace("5.00 CNY\t2026-11-11T08:00+0800/2026-11-12T00:00Z", "\t")
    assert outcomes(await load(shop, ended, tmp_path, "feed.tsv")) == (0, 1, 1, 0)
    assert (await shown(shop))[0] == 2000


@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        ("2026-11-11/2026-11-12", "not scheduled"),
        ("2026-11-11T00:00+0800", "not scheduled"),
        ("2026-11-12T00:00Z/2026-11-11T00:00Z", "not scheduled"),
        ("soon", "not scheduled"),
    ],
)
async def test_a_sale_without_clear_moments_is_not_charged(
    shop: Shop, clock: SetClock, tmp_path: Path, dates: str, reason: str
) -> None:
    clock.at = START
    unclear = FEED.replace("2026-11-11T08:00+0800/2026-11-12T00:00Z", dates)
    report = await load(shop, unclear, tmp_path, "feed.tsv")
    assert [(note.line, reason in note.text) for note in report.notes] == [(2, True)]
    assert (await shown(shop))[0] == 2000
