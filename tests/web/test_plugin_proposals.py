"""What plugins propose, on the pages and in the API: prices, refusals, notes, facts and kinds."""

from collections.abc import Sequence

import httpx
import pytest

from core.domain.orders.refusals import Refusal
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.staff import CLERK, MANAGER
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from ports.order_guards import Note, OrderDraft, Remark
from tests.plugins.proposing_plugin import NAME, Proposals, flash
from tests.plugins.test_price_offers import FLASH, offering
from tests.web.test_promotion_pages import sign_in

__all__ = ["flash"]
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

POT = "/en/p/celadon-teapot"
KIND = "/en/admin/promotion-kinds/spend-and-save"


def review(draft: OrderDraft) -> Sequence[Remark]:
    line = draft.lines[0]
    note = Note(text=Text({"en": "Ships <b>today</b>."}), line=line.key)
    if line.quantity < 3:
        return [note]
    return [Refusal(text=Text({"zh": "每人限两件。", "en": "Two each."}), line=line.key), note]


async def test_the_cart_shows_the_price_its_reason_and_what_a_guard_says(
    flash: Proposals, client: httpx.AsyncClient
) -> None:
    flash.say(offers=offering(FLASH), review=review)
    assert "¥100.00" in (await client.get(POT)).text
    await client.post(POT, data={"option-size": "s", "quantity": "2"})
    cart = (await client.get("/en/cart")).text
    assert "Flash sale" in cart
    assert "¥136.00" in cart
    assert "Ships &lt;b&gt;today&lt;/b&gt;." in cart
    refused = await client.post(POT, data={"option-size": "s"})
    assert refused.status_code == 409
    assert "Two each." in refused.text
    assert (
        "每人限两件。"
        in (await client.post("/zh/p/celadon-teapot", data={"option-size": "s"})).text
    )
    flash.say(review=lambda _: 1 / 0)
    cart = (await client.get("/en/cart")).text
    assert "This cannot be checked at the moment." in cart
    assert 'href="/en/checkout"' not in cart
    assert (await client.post(POT, data={"option-size": "s"})).status_code == 503


async def test_the_api_names_the_line_and_the_source(
    flash: Proposals, client: httpx.AsyncClient
) -> None:
    flash.say(offers=offering(FLASH), review=review)
    token = (await client.post("/api/v1/carts")).json()["token"]
    lines = f"/api/v1/carts/{token}/lines"
    cart = (await client.post(lines, json={"sku": FLASH.sku, "quantity": 2})).json()
    (line,) = cart["lines"]
    assert line["adjustments"][0]["source"] == f"plugin:{NAME}"
    assert cart["remarks"] == [
        {"line": line["key"], "text": "Ships <b>today</b>.", "is_refusal": False}
    ]
    english = {"accept-language": "en"}
    refused = await client.post(lines, json={"sku": FLASH.sku}, headers=english)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["detail"]) == (
        409,
        "order_refused",
        "Two each.",
    )
    assert problem["errors"] == [{"field": f"lines.{line['key']}", "message": "Two each."}]


async def test_a_manager_makes_a_promotion_of_a_kind(
    flash: Proposals, client: httpx.AsyncClient, stocked: Shop
) -> None:
    del flash
    await sign_in(client, stocked, MANAGER)
    listed = (await client.get("/en/admin/promotions")).text
    assert KIND in listed
    assert "free-cups" not in listed
    form = (await client.get(KIND)).text
    assert 'name="arguments.least.CNY" value="100"' in form
    typed = {
        "code": "autumn",
        "label.en": "Autumn",
        "arguments.least.CNY": "300",
        "arguments.off.CNY": "x",
    }
    refused = await client.post(KIND, data=typed)
    assert refused.status_code == 422
    assert "arguments.off.CNY" in refused.text
    assert 'value="300"' in refused.text
    made = await client.post(KIND, data={**typed, "arguments.off.CNY": "30"})
    assert made.headers["location"] == "/en/admin/promotions/autumn?done=saved"
    again = await client.post(KIND, data={**typed, "arguments.off.CNY": "30"})
    assert again.status_code == 409
    managed, _ = await stocked.pricing_queries().promotion("autumn")
    document = to_document(managed.promotion)
    assert managed.state == "draft"
    assert document["condition"] == {"kind": "amount", "at_least": {"CNY": "300.00"}}
    assert (await client.get("/en/admin/promotion-kinds/free-cups")).status_code == 404


async def test_clerks_make_none(flash: Proposals, client: httpx.AsyncClient, stocked: Shop) -> None:
    del flash
    await sign_in(client, stocked, CLERK)
    assert KIND not in (await client.get("/en/admin/promotions")).text
    assert (await client.get(KIND)).status_code == 403


async def test_the_report_says_which_kind_is_not_offered_and_why(
    flash: Proposals, stocked: Shop
) -> None:
    del flash
    (health,) = (each for each in stocked.plugin_report()() if each.name == NAME)
    assert health.reason.startswith("the kind “free-cups” is not offered: condition: ")


async def test_the_editor_and_the_test_cart_know_the_facts(
    flash: Proposals, client: httpx.AsyncClient, stocked: Shop
) -> None:
    del flash
    await sign_in(client, stocked, MANAGER)
    assert '<option value="member.level">' in (await client.get("/en/admin/promotions/new")).text
    typed = {"sku-0": FLASH.sku, "facts": "member.visits=many"}
    refused = await client.get("/en/admin/test-cart", params=typed)
    assert refused.status_code == 422
    assert "“many” is no value of “member.visits”." in refused.text
    tried = await client.get("/en/admin/test-cart", params={**typed, "facts": "vip=true"})
    assert 'id="quote"' in tried.text
