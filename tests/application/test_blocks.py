"""Staff arrange the blocks of the home page, also at the same time."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from adapters.database.content import blocks as sql_blocks
from adapters.database.tables.content import blocks as blocks_table
from core.domain.content.blocks import MAX_BLOCKS
from core.domain.errors import Invalid, NotFound, StaleVersion
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.factories import a_draft, stock_up
from tests.threads import in_threads

pytestmark = pytest.mark.anyio

ON_POSTGRESQL = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""SQLite has one writer at a time, so nothing races there."""

TITLE = Text({"zh": "新品", "en": "New"})


async def add(shop: Shop, count: int = 1, kind: str = "hero") -> list[UUID]:
    return [await shop.add_block()(kind) for _ in range(count)]


async def order_of(shop: Shop) -> list[UUID]:
    return [block.id for block in await shop.block_queries().blocks()]


async def test_a_block_is_shown_once_it_is_published(shop: Shop) -> None:
    (block,) = await add(shop)
    before = await shop.catalogue_queries().version()
    assert await shop.show_blocks()("zh") == ()
    await shop.save_block()(block, {"title": TITLE, "link": "/c/teapots"}, 1, published=True)
    (view,) = await shop.show_blocks()("en")
    assert view.values == {"title": "New", "link": "/c/teapots"}
    assert await shop.catalogue_queries().version() > before
    await shop.save_block()(block, {"title": TITLE}, 2, published=False)
    assert await shop.show_blocks()("zh") == ()


async def test_a_block_shows_products_by_hand_and_by_category_in_one_statement(
    shop: Shop,
) -> None:
    await stock_up(shop, *(a_draft(f"pot-{number}") for number in range(3)))
    row, newest = await add(shop, 2, "product_row")
    chosen = ("pot-2", "gone", "pot-0")
    await shop.save_block()(row, {"title": TITLE, "products": chosen}, 1, published=True)
    values = {"title": TITLE, "category": "teapots"}
    await shop.save_block()(newest, values, 1, published=True)
    by_hand, by_category = await shop.show_blocks()("zh")
    cards = by_hand.values["products"]
    assert [getattr(card, "handle", "") for card in cards] == ["pot-2", "pot-0"]
    handles = {getattr(card, "handle", "") for card in by_category.values["category"]}
    assert handles >= {"pot-0", "pot-1", "pot-2"}


WRONG: dict[str, list[object]] = {
    "title": [Text({}), Text({"en": "a\nb"}), Text({"zh": "长" * 201})],
    "link": ["javascript:alert(1)", "//elsewhere.example", "/\\elsewhere", "http://a.example", "c"],
}


@pytest.mark.parametrize(("field", "value"), [(f, v) for f in WRONG for v in WRONG[f]])
async def test_a_wrong_value_is_refused_and_nothing_changes(
    shop: Shop, field: str, value: object
) -> None:
    (block,) = await add(shop)
    with pytest.raises(Invalid) as refused:
        await shop.save_block()(block, {"title": TITLE, field: value}, 1, published=True)
    assert refused.value.field == field
    (stored,) = await shop.block_queries().blocks()
    assert (stored.values, stored.published) == ({}, False)


async def test_html_is_sanitised_when_it_is_saved(shop: Shop) -> None:
    (block,) = await add(shop, kind="rich_text")
    html = Text({"zh": "<p onclick='x()'>好<script>attack()</script></p>"})
    await shop.save_block()(block, {"text": html}, 1, published=True)
    (view,) = await shop.show_blocks()("zh")
    assert view.values == {"text": "<p>好</p>"}


async def test_blocks_that_are_unknown_or_too_many_are_refused(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await shop.add_block()("no such kind")
    with pytest.raises(NotFound):
        await shop.move_block()(uuid4(), up=True)
    (block,) = await add(shop)
    await shop.remove_block()(block, 1)
    for change in (
        shop.remove_block()(block, 1),
        shop.save_block()(block, {"title": TITLE}, 1, published=True),
    ):
        with pytest.raises((NotFound, StaleVersion)):
            await change
    await add(shop, MAX_BLOCKS)
    with pytest.raises(Invalid):
        await add(shop)


async def test_a_block_moves_by_one_place_and_stays_at_the_end(shop: Shop) -> None:
    first, second, third = await add(shop, 3)
    await shop.move_block()(third, up=True)
    assert await order_of(shop) == [first, third, second]
    await shop.move_block()(first, up=True)
    await shop.move_block()(second, up=False)
    assert await order_of(shop) == [first, third, second]
    await shop.move_block()(first, up=False)
    assert await order_of(shop) == [third, first, second]


async def save_at_once(shop: Shop) -> int:
    """Fifty staff members save one block that they read before. Returns who could."""
    (block,) = await add(shop)

    async def save(mine: Shop, number: int) -> None:
        title = Text({"en": f"by {number}"})
        await mine.save_block()(block, {"title": title}, 1, published=True)

    return await in_threads(shop, save)


@pytest.mark.slow
@ON_POSTGRESQL
async def test_one_of_many_changes_of_a_version_is_saved(shop: Shop) -> None:
    assert await save_at_once(shop) == 1


async def test_a_change_does_not_undo_a_move(shop: Shop) -> None:
    """Another staff member moves the block while this one saves it."""
    first, second = await add(shop, 2)
    async with shop.units()() as unit:
        block = await unit.blocks.get(second)
    await shop.move_block()(second, up=True)
    async with shop.units()() as unit:
        block.values = {"title": TITLE}
        await unit.blocks.save(block)
        await unit.commit()
    assert await order_of(shop) == [second, first]


async def move_at_once(shop: Shop) -> int:
    """The last block moves up in fifty tasks. Returns its place."""
    ids = await add(shop, MAX_BLOCKS)

    async def move(mine: Shop, number: int) -> None:
        if number < MAX_BLOCKS - 1:
            await mine.move_block()(ids[-1], up=True)

    await in_threads(shop, move)
    return (await order_of(shop)).index(ids[-1])


@pytest.mark.slow
@ON_POSTGRESQL
async def test_moves_at_the_same_time_are_all_made(shop: Shop) -> None:
    assert await move_at_once(shop) == 0
    async with shop.database().reads.connect() as connection:
        places = list(await connection.scalars(select(blocks_table.c.position)))
    assert sorted(places) == list(range(1, MAX_BLOCKS + 1))


@pytest.mark.slow
@ON_POSTGRESQL
async def test_without_the_lock_moves_are_lost(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_blocks, "LOCK", select(blocks_table.c.id))
    assert await move_at_once(shop) > 0
