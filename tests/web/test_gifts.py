"""A gift and a bought unit of one SKU, over the API and on the pages."""

import httpx
import pytest

from adapters.web.visitors import CART_COOKIE
from core.application.carts.ownership import CartOwner, find_cart
from core.domain.identifiers import LineKey
from core.domain.orders.order import Order
from entrepot.assembly.shop import Shop
from tests.bank import SMALL, Bank
from tests.factories import yuan
from tests.gifts import AMOUNTS, BOUGHT, GIFT, paid_order_with_gift
from tests.invariants import violations
from tests.web.api_client import API, filled_cart
from tests.web.browsing import one_time
from tests.web.html_forms import submitted
from tests.web.keyed_requests import STAFF

pytestmark = pytest.mark.anyio


@pytest.fixture
async def order(stocked: Shop, bank: Bank) -> Order:
    placed = await paid_order_with_gift(stocked, bank)
    order = await stocked.order_queries().find(placed.number)
    assert order is not None
    return order


@pytest.fixture
async def staff(client: httpx.AsyncClient, stocked: Shop) -> dict[str, str]:
    """The headers of a staff member, who is signed in to the back office too."""
    await stocked.add_staff()(STAFF["login"], STAFF["password"], "Boss")
    await client.post("/en/admin/login", data=STAFF)
    session = await client.post(f"{API}/staff-sessions", json=STAFF)
    return {"authorization": f"Bearer {session.json()['token']}"}


def access_to(stocked: Shop, order: Order) -> dict[str, str]:
    return {"order-token": stocked.sign_access_token()(order.number)}


def units(line: str, quantity: int) -> list[dict[str, object]]:
    return [{"line": line, "quantity": quantity}]


async def add_gift(shop: Shop, token: str) -> None:
    async with shop.units()() as unit:
        cart = await find_cart(unit.carts, CartOwner(token=token))
        assert cart is not None
        cart.add(SMALL, 1, yuan(168), key=LineKey("gift"), source="SPRING")
        await unit.carts.save(cart)
        await unit.commit()


