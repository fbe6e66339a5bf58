"""Back-office pages and API of roles and staff, the menu, and what a page offers."""

import re
from uuid import UUID

import httpx
import pytest

from adapters.web.admin.menu import MENU_GROUPS, SHOP_MENU, Menu, MenuEntry
from core.domain.accounts import AccountKind
from core.domain.staff import CLERK, OPERATOR, Role, RoleCode
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from ports.sessions import Principal
from tests.accounts import PASSWORD, a_staff_member
from tests.web.browsing import one_time, place_order
from tests.web.html_forms import submitted

pytestmark = pytest.mark.anyio

API = "/api/v1"
LINK = re.compile(r'<a href="/en/admin([^"]*)"( aria-current="page")?>')
FORM = re.compile(r'<form method="post" action="([^"]+)"')


async def sign_in(client: httpx.AsyncClient, login: str) -> None:
    client.cookies.clear()
    form = {"login": login, "password": PASSWORD}
    assert (await client.post("/en/admin/login", data=form)).status_code == 303


async def with_permissions(client: httpx.AsyncClient, shop: Shop, *permissions: str) -> None:
    """Sign in as a staff member with exactly these permissions."""
    code = RoleCode("support")
    role = Role(code=code, name=Text({"en": "Support"}), permissions=frozenset(permissions))
    await shop.save_role()(role, OPERATOR)
    await a_staff_member(shop, "support@example.com", code)
    await sign_in(client, "support@example.com")


def menu_of(page: str) -> list[str]:
    return [path for path, _ in LINK.findall(page.partition("</nav>")[0].partition("<nav")[2])]


