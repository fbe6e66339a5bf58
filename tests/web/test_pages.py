"""Pages without a browser: what they response, refuse and carry."""

import re
from itertools import product

import httpx
import pytest

from adapters.web.language import LOCALE
from core.domain.text import LANGUAGES
from entrepot.assembly.shop import Shop
from tests.web.messages import all_messages

pytestmark = pytest.mark.anyio

ADDRESS = {
    "contact": "mei@example.com",
    "name": "李梅",
    "phone": "13800138000",
    "country": "CN",
    "region": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "科苑路 1 号",
}
CHOICE = {"option-size": "s", "quantity": "1"}


async def place_order(client: httpx.AsyncClient) -> str:
    """The path of the order's page, with its key."""
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    await client.post("/zh/checkout", data=ADDRESS)
    review = (await client.get("/zh/checkout/review")).text
    fields = dict(re.findall(r'name="(key|cart_version|goods_total)"\s+value="([^"]*)"', review))
    shipping = re.findall(r'name="shipping"\s+value="([^"]+)"', review)[0]
    placed = await client.post(
        "/zh/checkout/review", data={**fields, "shipping": shipping, "gateway": "nobody"}
    )
    assert placed.status_code == 303
    address: str = placed.headers["location"]
    return address


async def test_the_entrance_goes_by_the_browsers_language(client: httpx.AsyncClient) -> None:
    english = await client.get("/", headers={"accept-language": "en-GB,zh;q=0.5"})
    chinese = await client.get("/", headers={"accept-language": "zh-CN"})
    assert english.headers["location"] == "/en"
    assert chinese.headers["location"] == "/zh"


PAGES = (
    "",
    "/c/teapots",
    "/search",
    "/search?q=茶壶",
    "/p/celadon-teapot",
    "/cart",
    "/login",
    "/register",
    "/admin/login",
)


async def test_pages_answer_in_both_languages(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    for language, path in product(LANGUAGES, PAGES):
        with subtests.test(language=language, path=path):
            page = await client.get(f"/{language}{path}")
            assert page.status_code == 200
            assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page.text
            assert ("购物车" in page.text or "管理后台" in page.text) is (language == "zh")


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/zh", "/api/v1/categories", "/zh/nope", "/health/live", "/nope"):
        headers = (await client.get(path)).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


async def test_pages_have_nothing_inline_and_nothing_from_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/zh", "/zh/p/celadon-teapot", "/docs", "/zh/login"):
        page = (await client.get(path)).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page)
        assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', page)


