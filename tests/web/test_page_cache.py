"""Anonymous pages come from memory, and nobody gets a page that was made for somebody else."""

from collections.abc import AsyncIterator

import httpx
import pytest

from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop, open_shop
from tests.factories import a_draft, text
from tests.polling import until

pytestmark = pytest.mark.anyio

ORIGIN = "http://shop.test"
PAGE = "/zh/p/celadon-teapot"
CHOICE = {"option-size": "s", "quantity": "3"}


@pytest.fixture
async def caching(stocked: Shop) -> AsyncIterator[Shop]:
    shop = open_shop(stocked.settings().model_copy(update={"page_cache_seconds": 60.0}))
    yield shop
    await shop.database().close()


@pytest.fixture
async def principal(caching: Shop) -> AsyncIterator[httpx.AsyncClient]:
    shell = assemble(caching)
    cache = shell._cache
    cache.poll_seconds = 0.05

    async def watching() -> bool:
        return cache._version >= 0

    async with (
        shell.app.lifespan(),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=shell),  # type: ignore[arg-type]
            base_url=ORIGIN,
            headers={"origin": ORIGIN},
        ) as client,
    ):
        # The first look at the catalogue's version drops all pages.
        await until(watching)
        yield client


async def cached(client: httpx.AsyncClient) -> float:
    figures = (await client.get("/metrics")).text
    line = next(row for row in figures.splitlines() if row.startswith("entrepot_cached_pages_t"))
    return float(line.split()[1])


async def test_the_second_anonymous_visit_is_answered_from_memory(
    principal: httpx.AsyncClient,
) -> None:
    first = await principal.get(PAGE)
    assert await cached(principal) == 0
    second = await principal.get(PAGE)
    assert await cached(principal) == 1
    assert second.content == first.content
    assert second.headers["content-security-policy"] == first.headers["content-security-policy"]
    same = await principal.get(PAGE, headers={"if-none-match": second.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


async def test_languages_and_choices_have_pages_of_their_own(principal: httpx.AsyncClient) -> None:
    await principal.get(PAGE)
    english = await principal.get(PAGE.replace("/zh/", "/en/"))
    assert "Celadon teapot" in english.text
    other = await principal.get(f"{PAGE}?option-size=l")
    assert "¥228.00" in other.text
    assert await cached(principal) == 0


async def test_a_visitor_with_a_cart_neither_fills_nor_reads_the_memory(
    principal: httpx.AsyncClient,
) -> None:
    await principal.post(PAGE, data=CHOICE)
    mine = await principal.get(PAGE)
    assert 'class="badge">3<' in mine.text
    principal.cookies.clear()
    theirs = await principal.get(PAGE)
    assert 'class="badge"' not in theirs.text
    assert mine.headers["cache-control"] == "private, no-store"


async def test_a_change_of_the_catalogue_drops_the_pages(
    principal: httpx.AsyncClient, caching: Shop
) -> None:
    await principal.get(PAGE)
    await caching.save_product()(a_draft(title=text("Renamed pot")))

    async def renamed() -> bool:
        return "Renamed pot" in (await principal.get(PAGE)).text

    await until(renamed)


async def test_refusals_and_carts_are_not_kept(principal: httpx.AsyncClient) -> None:
    for path in ("/zh/nope", "/zh/cart", "/zh/login", "/zh/search?price_min=x"):
        await principal.get(path)
        await principal.get(path)
    assert await cached(principal) == 0
