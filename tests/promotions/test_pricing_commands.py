"""`entrepot promotions` and `entrepot prices`."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.application.carts.ownership import CartOwner
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.price_lists import PriceList
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import HOUR, NOW, TEN_OFF
from tests.applied_prices import list_price, work
from tests.bank import SMALL, Bank
from tests.commands import command
from tests.factories import a_draft, stock_up, yuan
from tests.people import MARKED, bought, register

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def written(tmp_path: Path, content: object) -> str:
    file = tmp_path / "file"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


async def test_promotions_are_applied_shown_moved_and_listed(shop: Shop, tmp_path: Path) -> None:
    file = written(tmp_path, [TEN_OFF, {**TEN_OFF, "code": "other"}])
    applied = await command(shop, "promotions", "apply", file)
    assert applied.output == "ten-off: created, version 1.\nother: created, version 1.\n"
    again = await command(shop, "promotions", "apply", file, "--activate", "--json")
    assert [each["result"] for each in json.loads(again.output)] == ["unchanged"] * 2
    shown = await command(shop, "promotions", "show", "ten-off")
    assert json.loads(shown.output) == TEN_OFF
    outputs = [
        (await command(shop, "promotions", move, "other")).output
        for move in ("pause", "resume", "end")
    ]
    assert outputs == ["other: paused.\n", "other: active.\n", "other: ended.\n"]
    copied = await command(shop, "promotions", "copy", "other", "third")
    assert (copied.exit_code, copied.output) == (0, "third: created.\n")
    listed = await command(shop, "promotions", "list", "--state", "active")
    assert listed.output == (
        "ten-off: active, order, no window, 0 orders, discounts 0.00 CNY, revenue 0.00 CNY\n"
    )
    in_json = json.loads((await command(shop, "promotions", "list", "--json")).output)
    assert [each["state"] for each in in_json] == ["ended", "active", "draft"]


async def test_a_refused_document_saves_nothing(shop: Shop, tmp_path: Path) -> None:
    wrong = {**TEN_OFF, "code": "wrong", "lane": "catalogue"}
    file = written(tmp_path, [TEN_OFF, wrong, {"code": "empty"}])
    refused = await command(shop, "promotions", "apply", file)
    assert (refused.exit_code, refused.output.splitlines()) == (
        1,
        [
            "wrong: condition: Lists of goods show this price, so it cannot depend on the cart.",
            "empty: label: This value is missing.",
        ],
    )
    assert (await command(shop, "promotions", "list")).output == ""
    no_json = await command(shop, "promotions", "check", written(tmp_path, "{"))
    assert (no_json.exit_code, "is no JSON file" in no_json.output) == (1, True)


async def test_a_check_prints_warnings(shop: Shop, tmp_path: Path) -> None:
    old = {**TEN_OFF, "ends_at": "2020-01-01T00:00:00+08:00"}
    checked = await command(shop, "promotions", "check", written(tmp_path, old))
    assert (checked.exit_code, checked.output.splitlines()) == (
        0,
        ["ten-off: can be saved.", "ten-off: warning: ends_at: The end is in the past."],
    )
    in_json = await command(shop, "promotions", "check", written(tmp_path, old), "--json")
    assert json.loads(in_json.output)["ten-off"][0]["code"] == "has_ended"


async def test_unknown_promotions_are_refused(shop: Shop) -> None:
    for words in (("show", "none"), ("end", "none"), ("copy", "none", "new")):
        refused = await command(shop, "promotions", *words)
        assert (refused.exit_code, "There is no promotion “none”" in refused.output) == (1, True)


async def test_prices_go_in_and_out_as_a_file(shop: Shop, tmp_path: Path) -> None:
    await stock_up(shop, a_draft())
    saved = await command(shop, "prices", "save", "vip", "--group", "vip", "--rank", "contract")
    assert saved.output == "vip: version 1.\n"
    rows = "list,sku,quantity,price\r\nvip,CELADON-TEAPOT-S,1,150.00\r\n"
    file = written(tmp_path, rows)
    assert (await command(shop, "prices", "import", file)).output == "vip: 1 prices.\n"
    exported = await command(shop, "prices", "export", "-")
    assert exported.stdout.replace("\r", "") == rows.replace("\r", "")
    none = await command(shop, "prices", "export", "-", "--list", "none")
    assert (none.exit_code, "There is no price list “none”" in none.output) == (1, True)
    listed = await command(shop, "prices", "list")
    assert listed.output == "vip: 1 SKUs in CNY, rank contract, for groups vip\n"
    wrong = await command(shop, "prices", "import", written(tmp_path, rows + "vip,NONE,1,9\n"))
    assert (wrong.exit_code, wrong.output) == (1, "line 3: There is no SKU “NONE”.\n")
    again = await command(shop, "prices", "import", file, "--json")
    assert again.exit_code == 1


async def test_saving_a_price_list_keeps_its_window(shop: Shop) -> None:
    """A list of a campaign would last for ever."""
    ends_at = shop.now()() + timedelta(days=1)
    closes = frozenset({Lane.COUPON})
    campaign = PriceList(code="vip", ladders={}, ends_at=ends_at, closes=closes)
    await shop.save_price_list()(campaign)
    saved = await command(shop, "prices", "save", "vip", "--group", "vip")
    assert saved.output == "vip: version 2.\n"
    (summary,) = await shop.pricing_queries().price_lists()
    assert summary.price_list == replace(campaign, groups=frozenset({"vip"}))


async def test_a_member_of_a_group_pays_its_prices(shop: Shop, bank: Bank, tmp_path: Path) -> None:
    await stock_up(shop, a_draft())
    await command(shop, "prices", "save", "vip", "--group", "vip")
    rows = "list,sku,quantity,price\nvip,CELADON-TEAPOT-S,1,150.00\n"
    await command(shop, "prices", "import", written(tmp_path, rows))
    customer_id = await register(shop, MARKED)
    owner = CartOwner(customer_id=customer_id)
    await shop.add_to_cart()(owner, SMALL, 1)
    assert (await shop.show_cart()(owner, "en")).goods_total == yuan(168)
    set_group = await command(shop, "prices", "group", MARKED.marks["login"], "vip")
    assert set_group.output == f"{MARKED.marks['login']}: vip\n"
    assert (await shop.show_cart()(owner, "en")).goods_total == yuan(150)
    placed = await bought(shop, bank, owner, MARKED, MARKED.delivery)
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert order.goods_total == yuan(300)
    nobody = await command(shop, "prices", "group", "nobody@example.com", "vip")
    assert nobody.exit_code == 1
    wrong = await command(shop, "prices", "group", MARKED.marks["login"], "Not a code")
    assert (wrong.exit_code, "lowercase" in wrong.output) == (1, True)
    none = await command(shop, "prices", "group", MARKED.marks["login"])
    assert none.output.endswith(": no groups\n")


async def test_saving_a_list_keeps_what_the_command_does_not_set(shop: Shop) -> None:
    listed = PriceList(
        code="vip", ladders={}, starts_at=NOW, ends_at=NOW + HOUR, closes=frozenset({Lane.COUPON})
    )
    await shop.save_price_list()(listed)
    saved = await command(shop, "prices", "save", "vip", "--group", "vip")
    assert saved.output == "vip: version 2.\n"
    summary = await shop.pricing_queries().price_list("vip")
    assert summary.price_list == replace(listed, groups=frozenset({"vip"}))


async def test_a_price_file_is_decoded_or_refused(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_bytes("list,sku,quantity,price\n会员,A,1,9\n".encode("gb18030"))
    refused = await command(shop, "prices", "import", str(file))
    assert (refused.exit_code, "no price list “会员”" in refused.output) == (1, True)
    file.write_bytes(b"\xff\x00" * 9)
    refused = await command(shop, "prices", "import", str(file))
    assert (refused.exit_code, "This file cannot be read" in refused.output) == (1, True)


async def test_tax_rates_are_saved_and_listed(shop: Shop) -> None:
    rate = ("--code", "vat", "--label", "VAT", "--rate", "0.13", "--country", "CN")
    assert (await command(shop, "prices", "save-rate", "cn", *rate)).output == "cn: saved.\n"
    assert (await command(shop, "prices", "rates")).output == "cn: vat 0.13 on standard in CN\n"
    (listed,) = json.loads((await command(shop, "prices", "rates", "--json")).output)
    assert (listed["rate"], listed["class"]) == ("0.13", "standard")


async def test_the_history_of_a_price_is_printed(shop: Shop) -> None:
    await stock_up(shop)
    await list_price(shop, "spring", 15000)
    await list_price(shop, "members", 14000, groups=frozenset({"vip"}))
    await work(shop)
    printed = await command(shop, "prices", "history", SMALL)
    latest = printed.output.splitlines()
    assert any("now: 150.00 CNY, by spring" in line for line in latest)
    assert any("now: 140.00 CNY, by members, for group:vip" in line for line in latest)
    in_json = json.loads((await command(shop, "prices", "history", SMALL, "--json")).output)
    assert {each["price"] for each in in_json} == {"168.00 CNY", "150.00 CNY", "140.00 CNY"}
    unknown = await command(shop, "prices", "history", "NOTHING")
    assert (unknown.exit_code, unknown.output) == (
        1,
        "Error: Lists have shown no price of “NOTHING”.\n",
    )