async def test_a_message_of_the_shop_is_in_chinese() -> None:
    written = (LOCALE / "zh" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    known = set(re.findall(r'msgid "(.*)"', re.sub(r'"\n"', "", written)))
    missing = [message for message in all_messages() if message.replace('"', '\\"') not in known]
    assert missing == []


async def test_an_unknown_page_is_said_in_the_visitors_language(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/zh/nope", "/zh/p/nope", "/zh/c/nope", "/zh/orders/123"):
        page = await client.get(path)
        assert page.status_code == 404
        assert "页面不存在" in page.text
    assert "Page not found" in (await client.get("/en/p/nope")).text


async def test_another_site_cannot_post_for_us(client: httpx.AsyncClient) -> None:
    address = "/zh/p/celadon-teapot"
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        refused = await client.post(address, data=CHOICE, headers=headers)
        assert refused.status_code == 403
    taken = await client.post(address, data=CHOICE, headers={"sec-fetch-site": "same-origin"})
    assert taken.status_code == 303


async def test_cookies_are_out_of_reach(client: httpx.AsyncClient) -> None:
    added = await client.post("/zh/p/celadon-teapot", data=CHOICE)
    for cookie in added.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


async def test_a_refused_form_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    wrong = {**ADDRESS, "phone": "12", "street": "某某路 9 号"}
    page = await client.post("/zh/checkout", data=wrong)
    assert page.status_code == 422
    assert "某某路 9 号" in page.text
    assert "请填写有效的手机号码" in page.text
    elsewhere = await client.post("/zh/checkout", data={**ADDRESS, "city": "杭州市"})
    assert elsewhere.status_code == 422
    assert "请选择广东省的城市" in elsewhere.text


async def test_a_quantity_out_of_range_is_refused_on_the_page(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    for quantity in ("0", "-3", "1000", "x", "99999999999999999999", "1.5"):
        with subtests.test(quantity=quantity):
            page = await client.post("/zh/p/celadon-teapot", data={**CHOICE, "quantity": quantity})
            assert page.status_code == 422
            assert 'role="alert"' in page.text


async def test_more_than_there_is_is_refused_on_the_page(client: httpx.AsyncClient) -> None:
    page = await client.post("/en/p/celadon-teapot", data={**CHOICE, "quantity": "11"})
    assert page.status_code == 409
    assert "Only 10 of" in page.text
    assert 'data-code="out_of_stock"' in page.text


async def test_a_choice_that_does_not_exist_is_refused(client: httpx.AsyncClient) -> None:
    page = await client.post("/zh/p/celadon-teapot", data={"option-size": "xxl"})
    assert page.status_code == 422


async def test_scripts_in_texts_are_only_text(client: httpx.AsyncClient) -> None:
    page = await client.get("/zh/search", params={"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_a_member_registers_logs_out_and_in_and_keeps_the_cart(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    form = {
        "name": "李梅",
        "login": "Mei@Example.com",
        "password": "correct horse",
        "old_enough": "1",
    }
    assert (await client.post("/zh/register", data=form)).status_code == 303
    account = await client.get("/zh/account")
    assert "您好，李梅" in account.text
    assert "青瓷茶壶" in (await client.get("/zh/cart")).text
    await client.post("/zh/logout")
    assert "购物车是空的" in (await client.get("/zh/cart")).text
    assert (await client.get("/zh/account")).status_code == 303
    wrong = await client.post("/zh/login", data={"login": "mei@example.com", "password": "no"})
    assert wrong.status_code == 401
    assert "mei@example.com" in wrong.text
    right = {"login": "mei@example.com", "password": "correct horse"}
    assert (await client.post("/zh/login", data=right)).status_code == 303
    assert "青瓷茶壶" in (await client.get("/zh/cart")).text


async def test_the_way_back_after_a_log_in_stays_in_the_shop(client: httpx.AsyncClient) -> None:
    form = {"name": "x", "login": "a@example.com", "password": "correct horse", "old_enough": "1"}
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        form["login"] = f"{abs(hash(target))}@example.com"
        entered = await client.post("/zh/register", data={**form, "next": target})
        assert entered.headers["location"] == "/zh/account"
        await client.post("/zh/logout")


async def test_addresses_are_kept_changed_and_dropped(client: httpx.AsyncClient) -> None:
    form = {
        "name": "李梅",
        "login": "mei@example.com",
        "password": "correct horse",
        "old_enough": "1",
    }
    await client.post("/zh/register", data=form)
    assert (await client.post("/zh/account/addresses/new", data=ADDRESS)).status_code == 303
    page = (await client.get("/zh/account")).text
    (address_id,) = set(re.findall(r"/zh/account/addresses/([0-9a-f-]{36})", page))
    changed = {**ADDRESS, "street": "别的路 2 号"}
    await client.post(f"/zh/account/addresses/{address_id}", data=changed)
    assert "别的路 2 号" in (await client.get("/zh/account")).text
    await client.post(f"/zh/account/addresses/{address_id}/drop")
    assert "别的路 2 号" not in (await client.get("/zh/account")).text


@pytest.mark.parametrize(
    "path",
    [
        "/zh/account",
        "/zh/account/addresses/new",
        "/en/account/privacy",
        "/zh/account/verify-email/a%26b",
    ],
)
async def test_a_guest_signs_in_and_comes_back_to_the_page(
    client: httpx.AsyncClient, path: str
) -> None:
    page = await client.get(path)
    assert page.status_code == 303
    assert page.headers["location"] == f"{path[:3]}/login?next={path}"


async def test_nobody_changes_an_order_without_its_key(client: httpx.AsyncClient) -> None:
    address = await place_order(client)
    number, _, key = address.removeprefix("/zh/orders/").partition("?key=")
    client.cookies.clear()
    for what in ("pay", "cancel", "returns", "returns/1/withdraw", "data"):
        for given in ("", "?key=wrong"):
            response = await client.post(f"/zh/orders/{number}/{what}{given}")
            assert response.status_code == 404, what
    refused = await client.post(f"/zh/orders/{number}/returns?key={key}")
    assert refused.status_code == 422
    cancelled = await client.post(f"/zh/orders/{number}/cancel?key={key}")
    assert cancelled.headers["location"] == f"/zh/orders/{number}?key={key}"


async def test_too_many_attempts_to_log_in_are_stopped(client: httpx.AsyncClient) -> None:
    attempt = {"login": "mei@example.com", "password": "guess"}
    answers = [(await client.post("/zh/login", data=attempt)).status_code for _ in range(12)]
    assert answers[:10] == [401] * 10
    assert answers[-1] == 429


async def test_an_order_is_its_owners_alone(client: httpx.AsyncClient, stocked: Shop) -> None:
    address = await place_order(client)
    assert (await client.get(address)).status_code == 200
    number = address.split("/")[3].split("?")[0]
    assert (await client.get(f"/zh/orders/{number}")).status_code == 404
    assert (await client.get(f"/zh/orders/{number}?key=wrong")).status_code == 404
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    assert (await client.get("/zh/admin/orders")).headers["location"] == "/zh/admin/login"
    await client.post(
        "/zh/admin/login", data={"login": "boss@example.com", "password": "correct horse"}
    )
    assert number in (await client.get("/zh/admin/orders")).text
    assert (await client.get(f"/zh/admin/orders/{number}")).status_code == 200
    assert (await client.post(f"/zh/admin/orders/{number}/nope")).status_code == 404
    refused = await client.post(f"/zh/admin/orders/{number}/refund", data={"amount": "12.5x"})
    assert refused.status_code == 422
    assert "12.5x" in refused.text
    assert (await client.get(f"/zh/admin/returns/{number}/1")).status_code == 404


async def test_the_back_office_edits_publishes_and_counts(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    login = {"login": "boss@example.com", "password": "correct horse"}
    await client.post("/en/admin/login", data=login)
    new = {
        "handle": "new-cup",
        "title-zh": "新杯子",
        "title-en": "New cup",
        "category": "teapots",
        "options": "colour | 颜色/Colour | red=红/Red, blue=蓝/Blue",
        "variants": "CUP-R | 39.90 | red | 120\nCUP-B | 49 | blue | 120 | 59.00 | 690000",
        "description-en": "<p>Fine<script>alert(1)</script></p>",
        "state": "published",
    }
    wrong = await client.post("/en/admin/products/new", data={**new, "variants": "CUP-R | x"})
    assert wrong.status_code == 422
    assert "New cup" in wrong.text
    assert (await client.post("/en/admin/products/new", data=new)).status_code == 303
    again = await client.post("/en/admin/products/new", data=new)
    assert again.status_code == 409
    page = await client.get("/en/p/new-cup")
    assert "¥39.90" in page.text
    assert "alert(1)" not in page.text
    edit = await client.get("/en/admin/products/new-cup")
    assert "CUP-B | 49.00 | blue | 120 | 59.00 | 690000" in edit.text
    counted = await client.post(
        "/en/admin/products/new-cup/stock", data={"sku": "CUP-R", "on_hand": "7"}
    )
    assert counted.status_code == 303
    assert "Only 7 left" in (await client.get("/en/p/new-cup")).text
    refused = await client.post(
        "/en/admin/products/new-cup/stock", data={"sku": "CUP-R", "on_hand": "-7"}
    )
    assert refused.status_code == 422
    await client.post("/en/admin/products/new-cup/move", data={"move": "archive"})
    assert (await client.get("/en/p/new-cup")).status_code == 404
    illegal = await client.post("/en/admin/products/new-cup/move", data={"move": "publish"})
    assert illegal.status_code == 409
    assert (await client.get("/en/admin")).status_code == 200
    assert "new-cup" in (await client.get("/en/admin/products?state=archived")).text


async def test_operations_pages_answer(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).json() == {"status": "ready"}
    assert "entrepot_requests_total" in (await client.get("/metrics")).text
    assert "/zh/p/celadon-teapot" in (await client.get("/sitemap.xml")).text
    assert "Disallow: /zh/admin" in (await client.get("/robots.txt")).text
    assert "/api/v1/orders" in (await client.get("/docs")).text


async def test_methods_are_answered_as_http_says(client: httpx.AsyncClient) -> None:
    head = await client.head("/zh/p/celadon-teapot")
    assert (head.status_code, head.content) == (200, b"")
    options = await client.request("OPTIONS", "/zh/p/celadon-teapot")
    assert options.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    wrong = await client.delete("/api/v1/products")
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["allow"]


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    large = await client.post("/zh/checkout", data={"name": "x" * 600_000})
    assert large.status_code == 413