async def test_a_role_is_made_by_copying_edited_and_deleted(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await a_staff_member(stocked, "boss@example.com")
    await sign_in(client, "boss@example.com")
    new = "/en/admin/roles/new"
    fields = submitted((await client.get(f"{new}?copy=clerk")).text, new)
    assert "permission-orders.refund" in fields
    fields |= {"code": "night", "name-en": "Night"}
    del fields["permission-orders.refund"]
    created = await client.post(new, data=fields)
    assert created.headers["location"] == "/en/admin/roles/night?done=saved"
    clerk = (await stocked.role_queries().get(CLERK)).role.permissions
    night = (await stocked.role_queries().get("night")).role
    assert night.permissions == clerk - {"orders.refund"}
    page = "/en/admin/roles/night"
    stale = submitted((await client.get(page)).text, page)
    edited = {**stale, "permission-orders.refund": "1"}
    assert (await client.post(page, data=edited)).status_code == 303
    refused = await client.post(page, data={**stale, "name-en": "Typed"})
    assert refused.status_code == 409
    assert "Typed" in refused.text
    assert (await client.post(f"{page}/delete")).headers["location"].startswith("/en/admin/roles?")
    listed = (await client.get("/en/admin/roles")).text
    assert re.findall(r'data-role="(\w+)"', listed) == ["auditor", "clerk", "manager"]


async def test_the_manager_role_keeps_its_permission_to_manage_staff(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await a_staff_member(stocked, "boss@example.com")
    await sign_in(client, "boss@example.com")
    page = "/en/admin/roles/manager"
    fields = submitted((await client.get(page)).text, page)
    assert (await client.post(page, data=fields)).status_code == 303
    assert (await stocked.role_queries().get("manager")).role.version == 1
    del fields["permission-staff.manage"]
    refused = await client.post(page, data=fields)
    assert refused.status_code == 422
    assert "must be able to manage staff" in refused.text


async def test_the_form_offers_only_permissions_that_one_can_give(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await with_permissions(client, stocked, "staff.manage", "orders.read")
    page = (await client.get("/en/admin/roles/new?copy=clerk")).text
    boxes = dict(re.findall(r'id="permission-([\w.]+)"(.*?)>', page, re.DOTALL))
    free = {code for code, attributes in boxes.items() if "disabled" not in attributes}
    assert free == {"staff.manage", "orders.read"}
    assert "checked" in boxes["orders.read"]
    sent = {"code": "x", "name-en": "X", "permission-orders.refund": "1"}
    refused = await client.post("/en/admin/roles/new", data=sent)
    assert refused.status_code == 403
    assert "orders.refund" in refused.text


async def test_staff_are_added_changed_and_disabled(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await a_staff_member(stocked, "boss@example.com")
    await sign_in(client, "boss@example.com")
    base = "/en/admin/staff"
    new = {"name": "Lin", "login": "Lin@example.com", "role": "clerk"}
    weak = await client.post(base, data={**new, "password": "short"})
    assert weak.status_code == 422
    assert 'value="Lin"' in weak.text
    assert (await client.post(base, data={**new, "password": PASSWORD})).status_code == 303
    views = {each.login: each for each in await stocked.staff_queries().list()}
    lin, boss = views["lin@example.com"], views["boss@example.com"]
    moves = {"role": {"role": "auditor"}, "disable": {}, "password-link": {}}
    for move, data in moves.items():
        sent = await client.post(f"{base}/{lin.id}/{move}", data=data)
        assert sent.headers["location"] == f"{base}?done={move}"
    (changed,) = [each for each in await stocked.staff_queries().list() if each.id == lin.id]
    assert (changed.role, changed.disabled) == ("auditor", True)
    last = await client.post(f"{base}/{boss.id}/disable")
    assert last.status_code == 409
    assert "No other staff member can manage staff" in last.text


async def test_a_page_offers_only_what_the_role_may_do(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    number = (await place_order(client)).split("/")[3].partition("?")[0]
    await with_permissions(client, stocked, "orders.read")
    start = await client.get("/en/admin")
    assert start.headers["location"] == "/en/admin/orders"
    page = f"/en/admin/orders/{number}"
    shown = (await client.get(page)).text
    assert menu_of(shown) == ["/orders", "/emails"]
    assert FORM.findall(shown) == ["/en/admin/logout"]
    refused = await client.post(f"{page}/cancel", data=one_time())
    assert refused.status_code == 403
    await stocked.save_role()(
        Role(
            code=RoleCode("support"),
            name=Text({"en": "Support"}),
            permissions=frozenset({"orders.read", "orders.change"}),
        ),
        OPERATOR,
    )
    # The same session: a change of the role counts at the next request.
    assert f"{page}/cancel" in FORM.findall((await client.get(page)).text)
    assert (await client.post(f"{page}/cancel", data=one_time())).status_code == 303


async def test_a_role_without_permissions_sees_nothing(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await with_permissions(client, stocked)
    start = await client.get("/en/admin")
    assert start.status_code == 200
    assert "no permissions yet" in start.text
    assert menu_of(start.text) == []


async def test_roles_by_the_api(client: httpx.AsyncClient, stocked: Shop) -> None:
    await a_staff_member(stocked, "boss@example.com")
    login = {"login": "boss@example.com", "password": PASSWORD}
    token = (await client.post(f"{API}/staff-sessions", json=login)).json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    known = (await client.get(f"{API}/admin/permissions")).json()
    assert {"orders.refund", "coupons.export"} <= {each["code"] for each in known}
    role = {"name": {"en": "Night"}, "permissions": ["orders.read"]}
    path = f"{API}/admin/roles/night"
    assert (await client.put(path, json={**role, "version": 0})).json() == {"version": 1}
    assert (await client.put(path, json={**role, "version": 0})).status_code == 409
    unknown = await client.put(path, json={**role, "permissions": ["orders.burn"]})
    assert unknown.status_code == 422
    listed = {each["code"]: each for each in (await client.get(f"{API}/admin/roles")).json()}
    assert listed["night"]["permissions"] == ["orders.read"]
    assert listed["manager"]["staff"] == 1
    assert (await client.delete(f"{API}/admin/roles/manager")).status_code == 409
    assert (await client.delete(path)).status_code == 204


async def test_a_product_with_stock_needs_the_permission_to_count(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await with_permissions(client, stocked, "catalogue.read", "catalogue.change")
    login = {"login": "support@example.com", "password": PASSWORD}
    token = (await client.post(f"{API}/staff-sessions", json=login)).json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    variant = {"sku": "CUP", "price": 100}
    cup = {"title": {"en": "Cup"}, "category": "teapots", "variants": [variant]}
    path = f"{API}/admin/products/cup"
    assert (await client.put(path, json=cup)).status_code == 200
    counted = {**cup, "variants": [{**variant, "on_hand": 5}]}
    assert (await client.put(path, json=counted)).status_code == 403


def test_the_menu_marks_the_entry_of_a_page_below_it() -> None:
    plugin = MenuEntry(
        group="sales",
        label=Text({"en": "Groups"}),
        path="/orders/groups",
        permission="group_buy.read",
        order=25,
    )
    menu = Menu(MENU_GROUPS, [*SHOP_MENU, plugin])

    staff = Principal(
        account_kind=AccountKind.STAFF,
        account_id=UUID(int=1),
        name="Lin",
        session_id=UUID(int=2),
        permissions=frozenset(each.permission for each in menu.entries),
    )

    def current(path: str) -> list[str]:
        shown = menu.of(staff, "en", path)
        return [each.label for group in shown for each in group.entries if each.current]

    assert current("/en/admin") == ["Overview"]
    assert current("/en/admin/orders/123") == ["Orders"]
    assert current("/en/admin/orders/groups/7") == ["Groups"]
    assert current("/en/admin/ordersx") == []
    (sales, *_) = menu.of(staff, "en", "")
    assert [each.label for each in sales.entries][:3] == ["Overview", "Orders", "Groups"]
    assert menu.of(None, "en", "/en/admin") == ()
