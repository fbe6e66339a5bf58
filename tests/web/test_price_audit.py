"""The audit log names who changed prices and what, from pages, the API and the command line."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.web.access.staff import CODED_AREAS, NAMED_BY
from core.domain.staff import MANAGER
from entrepot.asgi import web_parts
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF
from entrepot.testing.shop.web_app import app_of
from tests.commands import command
from tests.people import MARKED, register
from tests.web.api_client import API
from tests.web.browsing import one_time
from tests.web.test_promotion_pages import sign_in

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
POT = "CELADON-TEAPOT-S"
BY_COUPON = {**TEN_OFF, "by_coupon": True, "lane": "coupon"}
RATE = {"code": "vat", "label-zh": "增值税", "rate": "0.13"}
CSV = f"list,sku,quantity,price\nVIP,{POT},1,150\n"

Log = list[tuple[str, str, str]]


async def log_of(shop: Shop) -> Log:
    """``(actor, action, reference)`` of each staff action."""
    await shop.relay_events().drain()
    return [
        (
            entry["payload"]["actor"].partition(":")[0],
            entry["payload"]["action"],
            entry["payload"]["reference"],
        )
        async for entry in shop.audit_logs().entries("audit")
        if entry["kind"] == "StaffActionRecorded"
    ]


@pytest.mark.parametrize("prefix", ["", "Sale-"])
async def test_pages_are_audited(client: httpx.AsyncClient, stocked: Shop, prefix: str) -> None:
    await sign_in(client, stocked)
    await stocked.save_promotion()({**BY_COUPON, "code": f"{prefix}one"})
    one, two = f"{prefix}one", f"{prefix}two"
    coupon_batch = {"code": "spring", "promotion": one, "label-zh": "券", "kind": "public"}
    acts: tuple[tuple[str, dict[str, str], str, str], ...] = (
        ("promotions/new", {"code": two}, "promotions/new", two),
        (f"promotions/{one}", {"action": "save"}, "promotions/{code}", one),
        (f"promotions/{one}/move", {"move": "end"}, "promotions/{code}/move", f"{one} end"),
        (f"promotions/{one}/copy", {"new_code": two}, "promotions/{code}/copy", f"{one} {two}"),
        ("price-lists", {"code": "VIP"}, "price-lists", "VIP"),
        ("price-lists/VIP", {"version": "1"}, "price-lists/{code}", "VIP"),
        ("price-lists/VIP/prices", {"prices": CSV}, "price-lists/{code}/prices", "VIP"),
        ("price-lists/VIP/prices/changes", {}, "price-lists/{code}/prices/changes", "VIP"),
        ("tax-rates", {"name": "cn.standard", **RATE}, "tax-rates", "cn.standard"),
        ("tax-rates/cn.standard/remove", {}, "tax-rates/{name}/remove", "cn.standard"),
        ("coupon-batches", coupon_batch, "coupon-batches", f"spring {one}"),
        ("coupon-batches/spring/codes", {"count": "1"}, "coupon-batches/{batch}/codes", "spring"),
        ("coupon-batches/spring/revoke", {"code": "X"}, "coupon-batches/{batch}/revoke", "spring"),
        ("coupon-batches/spring/end", {}, "coupon-batches/{batch}/end", "spring"),
    )
    for path, fields, *_ in acts:
        sent = await client.post(f"/en/admin/{path}", data=one_time(**fields))
        assert sent.status_code < 500, path
    expected = [("staff", f"POST {action}", reference) for *_, action, reference in acts]
    assert (await log_of(stocked))[-len(acts) :] == expected


async def test_the_api_is_audited(client: httpx.AsyncClient, stocked: Shop) -> None:
    member = await register(stocked, MARKED)
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss", MANAGER)
    login = {"login": "boss@example.com", "password": "correct horse"}
    token = (await client.post(f"{API}/staff-sessions", json=login)).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    coupon_batch = {"code": "spring", "promotion": "ten-off", "label": {"zh": "券", "en": ""}}
    rate = {"code": "vat", "label": {"zh": "税", "en": ""}, "rate": "0.1", "tax_class": "standard"}
    row = {"sku": POT, "price": "150"}
    acts: tuple[tuple[str, str, Any, str, str], ...] = (
        ("PUT", "promotions/ten-off", {"document": BY_COUPON}, "promotions/{code}", "ten-off"),
        (
            *("POST", "promotions/ten-off/moves", {"move": "activate"}),
            *("promotions/{code}/moves", "ten-off activate"),
        ),
        (
            *("POST", "promotions/ten-off/copies", {"code": "Copy"}),
            *("promotions/{code}/copies", "ten-off Copy"),
        ),
        ("PUT", "price-lists/VIP", {}, "price-lists/{code}", "VIP"),
        ("PUT", "price-lists/VIP/prices", [row], "price-lists/{code}/prices", "VIP"),
        ("PUT", "tax-rates/cn", rate, "tax-rates/{name}", "cn"),
        ("DELETE", "tax-rates/cn", None, "tax-rates/{name}", "cn"),
        ("POST", "coupon-batches", coupon_batch, "coupon-batches", "spring ten-off"),
        (
            *("POST", "coupon-batches/spring/coupons", {"customer_id": str(member)}),
            *("coupon-batches/{batch}/coupons", "spring"),
        ),
        ("POST", "coupon-batches/spring/end", None, "coupon-batches/{batch}/end", "spring"),
        ("POST", "coupon-revocations", {"code": "SECRET-CODE"}, "coupon-revocations", ""),
        (
            *("PUT", f"customers/{member}/groups", {"groups": ["vip", "gold"]}),
            *("customers/{customer_id}/groups", f"{member} vip gold"),
        ),
    )
    for method, path, body, *_ in acts:
        sent = await client.request(method, f"{API}/admin/{path}", json=body, headers=headers)
        assert sent.status_code < 500, path
    expected = [("staff", f"{method} {action}", said) for method, _, _, action, said in acts]
    assert (await log_of(stocked))[-len(acts) :] == expected
    broken = await client.post(f"{API}/admin/coupon-batches", content=b"{", headers=headers)
    assert broken.status_code == 400
    personal = {**coupon_batch, "code": "13800138000", "promotion": "mei@example.com"}
    await client.post(f"{API}/admin/coupon-batches", json=personal, headers=headers)
    assert [each[2] for each in await log_of(stocked)][-2:] == ["", "? ?"]


async def test_commands_are_audited(stocked: Shop, tmp_path: Path) -> None:
    member = await register(stocked, MARKED)
    promotion, prices = tmp_path / "promotion.json", tmp_path / "prices.csv"
    promotion.write_text(json.dumps([BY_COUPON]), encoding="utf-8")
    prices.write_text(CSV, encoding="utf-8")
    rate = ("--code", "vat", "--label", "VAT", "--rate", "0.13")
    acts: tuple[tuple[tuple[str, ...], str, str], ...] = (
        (("promotions", "apply", str(promotion)), "promotions apply", "ten-off"),
        (("promotions", "copy", "ten-off", "two"), "promotions copy", "ten-off two"),
        (("promotions", "activate", "ten-off"), "promotions activate", "ten-off"),
        (("promotions", "pause", "ten-off"), "promotions pause", "ten-off"),
        (("promotions", "resume", "ten-off"), "promotions resume", "ten-off"),
        (("prices", "save", "VIP"), "prices save", "VIP"),
        (("prices", "import", str(prices)), "prices import", "VIP"),
        (("prices", "save-rate", "cn", *rate), "prices save-rate", "cn"),
        (("prices", "group", MARKED.marks["login"], "vip"), "prices group", f"{member} vip"),
        (
            ("coupons", "create", "spring", "--promotion", "ten-off", "--zh", "券"),
            "coupons create",
            "spring ten-off",
        ),
        (
            ("coupons", "make", "spring", "2", "--to", str(tmp_path / "codes.csv")),
            "coupons make",
            "spring 2",
        ),
        (("coupons", "revoke", "SECRET-CODE"), "coupons revoke", ""),
        (("coupons", "end", "spring"), "coupons end", "spring"),
        (("promotions", "end", "ten-off"), "promotions end", "ten-off"),
    )
    for arguments, *_ in acts:
        ended = await command(stocked, *arguments)
        assert ended.exit_code == int("revoke" in arguments), ended.output
    expected = [("command line", action, reference) for _, action, reference in acts]
    assert (await log_of(stocked))[-len(acts) :] == expected


async def test_each_route_that_changes_prices_says_what_it_changes(stocked: Shop) -> None:
    app = app_of(web_parts(stocked)).app
    unnamed = {
        f"{method} {route.path}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if method in {"POST", "PUT", "PATCH", "DELETE"}
        and "/admin/" in route.path
        and route.path.partition("/admin/")[2].partition("/")[0] in CODED_AREAS
        and not route.path_parameters
        and NAMED_BY not in handler.opt
    }
    assert unnamed == set()
