"""Every route × every caller: the answer is the one that the route declares.

The routes come from the table of the app, and what they require from their declaration.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address
from secrets import token_urlsafe
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Router, get

from adapters.web.access.requirements import (
    Access,
    Requirement,
    RequirementMissing,
    own_handlers,
    requirement_of,
)
from adapters.web.app import shop_handlers
from adapters.web.language import translator
from adapters.web.one_time import FIELD
from adapters.web.outer.app import OuterApp
from adapters.web.visitors import SESSION_COOKIE, STAFF_SESSION_COOKIE
from core.application.carts.ownership import CartOwner
from core.application.tokens import hash_token
from core.domain.accounts import Account, AccountKind
from core.domain.errors import NotAllowed
from core.domain.identifiers import StaffId
from core.domain.staff import AUDITOR, CLERK, MANAGER, OPERATOR
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from ports.sessions import Session
from tests.accounts import a_member, a_staff_member
from tests.bank import Bank
from tests.people import MARKED, bought

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

API = "/api/v1"
PARAMETER = re.compile(r"\{(\w+):\w+\}")
ORIGIN = "http://shop.test"
NOT_ALLOWED = translator("zh")(NotAllowed.template)


@dataclass(frozen=True, slots=True)
class Visitor:
    """``account`` is None without a session. The session can be ended or unconfirmed."""

    name: str
    account: Account | None = None
    permissions: frozenset[str] = frozenset()
    ended: bool = False
    confirmed: bool = True

    def is_member(self) -> bool:
        return self._is_in(AccountKind.CUSTOMER)

    def is_staff(self) -> bool:
        return self._is_in(AccountKind.STAFF)

    def _is_in(self, kind: AccountKind) -> bool:
        return (
            self.account is not None
            and self.account.kind is kind
            and self.confirmed
            and not self.ended
            and "disabled" not in self.name
        )


@dataclass(frozen=True, slots=True)
class Route:
    """``move`` is an action that the path names."""

    method: str
    path: str
    requirement: Requirement
    move: str = ""

    @property
    def is_api(self) -> bool:
        return self.path.startswith(API)

    @property
    def needed(self) -> frozenset[str]:
        return self.requirement.permissions_for({"move": self.move})

    def address(self, number: str) -> str:
        values = {"number": number, "gateway": "none", "action": "prefer"}
        if self.move:
            values["move"] = self.move
        return PARAMETER.sub(lambda found: values.get(found[1], str(UUID(int=1))), self.path)


def routes_of(app: OuterApp) -> Iterator[Route]:
    own = {id(handler) for handler in own_handlers(app.app)}
    for route in app.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            # The pages are the same in both languages.
            if id(handler) in own and not route.path.startswith("/en"):
                requirement = requirement_of(handler)
                moves = (*requirement.moves, "unknown") if requirement.moves else ("",)
                for move in moves:
                    yield Route(min(handler.http_methods), route.path, requirement, move)


@pytest.fixture
async def visitors(stocked: Shop) -> list[Visitor]:
    member = await a_member(stocked)
    boss = await a_staff_member(stocked, "boss@example.com")
    clerk = await a_staff_member(stocked, "clerk@example.com", CLERK)
    auditor = await a_staff_member(stocked, "auditor@example.com", AUDITOR)
    former = await a_staff_member(stocked, "former@example.com")
    roles = {each.role.code: each.role.permissions for each in await stocked.role_queries().list()}
    await stocked.manage_staff().disable(StaffId(former.id), OPERATOR)
    return [
        Visitor("anonymous"),
        Visitor("member", member),
        Visitor("member, session ended", member, ended=True),
        Visitor("member, without second factor", member, confirmed=False),
        Visitor("manager", boss, roles[MANAGER]),
        Visitor("clerk", clerk, roles[CLERK]),
        Visitor("auditor", auditor, roles[AUDITOR]),
        Visitor("manager, session ended", boss, roles[MANAGER], ended=True),
        Visitor("manager, without second factor", boss, roles[MANAGER], confirmed=False),
        Visitor("disabled manager", former, roles[MANAGER]),
    ]


async def session_token(shop: Shop, visitor: Visitor) -> str:
    """A session of its own for each request: a request may end it."""
    if visitor.account is None:
        return ""
    token, now = uuid4().hex, shop.now()()
    async with shop.units()() as unit:
        await unit.sessions.add(
            Session(
                id=uuid4(),
                token_hash=hash_token(token),
                account=visitor.account,
                opened_at=now,
                expires_at=now + timedelta(hours=-1 if visitor.ended else 1),
                confirmed=visitor.confirmed,
            )
        )
        await unit.commit()
    return token


async def answer(
    app: OuterApp, shop: Shop, route: Route, visitor: Visitor, number: str
) -> httpx.Response:
    token = await session_token(shop, visitor)
    headers = {"origin": ORIGIN, "accept-language": "zh"}
    if token and route.is_api:
        headers["authorization"] = f"Bearer {token}"
    elif token:
        headers["cookie"] = f"{SESSION_COOKIE}={token}; {STAFF_SESSION_COOKIE}={token}"
    # Each request comes from another network, so that no rate limit answers.
    address = str(IPv6Address(uuid4().int >> 8))
    transport = httpx.ASGITransport(app=app, client=(address, 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        form = {} if route.is_api or route.method == "GET" else {FIELD: token_urlsafe()}
        return await client.request(route.method, route.address(number), data=form or None)


def outcome(route: Route, response: httpx.Response) -> str:
    """What the gate of the route did: ``in``, ``log in``, ``not allowed`` or ``hidden``."""
    location = response.headers.get("location", "")
    if response.status_code == 403 and NOT_ALLOWED in response.text:
        return "not allowed"
    if route.is_api and response.status_code == 401:
        return "log in" if response.json()["code"] == "sign_in_required" else "in"
    if location.startswith("/zh/login?next=") or location == "/zh/admin/login":
        logs_out = route.path.endswith("/logout") or "/login" in route.path
        return "in" if logs_out else "log in"
    return "hidden" if response.status_code == 404 else "in"


def expected(route: Route, visitor: Visitor) -> set[str]:
    requirement = route.requirement
    if requirement.access in {Access.STAFF, Access.ANY_STAFF}:
        if not visitor.is_staff():
            return {"log in"}
        return {"in", "hidden"} if route.needed <= visitor.permissions else {"not allowed"}
    if requirement.access is Access.MEMBER:
        if visitor.is_member():
            return {"in", "hidden"}
        # A form that a guest can see, such as that of a coupon, leads to the log-in.
        return {"log in"} if route.is_api or route.method == "GET" else {"log in", "hidden"}
    if requirement.access is Access.ORDER:
        return {"hidden"}
    return {"in", "hidden"}


@pytest.mark.slow
async def test_every_route_answers_every_caller_as_it_declares(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank, visitors: list[Visitor]
) -> None:
    """The order of the paths belongs to another member."""
    app = client._transport.app  # type: ignore[attr-defined]
    owner = await a_member(stocked, "owner@example.com")
    cart = CartOwner(customer_id=owner.id)  # type: ignore[arg-type]
    placed = await bought(stocked, bank, cart, MARKED, MARKED.delivery)
    wrong, seen = [], 0
    for route in routes_of(app):
        for visitor in visitors if route.requirement.access is not Access.PUBLIC else visitors[:4]:
            response = await answer(app, stocked, route, visitor, placed.number)
            got = outcome(route, response)
            seen += 1
            if got not in expected(route, visitor):
                wrong.append(f"{route.method} {route.path} as {visitor.name}: {got}")
            if response.status_code >= 500 and response.status_code != 503:
                wrong.append(f"{route.method} {route.path}: {response.status_code}")
    assert not wrong, wrong
    assert seen > 700


async def test_an_order_opens_for_its_owner_and_for_its_token(
    client: httpx.AsyncClient, stocked: Shop, bank: Bank
) -> None:
    """The presence behind the absence above: the order exists."""
    app = client._transport.app  # type: ignore[attr-defined]
    owner = await a_member(stocked, "owner@example.com")
    cart = CartOwner(customer_id=owner.id)  # type: ignore[arg-type]
    placed = await bought(stocked, bank, cart, MARKED, MARKED.delivery)
    own = Visitor("owner", owner)
    orders = [
        each
        for each in routes_of(app)
        if each.requirement.access is Access.ORDER and each.method == "GET"
    ]
    assert len(orders) >= 3
    for route in orders:
        response = await answer(app, stocked, route, own, placed.number)
        assert response.status_code == 200, route
    linked = await client.get(f"/zh/orders/{placed.number}?key={placed.access_token}")
    assert linked.status_code == 200


@get("/undeclared", sync_to_thread=False)
def undeclared() -> str:
    return ""


undeclared.fn.__module__ = "adapters.web.app"


async def test_a_route_without_a_declaration_stops_the_start(
    stocked: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "adapters.web.app.shop_handlers",
        lambda limits: [*shop_handlers(limits), Router("/", route_handlers=[undeclared])],
    )
    with pytest.raises(RequirementMissing, match="undeclared"):
        assemble(stocked)