async def test_lines_of_a_cart_are_changed_by_their_keys(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    token = await filled_cart(client)
    await add_gift(stocked, token)
    at = f"{API}/carts/{token}"
    bought, gift = (await client.get(at)).json()["lines"]
    assert (bought["sku"], bought["source"]) == (gift["sku"], "")
    assert (gift["key"], gift["source"]) == ("gift", "SPRING")
    changed = await client.patch(f"{at}/lines/{bought['key']}", json={"quantity": 5})
    assert [each["quantity"] for each in changed.json()["lines"]] == [5, 1]
    unknown = await client.patch(f"{at}/lines/{SMALL}", json={"quantity": 1})
    assert unknown.status_code == 404
    left = await client.delete(f"{at}/lines/gift")
    assert [each["key"] for each in left.json()["lines"]] == [bought["key"]]


async def test_the_cart_page_changes_and_removes_one_of_the_lines(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await client.post("/en/p/celadon-teapot", data={"option-size": "s", "quantity": "1"})
    await add_gift(stocked, client.cookies[CART_COOKIE])
    page = (await client.get("/en/cart")).text
    assert 'data-source="SPRING"' in page
    await client.post("/en/cart", data={"remove": "gift"})
    page = (await client.get("/en/cart")).text
    assert 'data-source="SPRING"' not in page
    fields = submitted(page, "/en/cart")
    await client.post("/en/cart", data={**fields, "quantity": "3"})
    assert submitted((await client.get("/en/cart")).text, "/en/cart")["quantity"] == "3"


async def test_the_api_ships_returns_and_refunds_by_line(
    client: httpx.AsyncClient, stocked: Shop, order: Order, staff: dict[str, str]
) -> None:
    at = f"{API}/admin/orders/{order.number}"
    shown = (await client.get(at, headers=staff)).json()
    assert [(each["key"], each["source"]) for each in shown["lines"]] == [
        ("1", ""),
        ("2", "SPRING"),
    ]
    assert shown["lines"][0]["adjustments"] == [
        {
            "source": "SPRING",
            "label": "Spring offer",
            "amount": {"minor": -10_000, "currency": "CNY"},
        }
    ]
    assert [each["total"]["minor"] for each in shown["lines"]] == [sum(AMOUNTS), 0]
    parcel = {"carrier": "sf", "tracking_number": "SF1234567890"}
    for line, quantity in (("2", 1), ("1", 3)):
        body = {**parcel, "lines": units(line, quantity)}
        shipped = await client.post(f"{at}/shipments", json=body, headers=staff)
    assert [each["lines"] for each in shipped.json()["shipments"]] == [units("2", 1), units("1", 3)]
    free = await client.post(f"{at}/refunds", json={"lines": units("2", 1)}, headers=staff)
    assert (free.status_code, free.json()) == (201, None)
    await client.post(f"{at}/delivery", headers=staff)
    wanted = {"lines": units("1", 2), "reason": "damaged", "remedy": "refund"}
    requested = await client.post(
        f"{API}/orders/{order.number}/returns", json=wanted, headers=access_to(stocked, order)
    )
    assert (requested.json()["lines"], requested.json()["accepted"]) == (units("1", 2), None)
    paid = await client.post(f"{at}/refunds", json={"lines": units("1", 1)}, headers=staff)
    assert paid.json()["amount"]["minor"] == AMOUNTS[0]
    assert await violations(stocked.database()) == []


async def test_the_pages_ship_return_and_refund_by_line(
    client: httpx.AsyncClient, stocked: Shop, order: Order, staff: dict[str, str]
) -> None:
    assert staff
    office = f"/en/admin/orders/{order.number}"
    page = (await client.get(office)).text
    assert 'data-source="SPRING"' in page
    parcel = submitted(page, f"{office}/ship")
    assert (parcel[f"ship-{BOUGHT}"], parcel[f"ship-{GIFT}"]) == ("3", "2")
    parcel |= {"tracking_number": "SF1234567890", f"ship-{BOUGHT}": "0"}
    assert (await client.post(f"{office}/ship", data=parcel)).status_code == 303
    page = (await client.get(office)).text
    assert f'name="ship-{GIFT}"' not in page
    rest = {**submitted(page, f"{office}/ship"), "tracking_number": "SF1234567891"}
    assert (await client.post(f"{office}/ship", data=rest)).status_code == 303
    assert (await client.post(f"{office}/deliver", data=one_time())).status_code == 303

    key = stocked.sign_access_token()(order.number)
    mine = f"/en/orders/{order.number}"
    page = (await client.get(f"{mine}?key={key}")).text
    assert 'data-source="SPRING"' in page
    assert "Spring offer" in page
    form = submitted(page, f"{mine}/returns?key={key}")
    form |= {f"units-{GIFT}": "1", "reason": "damaged", "remedy": "refund"}
    assert (await client.post(f"{mine}/returns?key={key}", data=form)).status_code == 303
    (request,) = await stocked.order_queries().returns(order.id)
    assert request.quantities == {GIFT: 1}

    at = f"/en/admin/returns/{order.number}/{request.number}"
    for move in ("approve", "receive"):
        assert (await client.post(f"{at}/{move}", data=one_time())).status_code == 303
    inspection = submitted((await client.get(at)).text, f"{at}/inspect")
    assert inspection[f"accepted-{GIFT}"] == "1"
    assert f"accepted-{BOUGHT}" not in inspection
    assert (await client.post(f"{at}/inspect", data=inspection)).status_code == 303
    assert (await client.post(f"{at}/refund", data=one_time())).status_code == 303
    assert 'data-return="refunded"' in (await client.get(at)).text
    form = one_time(**{f"refund-{BOUGHT}": "3"})
    assert (await client.post(f"{office}/refund", data=form)).status_code == 303
    (refund,) = await stocked.order_queries().refunds(order.id)
    assert (refund.amount.minor, refund.quantities) == (sum(AMOUNTS), {BOUGHT: 3})
    assert await violations(stocked.database()) == []
