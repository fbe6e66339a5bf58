"""Deny by default: each route needs exactly the permissions that it names."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from adapters.web.access.requirements import Access, Requirement, needs
from adapters.web.pages import FOLDER
from core.application.carts.ownership import CartOwner
from core.domain.permission_areas import SHOP_PERMISSIONS
from core.domain.shop_permissions import ORDERS_READ, ORDERS_REFUND, ORDERS_RETAINED
from core.domain.staff import OPERATOR, Role, RoleCode
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.accounts import a_member, a_staff_member
from tests.bank import Bank
from tests.people import MARKED, bought
from tests.web.earlier_roles import earlier_roles
from tests.web.test_access import Route, Visitor, answer, outcome, routes_of

pytestmark = pytest.mark.anyio
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CODES = frozenset(each.code for area in SHOP_PERMISSIONS for each in area.permissions)
CAN = re.compile(r'can\("([^"]+)"\)')
VisitorWith = Callable[[frozenset[str]], Awaitable[Visitor]]


@pytest.fixture
async def visitor_with(stocked: Shop) -> VisitorWith:
    """A staff member with a role of exactly these permissions."""
    known: dict[frozenset[str], Visitor] = {}

    async def visitor(permissions: frozenset[str]) -> Visitor:
        if permissions not in known:
            code = RoleCode(f"role-{len(known)}")
            role = Role(code=code, name=Text({"en": code}), permissions=permissions)
            await stocked.save_role()(role, OPERATOR, version=0)
            account = await a_staff_member(stocked, f"{code}@example.com", code)
            known[permissions] = Visitor(code, account, permissions)
        return known[permissions]

    return visitor


def staff_routes(client: httpx.AsyncClient) -> list[Route]:
    app = client._transport.app  # type: ignore[attr-defined]
    kinds = {Access.STAFF, Access.ANY_STAFF}
    return [each for each in routes_of(app) if each.requirement.access in kinds]


@ON_SQLITE
async def test_the_three_roles_can_do_what_they_could_before(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    roles = {each.role.code: each.role.permissions for each in await stocked.role_queries().list()}
    compared = 0
    for route in staff_routes(client):
        earlier = earlier_roles(route.method, route.path)
        if earlier is not None and route.move != "unknown":
            now = {code for code, held in roles.items() if route.needed <= held}
            assert now == earlier, route
            compared += 1
    assert compared >= 110


@ON_SQLITE
@pytest.mark.slow
async def test_a_role_that_lacks_one_permission_of_a_route_is_refused(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank, visitor_with: VisitorWith
) -> None:
    app = client._transport.app  # type: ignore[attr-defined]
    owner = await a_member(stocked, "owner@example.com")
    cart = CartOwner(customer_id=owner.id)  # type: ignore[arg-type]
    placed = await bought(stocked, bank, cart, MARKED, MARKED.delivery)
    for route in staff_routes(client):
        enough = await visitor_with(route.needed)
        response = await answer(app, stocked, route, enough, placed.number)
        assert outcome(route, response) in {"in", "hidden"}, route
        for code in route.needed:
            less = await visitor_with(route.needed - {code})
            response = await answer(app, stocked, route, less, placed.number)
            assert outcome(route, response) == "not allowed", (route, code)
        if route.needed:
            nothing = await visitor_with(frozenset())
            response = await answer(app, stocked, route, nothing, placed.number)
            assert outcome(route, response) == "not allowed", route


@ON_SQLITE
async def test_each_permission_opens_something(client: httpx.AsyncClient) -> None:
    used = frozenset[str]().union(*(each.needed for each in staff_routes(client)))
    elsewhere = {ORDERS_RETAINED.code, "dashboard.read"}
    assert CODES - used == elsewhere
    assert used - CODES == set()


def test_a_requirement_of_staff_without_permissions_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Requirement(Access.STAFF)
    with pytest.raises(ValueError, match="names permissions"):
        needs()


def test_an_unknown_move_needs_the_permissions_of_all_moves() -> None:
    (requirement,) = needs(ORDERS_READ, refund=ORDERS_REFUND, show=ORDERS_READ).values()
    assert requirement.permissions_for({"move": "show"}) == {"orders.read"}
    assert requirement.permissions_for({"move": "burn"}) == {"orders.read", "orders.refund"}


def test_templates_ask_for_permissions_that_exist() -> None:
    files = [*(FOLDER / "templates").rglob("*.html")]
    asked = {code for file in files for code in CAN.findall(Path(file).read_text("utf-8"))}
    assert len(asked) > 10
    assert asked - CODES == set()
