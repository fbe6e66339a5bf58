"""Staff keep price lists and their prices, and tax rates."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.application.pricing.price_edits import CHANGED_MEANWHILE, PriceEdit
from core.application.pricing.price_files import PriceRow, read_prices, written_prices
from core.domain.errors import AlreadyExists, Invalid, InvalidFields, NotFound, StaleVersion
from core.domain.money import Money
from core.domain.pricing.price_lists import PriceList, PriceStep
from core.domain.pricing.taxes.rates import TaxZone
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import NOW, VAT
from ports.pricing import ListedPrice
from tests.factories import a_draft, stock_up

pytestmark = pytest.mark.anyio
VIP = PriceList(code="vip", ladders={}, groups=frozenset({"vip"}))
POT = "CELADON-TEAPOT-S"
FILE = f"""\
list,sku,quantity,price
vip,{POT},10,150.00
vip,{POT},,160.00
"""


@pytest.fixture
async def stocked(shop: Shop) -> Shop:
    await stock_up(shop, a_draft())
    await shop.save_price_list()(VIP)
    return shop


async def ladders(shop: Shop) -> dict[str, object]:
    return {each.code: each.ladders for each in (await shop.load_rules()()).price_lists}


async def replace_with(shop: Shop, file: str) -> object:
    return await shop.replace_prices()(read_prices(file.splitlines(keepends=True)))


async def test_prices_are_replaced_from_a_file(stocked: Shop) -> None:
    assert await replace_with(stocked, FILE) == {"vip": 2}
    assert await ladders(stocked) == {"vip": {POT: (PriceStep(1, 16_000), PriceStep(10, 15_000))}}
    assert await replace_with(stocked, f"sku,list,price,quantity\n{POT},vip,99,1\n") == {"vip": 1}
    assert await ladders(stocked) == {"vip": {POT: (PriceStep(1, 9_900),)}}


async def test_a_file_with_a_wrong_row_changes_nothing(stocked: Shop) -> None:
    await replace_with(stocked, FILE)
    before = await ladders(stocked)
    with pytest.raises(InvalidFields) as refused:
        await replace_with(stocked, FILE + "gold,CUP,1,9\nvip,CUP,1,9\n")
    assert [(each.field, str(each)) for each in refused.value.fields] == [
        ("line 4", "There is no price list “gold”."),
        ("line 5", "There is no SKU “CUP”."),
    ]
    with pytest.raises(InvalidFields) as refused:
        await replace_with(stocked, FILE + f"vip,{POT},0,9\nvip,CUP,1,9\nvip,{POT},2,-1\n")
    assert [each.field for each in refused.value.fields] == ["line 4", "line 5", "line 6"]
    with pytest.raises(InvalidFields) as refused:
        await replace_with(stocked, FILE + f"vip,{POT},0,9\nvip,{POT},2,-1\nvip,{POT},10,1\n")
    assert [each.field for each in refused.value.fields] == ["line 4", "line 5", "line 6"]
    with pytest.raises(Invalid, match="is not an amount") as wrong:
        await replace_with(stocked, FILE + f"vip,{POT},3,cheap\n")
    assert wrong.value.field == "line 4"
    assert await ladders(stocked) == before


async def test_an_import_over_prices_that_nobody_has_seen_is_refused(stocked: Shop) -> None:
    await replace_with(stocked, FILE)
    rows = read_prices(FILE.splitlines(), "vip")
    with pytest.raises(StaleVersion):
        await stocked.replace_prices()(rows, "vip", version=1)
    assert await stocked.replace_prices()(rows[:1], "vip", version=2) == {"vip": 1}


async def test_a_file_for_one_list_changes_no_other_one(stocked: Shop) -> None:
    await stocked.save_price_list()(replace(VIP, code="gold"))
    rows = read_prices(FILE.splitlines(), "gold")
    with pytest.raises(InvalidFields) as refused:
        await stocked.replace_prices()(rows, "gold")
    assert [(each.field, str(each)) for each in refused.value.fields] == [
        ("line 2", "This price is for the price list “vip”."),
        ("line 3", "This price is for the price list “vip”."),
    ]


def edit(price: str, was: str = "", quantity: str = "1", sku: str = POT) -> PriceEdit:
    return PriceEdit(row=f"{quantity}:{sku}", sku=sku, quantity=quantity, was=was, price=price)


async def test_single_prices_are_added_changed_and_removed(stocked: Shop) -> None:
    change_prices = stocked.change_prices()
    assert await change_prices("vip", [edit("160"), edit("150", quantity="10")]) == 2
    removed = replace(edit("", "150.00", "10"), is_removed=True)
    assert await change_prices("vip", [edit("155", "160.00"), removed]) == 2
    assert await ladders(stocked) == {"vip": {POT: (PriceStep(1, 15_500),)}}
    assert await change_prices("vip", [edit("155.00", "155.00")]) == 0
    with pytest.raises(NotFound):
        await change_prices("none", [edit("1")])


async def test_an_edit_that_was_made_already_is_done(stocked: Shop) -> None:
    removed = replace(edit("", "150.00", "10"), is_removed=True)
    for edits in ([edit("160")], [edit("155", "160.00")], [removed]):
        assert await stocked.change_prices()("vip", edits) == 1
        assert await stocked.change_prices()("vip", edits) == 1
    assert await ladders(stocked) == {"vip": {POT: (PriceStep(1, 15_500),)}}


async def test_an_edit_of_a_price_that_another_person_changed_is_refused(stocked: Shop) -> None:
    change_prices = stocked.change_prices()
    await change_prices("vip", [edit("160"), edit("150", quantity="10")])
    with pytest.raises(InvalidFields) as refused:
        await change_prices("vip", [edit("99", "161.00"), edit("98", "140.00", "10")])
    assert [(each.field, str(each)) for each in refused.value.fields] == [
        (f"1:{POT}", CHANGED_MEANWHILE),
        (f"10:{POT}", CHANGED_MEANWHILE),
    ]
    with pytest.raises(Invalid, match="already has a price"):
        await change_prices("vip", [edit("99")])
    (listed,) = (await ladders(stocked)).values()
    assert listed == {POT: (PriceStep(1, 16_000), PriceStep(10, 15_000))}


async def test_wrong_edits_name_their_rows(stocked: Shop) -> None:
    wrong = [edit("", quantity="2"), edit("1", quantity="0"), edit("-1"), edit("x", quantity="3")]
    with pytest.raises(InvalidFields) as refused:
        await stocked.change_prices()("vip", wrong)
    assert [each.field for each in refused.value.fields] == [each.row for each in wrong]
    with pytest.raises(Invalid, match="There is no SKU “CUP”"):
        await stocked.change_prices()("vip", [edit("1", sku="CUP")])


async def test_prices_are_found_by_a_part_of_their_sku(stocked: Shop) -> None:
    await replace_with(stocked, FILE)
    queries = stocked.pricing_queries()
    found, _ = await queries.prices("vip", limit=9, cursor="", search="teapot-s")
    assert [each.quantity for each in found] == [1, 10]
    assert found[0].title is not None
    assert found[0].list_price == Money(16_800, "CNY")
    for other in ("CUP", "%", "_"):
        assert await queries.prices("vip", limit=9, cursor="", search=other) == ((), "")


async def test_two_imports_at_once_leave_the_prices_of_one(stocked: Shop) -> None:
    files = [f"list,sku,quantity,price\nvip,{POT},1,{price}\n" for price in (90, 91, 92, 93)]
    await asyncio.gather(*(replace_with(stocked, file) for file in files))
    prices, _ = await stocked.pricing_queries().prices("vip", limit=9, cursor="")
    assert len(prices) == 1


async def test_prices_are_listed_in_pages(stocked: Shop) -> None:
    await replace_with(stocked, FILE)
    queries = stocked.pricing_queries()
    first, cursor = await queries.prices("vip", limit=1, cursor="")
    second, end = await queries.prices("vip", limit=1, cursor=cursor)
    assert [(each.quantity, each.price.minor) for each in (*first, *second)] == [
        (1, 16_000),
        (10, 15_000),
    ]
    assert end == ""
    (summary,) = await queries.price_lists()
    assert (summary.price_list, summary.skus, summary.currency) == (VIP, 1, "CNY")


async def test_a_price_list_keeps_its_prices_when_it_changes(stocked: Shop) -> None:
    await replace_with(stocked, FILE)
    changed = replace(VIP, groups=frozenset({"vip", "staff"}))
    assert await stocked.save_price_list()(changed, version=2) == 3
    assert await stocked.save_price_list()(changed) == 3
    with pytest.raises(StaleVersion):
        await stocked.save_price_list()(VIP, version=2)
    (loaded,) = (await stocked.load_rules()()).price_lists
    assert loaded == replace(changed, ladders=loaded.ladders)
    assert set(loaded.ladders) == {POT}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("countries", {"countries": frozenset({"CN", "CHINA"})}),
        ("groups", {"groups": frozenset({"VIP"})}),
        ("ends_at", {"starts_at": NOW, "ends_at": NOW}),
    ],
)
async def test_a_list_that_serves_nobody_is_refused(
    shop: Shop, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        await shop.save_price_list()(replace(VIP, **values))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("country", {"zone": TaxZone("china", "")}),
        ("ends_at", {"starts_at": NOW, "ends_at": NOW}),
    ],
)
async def test_a_tax_rate_that_never_applies_is_refused(
    shop: Shop, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        await shop.save_tax_rate()("cn", replace(VAT, **values))
    assert refused.value.field == field


async def test_a_new_list_with_the_code_of_another_one_is_refused(stocked: Shop) -> None:
    with pytest.raises(AlreadyExists):
        await stocked.save_price_list()(VIP, version=0)


async def test_the_code_of_sale_prices_is_taken(shop: Shop) -> None:
    with pytest.raises(Invalid, match="stands for sale prices"):
        await shop.save_price_list()(replace(VIP, code="sale"))


async def test_tax_rates_are_saved_under_names(shop: Shop) -> None:
    await shop.save_tax_rate()("cn", VAT)
    await shop.save_tax_rate()("cn", replace(VAT, rate="0.09"))
    assert await shop.pricing_queries().tax_rates() == {"cn": replace(VAT, rate="0.09")}
    assert [each.rate for each in (await shop.load_rules()()).tax_rates] == ["0.09"]
    await shop.remove_tax_rate()("cn")
    assert (await shop.load_rules()()).tax_rates == ()
    with pytest.raises(NotFound):
        await shop.remove_tax_rate()("cn")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("", "line 1"),
        ("list,sku,price\n", "line 1"),
        ("list,sku,quantity,price\nvip,A,1\n", "line 2"),
        ('list,sku,quantity,price\nvip,"A,1,2\n', "line 2"),
        ("sku,quantity,price\nA,1,2\n", "line 1"),
    ],
)
def test_a_file_that_is_no_price_file_is_refused(file: str, line: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_prices(file.splitlines(keepends=True))
    assert refused.value.field == line


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_spreadsheet_writes_other_separators(separator: str) -> None:
    lines = [line.replace(",", separator) for line in ("sku,quantity,price", f"{POT},,1299.5")]
    (row,) = read_prices(lines, "vip")
    assert row == PriceRow(line=2, list="vip", sku=POT, quantity="1", price="1299.5")


SKUS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
PRICES = st.builds(
    ListedPrice,
    list=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", fullmatch=True),
    sku=SKUS,
    quantity=st.integers(1, 10**9 - 1),
    price=st.builds(Money, st.integers(0, 10**12), st.just("CNY")),
)


@given(st.lists(PRICES))
def test_written_prices_are_read_as_they_were(prices: list[ListedPrice]) -> None:
    lines = list(written_prices(prices))
    assert not any(value[:1] in "=+-@\t\r" for line in lines for value in line.split(",") if value)
    read = read_prices(lines)
    assert [
        ListedPrice(
            list=row.list,
            sku=row.sku,
            quantity=int(row.quantity),
            price=Money.parse(row.price, "CNY"),
        )
        for row in read
    ] == prices
