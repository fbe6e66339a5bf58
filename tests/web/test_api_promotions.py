"""The admin API of promotions, price lists and tax rates."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from core.domain.identifiers import CustomerId
from core.domain.staff import CLERK, MANAGER, RoleCode
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF
from tests.accounts import a_member
from tests.web.api_client import API

pytestmark = pytest.mark.anyio
DOCUMENT = {name: value for name, value in TEN_OFF.items() if name != "code"}
PROMOTION = f"{API}/admin/promotions/ten-off"
LIST = f"{API}/admin/price-lists/vip"


async def signed_in(
    client: httpx.AsyncClient, shop: Shop, role: RoleCode = MANAGER
) -> dict[str, str]:
    login = f"{role}@example.com"
    await shop.add_staff()(login, "correct horse", "Boss", role)
    session = await client.post(
        f"{API}/staff-sessions", json={"login": login, "password": "correct horse"}
    )
    return {"authorization": f"Bearer {session.json()['token']}", "accept-language": "en"}


async def test_a_manager_saves_moves_and_copies_a_promotion(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    client.headers.update(await signed_in(client, stocked))
    saved = await client.put(PROMOTION, json={"document": DOCUMENT, "version": 0})
    assert saved.json() == {
        "result": "created",
        "code": "ten-off",
        "state": "draft",
        "version": 1,
        "warnings": [],
    }
    again = await client.put(PROMOTION, json={"document": TEN_OFF})
    assert again.json()["result"] == "unchanged"
    for version, code in ((0, "already_exists"), (7, "stale_version")):
        stale = await client.put(PROMOTION, json={"document": DOCUMENT, "version": version})
        assert (stale.status_code, stale.json()["code"]) == (409, code)
    moved = await client.post(f"{PROMOTION}/moves", json={"move": "activate"})
    assert moved.status_code == 204
    twice = await client.post(f"{PROMOTION}/moves", json={"move": "activate"})
    assert (twice.status_code, twice.json()["code"]) == (409, "illegal_transition")
    shown = (await client.get(PROMOTION)).json()
    assert (shown["document"], shown["state"]) == (dict(TEN_OFF), "active")
    assert shown["use"] == {"orders": 0, "discount": 0, "revenue": 0}
    copied = await client.post(f"{PROMOTION}/copies", json={"code": "ten-off-2"})
    assert (copied.status_code, copied.json()["state"]) == (201, "draft")
    listed = (await client.get(f"{API}/admin/promotions", params={"state": "active"})).json()
    assert [(each["code"], each["lane"]) for each in listed["rows"]] == [("ten-off", "order")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestAnswers:
    async def test_a_refused_document_names_the_path_and_a_warning_is_a_sentence(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        client.headers.update(await signed_in(client, stocked))
        lane: dict[str, Any] = {**DOCUMENT, "lane": "catalogue"}
        refused = await client.put(PROMOTION, json={"document": lane})
        assert refused.status_code == 422
        assert refused.json()["errors"] == [
            {
                "field": "condition",
                "message": "Lists of goods show this price, so it cannot depend on the cart.",
            }
        ]
        old = {**DOCUMENT, "ends_at": "2020-01-01T00:00:00+08:00"}
        saved = await client.put(
            PROMOTION, json={"document": old}, headers={"accept-language": "zh"}
        )
        assert saved.json()["warnings"] == [
            {"part": "ends_at", "code": "has_ended", "message": "结束时间已过。"}
        ]
        other = await client.put(PROMOTION, json={"document": {**DOCUMENT, "code": "other"}})
        assert other.json()["errors"][0]["field"] == "code"

    async def test_clerks_read_and_do_not_change(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        client.headers.update(await signed_in(client, stocked, CLERK))
        assert (await client.get(f"{API}/admin/promotions")).json() == {"rows": [], "cursor": ""}
        saved = await client.put(PROMOTION, json={"document": DOCUMENT})
        assert (saved.status_code, saved.json()["code"]) == (403, "not_allowed")

    async def test_the_kinds_describe_every_value_of_a_document(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        client.headers.update(await signed_in(client, stocked, CLERK))
        kinds = (await client.get(f"{API}/admin/promotion-kinds")).json()
        benefits = {each["kind"]: each for each in kinds["families"]["benefit"]}
        reduction = next(
            each for each in benefits["goods"]["arguments"] if each["name"] == "reduction"
        )
        assert (reduction["type"], reduction["required"], reduction["family"]) == (
            "node",
            True,
            "reduction",
        )
        limits = next(each for each in kinds["promotion"] if each["name"] == "limits")
        kind = next(each for each in limits["record"] if each["name"] == "kind")
        assert kind["choices"] == ["uses", "spend", "units"]
        condition = next(each for each in kinds["promotion"] if each["name"] == "condition")
        assert condition["default"] == {"kind": "always"}

    async def test_prices_are_replaced_by_rows_or_not_at_all(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        client.headers.update(await signed_in(client, stocked))
        saved = await client.put(LIST, json={"groups": ["vip"], "closes": ["coupon"]})
        assert saved.json() == {"version": 1}
        rows = [
            {"sku": "CELADON-TEAPOT-S", "price": "150.00"},
            {"sku": "CELADON-TEAPOT-S", "quantity": 10, "price": "140.00"},
        ]
        assert (await client.put(f"{LIST}/prices", json=rows)).json() == {"prices": 2}
        wrong = await client.put(f"{LIST}/prices", json=[*rows, {"sku": "NONE", "price": "1"}])
        assert [each["field"] for each in wrong.json()["errors"]] == ["line 3"]
        listed = (await client.get(f"{LIST}/prices", params={"limit": 1})).json()
        assert listed["rows"] == [
            {
                "list": "vip",
                "sku": "CELADON-TEAPOT-S",
                "quantity": 1,
                "price": {"minor": 15_000, "currency": "CNY"},
                "title": {"zh": "青瓷茶壶", "en": "Celadon teapot"},
                "list_price": {"minor": 16_800, "currency": "CNY"},
            }
        ]
        assert listed["cursor"]
        (summary,) = (await client.get(f"{API}/admin/price-lists")).json()
        assert (summary["groups"], summary["closes"], summary["skus"]) == (["vip"], ["coupon"], 1)
        none = await client.get(f"{API}/admin/price-lists/none/prices")
        assert (none.status_code, none.json()["code"]) == (404, "not_found")
        late = await client.put(f"{LIST}/prices", params={"version": 1}, json=[])
        assert (late.status_code, late.json()["code"]) == (409, "stale_version")
        assert (await client.put(f"{LIST}/prices", json=[])).json() == {"prices": 0}
        missing = await client.put(f"{API}/admin/price-lists/none/prices", json=rows)
        assert missing.status_code == 404

    async def test_a_tax_rate_is_saved_listed_and_removed(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        client.headers.update(await signed_in(client, stocked))
        address = f"{API}/admin/tax-rates/cn-standard"
        rate = {
            "code": "vat",
            "label": {"zh": "增值税", "en": "VAT"},
            "rate": "0.13",
            "tax_class": "standard",
            "country": "CN",
        }
        assert (await client.put(address, json=rate)).status_code == 204
        (listed,) = (await client.get(f"{API}/admin/tax-rates")).json()
        assert (listed["name"], listed["rate"], listed["country"]) == ("cn-standard", "0.13", "CN")
        wrong = await client.put(address, json={**rate, "rate": "13 %"})
        assert wrong.json()["errors"][0]["field"] == "rate"
        assert (await client.delete(address)).status_code == 204
        assert (await client.delete(address)).status_code == 404

    async def test_a_test_cart_says_what_applies_and_why_the_rest_does_not(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        client.headers.update(await signed_in(client, stocked))
        await client.put(PROMOTION, json={"document": DOCUMENT})
        body = {"goods": {"CELADON-TEAPOT-S": 1}, "promotions": ["ten-off"]}
        tried = (await client.post(f"{API}/admin/test-carts", json=body)).json()
        assert [each["source"] for each in tried["sums"]["adjustments"]] == ["ten-off"]
        far = {**DOCUMENT, "condition": {"kind": "amount", "at_least": {"CNY": "200.00"}}}
        await client.put(PROMOTION, json={"document": far})
        tried = (await client.post(f"{API}/admin/test-carts", json=body)).json()
        assert [each["text"] for each in tried["not_applied"]] == [
            "Add CN¥32.00 more to get this offer."
        ]


async def test_a_manager_puts_a_member_into_groups(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    client.headers.update(await signed_in(client, stocked))
    member = await a_member(stocked)
    groups = f"{API}/admin/customers/{member.id}/groups"
    assert (await client.put(groups, json={"groups": ["vip"]})).status_code == 200
    assert await stocked.find_groups()(CustomerId(member.id)) == {"vip"}
    wrong = await client.put(groups, json={"groups": ["Not a code"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "groups")
    missing = await client.put(f"{API}/admin/customers/{UUID(int=1)}/groups", json={"groups": []})
    assert missing.status_code == 404
