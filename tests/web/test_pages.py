"""Storefront pages without a browser: content, errors, headers and cookies."""

import re
from itertools import product

import httpx
import pytest

from adapters.web.language import LOCALE
from core.domain.text import LANGUAGES
from tests.web.browsing import ADDRESS, CHOICE
from tests.web.messages import all_messages

pytestmark = pytest.mark.anyio


async def test_the_root_redirects_to_the_browsers_language(client: httpx.AsyncClient) -> None:
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
    "/coupons",
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


async def test_every_response_has_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/zh", "/api/v1/categories", "/zh/nope", "/health/live", "/nope"):
        headers = (await client.get(path)).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


async def test_pages_have_no_inline_code_and_no_external_resources(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/zh", "/zh/p/celadon-teapot", "/docs", "/zh/login"):
        page = (await client.get(path)).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page)
        assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)', page)


async def test_every_message_has_a_chinese_translation() -> None:
    written = (LOCALE / "zh" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    known = set(re.findall(r'msgid "(.*)"', re.sub(r'"\n"', "", written)))
    missing = [message for message in all_messages() if message.replace('"', '\\"') not in known]
    assert missing == []


async def test_the_error_page_is_in_the_visitors_language(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/zh/nope", "/zh/p/nope", "/zh/c/nope", "/zh/orders/123"):
        page = await client.get(path)
        assert page.status_code == 404
        assert "页面不存在" in page.text
    assert "Page not found" in (await client.get("/en/p/nope")).text


async def test_cross_site_posts_are_rejected(client: httpx.AsyncClient) -> None:
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
    accepted = await client.post(address, data=CHOICE, headers={"sec-fetch-site": "same-origin"})
    assert accepted.status_code == 303


async def test_cookies_are_http_only_and_same_site(client: httpx.AsyncClient) -> None:
    added = await client.post("/zh/p/celadon-teapot", data=CHOICE)
    for cookie in added.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


async def test_a_rejected_form_keeps_its_values(client: httpx.AsyncClient) -> None:
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    wrong = {**ADDRESS, "phone": "12", "street": "某某路 9 号"}
    page = await client.post("/zh/checkout", data=wrong)
    assert page.status_code == 422
    assert "某某路 9 号" in page.text
    assert "请填写有效的手机号码" in page.text
    other_city = await client.post("/zh/checkout", data={**ADDRESS, "city": "杭州市"})
    assert other_city.status_code == 422
    assert "请选择广东省的城市" in other_city.text


async def test_a_quantity_out_of_range_is_refused_on_the_page(
    client: httpx.AsyncClient, subtests: pytest.Subtests
) -> None:
    for quantity in ("0", "-3", "1000", "x", "99999999999999999999", "1.5"):
        with subtests.test(quantity=quantity):
            page = await client.post("/zh/p/celadon-teapot", data={**CHOICE, "quantity": quantity})
            assert page.status_code == 422
            assert 'role="alert"' in page.text


async def test_more_units_than_in_stock_are_refused_on_the_page(client: httpx.AsyncClient) -> None:
    page = await client.post("/en/p/celadon-teapot", data={**CHOICE, "quantity": "11"})
    assert page.status_code == 409
    assert "Only 10 of" in page.text
    assert 'data-code="out_of_stock"' in page.text


async def test_an_unknown_option_value_is_refused(client: httpx.AsyncClient) -> None:
    page = await client.post("/zh/p/celadon-teapot", data={"option-size": "xxl"})
    assert page.status_code == 422


async def test_scripts_in_input_are_escaped(client: httpx.AsyncClient) -> None:
    page = await client.get("/zh/search", params={"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_operations_pages_respond(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).json() == {"status": "ready"}
    assert "entrepot_requests_total" in (await client.get("/metrics")).text
    index = (await client.get("/sitemap.xml")).text
    assert "/sitemap/1.xml</loc>" in index
    assert "/sitemap/2.xml" not in index
    assert "/zh/c/teapots" in (await client.get("/sitemap/0.xml")).text
    assert "/zh/p/celadon-teapot" in (await client.get("/sitemap/1.xml")).text
    assert (await client.get("/sitemap/x.xml")).status_code == 404
    assert "Disallow: /zh/admin" in (await client.get("/robots.txt")).text
    assert "/api/v1/orders" in (await client.get("/docs")).text


async def test_head_options_and_unknown_methods_follow_http(client: httpx.AsyncClient) -> None:
    head = await client.head("/zh/p/celadon-teapot")
    assert (head.status_code, head.content) == (200, b"")
    options = await client.request("OPTIONS", "/zh/p/celadon-teapot")
    assert options.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    wrong = await client.delete("/api/v1/products")
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["allow"]


async def test_a_too_large_form_is_refused(client: httpx.AsyncClient) -> None:
    large = await client.post("/zh/checkout", data={"name": "x" * 600_000})
    assert large.status_code == 413
