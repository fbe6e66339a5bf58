"""Purchases in Debian's Chromium: in both languages, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

WORDS = {
    "zh": {"middle": "餐具", "leaf": "马克杯", "paid": "待发货", "also": "买过的人还买了"},
    "en": {
        "middle": "Tableware",
        "leaf": "Mugs",
        "paid": "Awaiting shipment",
        "also": "Customers also bought",
    },
}


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_visitor_buys(shop: str, browser: Browser, language: str, scripts: bool) -> None:  # noqa: FBT001
    words = WORDS[language]
    context = browser.new_context(java_script_enabled=scripts, locale=language)
    page = context.new_page()
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))

    page.goto(f"{shop}/{language}")
    page.get_by_role("main").get_by_role("link", name=words["middle"], exact=True).click()
    page.get_by_role("main").get_by_role("link", name=words["leaf"], exact=True).click()
    page.locator(".card:not(:has(.soldout)) a").first.click()
    handle = page.url.rsplit("/", 1)[1].split("?")[0]

    sku, before = _choose_the_best_stocked(page, scripts=scripts)
    page.locator("input[name=quantity]").fill("2")
    page.locator("[data-add]").click()
    expect(page.locator(".line")).to_have_count(1)
    page.locator("aside a.primary").click()

    _fill_address(page)
    expect(page.locator("[name=shipping]").first).to_be_checked()
    page.locator("input[name=gateway][value=sandbox]").check(force=True)
    page.locator("aside .primary").click()

    assert "/sandbox-gateway/pay" in page.url
    page.locator("button").click()
    expect(page.locator("[data-state=paid]")).to_have_text(words["paid"], timeout=30_000)
    expect(page.get_by_role("heading", name=words["also"])).to_be_visible()
    assert page.locator(".product-row .card").count() >= 3
    assert _available(page, f"{shop}/api/v1/products/{handle}", sku) == before - 2
    assert [each for each in console if "favicon" not in each] == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("gateway", ["alipay", "wechat", "unionpay"])
def test_a_visitor_pays_with_each_simulated_gateway(
    shop: str,
    browser: Browser,
    gateway: str,
    scripts: bool,  # noqa: FBT001
) -> None:
    """A page, a QR code or a self-submitting form; then a refund before shipping."""
    context = browser.new_context(java_script_enabled=scripts, locale="zh")
    page = context.new_page()
    page.goto(f"{shop}/zh/c/notebooks?in_stock=1")
    page.locator(".card a").nth(2).click()
    page.locator("[data-add]").click()
    page.locator("aside a.primary").click()
    _fill_address(page)
    page.locator(f"input[name=gateway][value={gateway}-simulator]").check(force=True)
    page.locator("aside .primary").click()
    if gateway == "wechat":
        expect(page.locator(".qr svg")).to_be_visible()
        back = page.locator("main > p > a:not([data-here])").get_attribute("href")
        page.locator("[data-here]").click()
        page.locator("button").click()
        page.goto(f"{shop}{back}")
    else:
        if gateway == "unionpay" and not scripts:
            page.locator("form .primary").click()
        expect(page.locator("h1")).to_contain_text("模拟")
        page.locator("button").click()
    expect(page.locator("[data-state=paid]")).to_be_visible(timeout=30_000)
    page.locator("summary", has_text="取消订单并退款").click()
    page.get_by_role("button", name="确定取消订单并退款").click()
    expect(page.locator("[data-state=cancelled]")).to_be_visible()
    expect(page.locator("[data-refund]")).to_be_visible()
    context.close()


def test_a_member_logs_in_and_checks_out_with_the_address_book(shop: str, browser: Browser) -> None:
    context = browser.new_context(locale="zh")
    page = context.new_page()
    page.goto(f"{shop}/zh/login")
    page.locator("#login").fill("mei@example.com")
    page.locator("#password").fill("entrepot-demo")
    page.locator("form .primary").click()
    expect(page.get_by_role("heading", name=re.compile("您好"))).to_be_visible()
    page.goto(f"{shop}/zh/c/notebooks?in_stock=1")
    page.locator(".card a").first.click()
    page.locator("[data-add]").click()
    page.locator("aside a.primary").click()
    page.locator("form .primary").click()
    page.locator("aside .primary").click()
    page.locator("button").click()
    expect(page.locator("[data-state=paid]")).to_be_visible(timeout=30_000)
    number = page.url.split("/orders/")[1].split("?")[0]
    page.goto(f"{shop}/zh/account")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    context.close()


def test_staff_ship_and_deliver_an_order(shop: str, browser: Browser) -> None:
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{shop}/en/admin")
    page.locator("#login").fill("admin@example.com")
    page.locator("#password").fill("entrepot-demo")
    page.locator("form .primary").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.locator("#plugins tbody tr")).to_have_count(6)
    page.goto(f"{shop}/en/admin/orders?state=paid")
    page.locator("tbody a").first.click()
    page.locator("#tracking_number").fill("SF1234567890")
    page.get_by_role("button", name="Ship order").click()
    expect(page.locator("[data-state=shipped]")).to_be_visible()
    page.get_by_role("button", name="Mark as delivered").click()
    expect(page.locator("[data-state=delivered]")).to_be_visible()
    context.close()


def _fill_address(page: Page) -> None:
    page.locator("#contact").fill("buyer@example.com")
    page.locator("#name").fill("王小明")
    page.locator("#phone").fill("13900139000")
    page.locator("#region").fill("浙江省")
    page.locator("#city").fill("杭州市")
    page.locator("#district").fill("西湖区")
    page.locator("#street").fill("文三路 100 号")
    page.locator("form .primary").click()


def _choose_the_best_stocked(page: Page, *, scripts: bool) -> tuple[str, int]:
    """Select the variant with the most units through the radio buttons."""
    product = page.request.get(_api_of(page.url)).json()
    best = max(product["variants"], key=lambda variant: variant["available"])
    for code, value in best["options"].items():
        page.locator(f"input[name=option-{code}][value='{value}']").check(force=True)
    if not scripts:
        page.locator("[data-without-script]").click()
    expect(page.locator("[data-price]")).to_contain_text(f"{best['price']['minor'] / 100:,.2f}")
    return best["sku"], best["available"]


def _api_of(url: str) -> str:
    base, _, handle = url.partition("/p/")
    return f"{base.rsplit('/', 1)[0]}/api/v1/products/{handle.split('?')[0]}"


def _available(page: Page, address: str, sku: str) -> int:
    product = page.request.get(address).json()
    return next(int(each["available"]) for each in product["variants"] if each["sku"] == sku)
