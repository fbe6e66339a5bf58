"""Reverse proxies: who a client is, and what a header from anybody else can change."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from ipaddress import ip_network
from itertools import count
from typing import Any, cast

import httpx
import pytest
from dependency_injector import providers
from hypothesis import given
from hypothesis import strategies as st
from litestar.types import HTTPScope
from pydantic import ValidationError

from adapters.web.client_address import ProxyHeaders, TrustedProxies, network_of
from core.domain.identifiers import BaseUrl
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from entrepot.settings import Settings
from tests.bank import Bank
from tests.conftest import SECRET
from tests.web.api_client import filled_cart, order_form

pytestmark = pytest.mark.anyio

PROXY = "10.1.2.3"
NETWORKS = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")]
WRONG = {"login": "nobody@example.com", "password": "wrong"}
HOSTILE = st.text(st.characters(max_codepoint=0xFF), max_size=60)

Clients = Callable[..., httpx.AsyncClient]


def resolved(
    peer: tuple[str, int] | None,
    headers: Mapping[str, str],
    kind: ProxyHeaders = "x-forwarded",
    networks: Any = NETWORKS,
) -> dict[str, Any]:
    scope: dict[str, Any] = {
        "client": peer,
        "scheme": "http",
        "headers": [
            (b"host", b"inside:8000"),
            *((name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()),
        ],
    }
    TrustedProxies(networks, kind).resolve(cast("HTTPScope", scope))
    return scope


def client_of(*arguments: Any, **options: Any) -> str | None:
    client = resolved(*arguments, **options)["client"]
    return client[0] if client else None


@pytest.mark.parametrize(
    ("reported", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.9.9.9", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", PROXY),
        ("", PROXY),
        ("203.0.113.7, nonsense", PROXY),
        ("10.7.7.7", "10.7.7.7"),
    ],
)
def test_the_client_is_the_rightmost_address_that_is_no_proxy(reported: str, client: str) -> None:
    assert client_of((PROXY, 1), {"X-Forwarded-For": reported}) == client


@pytest.mark.parametrize(
    ("reported", "client"),
    [
        ("for=203.0.113.7;proto=https;host=shop.example", "203.0.113.7"),
        ('For="[2001:db8::7]:4711"', "2001:db8::7"),
        ("for=6.6.6.6, for=203.0.113.7;by=10.1.2.3", "203.0.113.7"),
        ('for="_hidden", for=203.0.113.7', "203.0.113.7"),
        ("for=_hidden", PROXY),
        # The proxy appends to a header that its client began: an open quote swallows nothing.
        ('for="6.6.6.6, for=203.0.113.7', PROXY),
        ('for=6.6.6.6;x=", for=203.0.113.7', PROXY),
    ],
)
def test_forwarded_is_read_as_rfc_7239_defines_it(reported: str, client: str) -> None:
    assert client_of((PROXY, 1), {"Forwarded": reported}, kind="forwarded") == client


def test_the_proxy_reports_scheme_and_host_of_its_client() -> None:
    headers = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "shop.example",
    }
    scope = resolved((PROXY, 1), headers)
    assert scope["scheme"] == "https"
    assert scope["headers"] == [(b"host", b"shop.example")]
    forwarded = {"Forwarded": 'for=203.0.113.7;proto=https;host="shop.example:8443"'}
    scope = resolved((PROXY, 1), forwarded, "forwarded")
    assert scope["scheme"] == "https"
    assert scope["headers"] == [(b"host", b"shop.example:8443")]


@pytest.mark.parametrize("kind", ["x-forwarded", "forwarded"])
def test_a_header_of_the_other_kind_changes_nothing(kind: ProxyHeaders) -> None:
    """Nginx passes on the ``Forwarded`` of its client, and other proxies ``X-Forwarded-For``."""
    headers = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.8"}
    expected = {"x-forwarded": "203.0.113.7", "forwarded": "203.0.113.8"}
    assert client_of((PROXY, 1), headers, kind=kind) == expected[kind]


@given(HOSTILE, HOSTILE, st.sampled_from(["x-forwarded", "forwarded"]))
def test_a_header_of_a_client_that_is_no_proxy_changes_nothing(
    client: str, forwarded: str, kind: ProxyHeaders
) -> None:
    headers = {
        "X-Forwarded-For": client,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "6.6.6.6",
        "Forwarded": forwarded,
    }
    scope = resolved(("203.0.113.9", 1), headers, kind)
    assert scope["client"] == ("203.0.113.9", 0)
    assert scope["scheme"] == "http"
    assert scope["headers"] == [(b"host", b"inside:8000")]


@given(HOSTILE, st.sampled_from(["x-forwarded", "forwarded"]))
def test_what_a_client_sends_through_the_proxy_changes_nothing(
    prefix: str, kind: ProxyHeaders
) -> None:
    """The proxy appends the true address to whatever its client has sent."""
    appended = {"x-forwarded": "203.0.113.9", "forwarded": "for=203.0.113.9"}[kind]
    name = {"x-forwarded": "X-Forwarded-For", "forwarded": "Forwarded"}[kind]
    client = client_of((PROXY, 1), {name: f"{prefix}, {appended}"}, kind=kind)
    assert client in {"203.0.113.9", PROXY}


def test_a_mapped_address_of_a_proxy_is_trusted() -> None:
    assert client_of((f"::ffff:{PROXY}", 1), {"X-Forwarded-For": "203.0.113.7"}) == "203.0.113.7"


@pytest.mark.parametrize("peer", [None, ("", 0)])
def test_a_unix_socket_is_trusted_if_the_settings_say_so(peer: tuple[str, int] | None) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7"}
    assert client_of(peer, headers) is None
    assert client_of(peer, headers, networks=["unix"]) == "203.0.113.7"


def test_one_ipv6_customer_is_one_client() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::2")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")


@pytest.mark.parametrize("value", [["0.0.0.0/0"], ["::/0"], ["10.0.0.1/8"], ["proxy.example"]])
def test_the_setting_refuses_what_is_no_proxy(value: list[str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"secret_key": SECRET, "trusted_proxies": value})


@pytest.fixture
async def clients(stocked: Shop) -> AsyncIterator[Clients]:
    """Clients of a shop behind a proxy, by the address of their connection and their headers."""
    settings = stocked.settings().model_copy(update={"trusted_proxies": tuple(NETWORKS)})
    stocked.settings.override(settings)
    stocked.base_url.override(providers.Object(BaseUrl("https://shop.example")))
    app = assemble(stocked)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.app.lifespan())

        def client(peer: str, **headers: str) -> httpx.AsyncClient:
            return httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app, client=(peer, 1)),  # type: ignore[arg-type]
                base_url="http://inside:8000",
                headers={name.replace("_", "-"): value for name, value in headers.items()},
            )

        yield client


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/staff-sessions", "/zh/login"])
async def test_twenty_people_behind_one_proxy_have_ten_attempts_each(
    clients: Clients, path: str
) -> None:
    async def attempt(client: httpx.AsyncClient) -> int:
        """Each attempt is at another account: an account has a limit of its own."""
        wrong = {**WRONG, "login": f"{next(numbers)}@example.com"}
        body: Any = {"data": wrong} if path.startswith("/zh") else {"json": wrong}
        return (
            await client.post(path, **body, headers={"sec-fetch-site": "same-origin"})
        ).status_code

    numbers = count()
    for number in range(20):
        person = clients(PROXY, x_forwarded_for=f"203.0.113.{number}")
        assert [await attempt(person) for _ in range(2)] == [401, 401]
    stubborn = clients(PROXY, x_forwarded_for="203.0.113.99")
    assert [await attempt(stubborn) for _ in range(11)] == [401] * 10 + [429]
    # A header of one's own gives no further attempts, through the proxy or around it.
    assert await attempt(clients(PROXY, x_forwarded_for="6.6.6.6, 203.0.113.99")) == 429
    direct = [clients("198.51.100.1", x_forwarded_for=f"6.6.6.{n}") for n in range(11)]
    assert [await attempt(each) for each in direct] == [401] * 10 + [429]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_forms_work_behind_a_proxy_that_sends_its_own_host(clients: Clients) -> None:
    form = {"login": "nobody@example.com", "password": "wrong"}

    async def post(**headers: str) -> int:
        return (await clients(PROXY, **headers).post("/zh/login", data=form)).status_code

    assert await post(origin="https://shop.example") == 401
    assert await post(origin="http://shop.example") == 403
    assert await post(origin="https://evil.example") == 403
    assert await post(origin="null") == 403
    assert await post() == 403
    forwarded = {"x_forwarded_for": "203.0.113.7", "x_forwarded_host": "shop2.example"}
    assert await post(origin="https://shop2.example", **forwarded) == 401
    direct = clients("203.0.113.7", x_forwarded_host="evil.example", origin="https://evil.example")
    assert (await direct.post("/zh/login", data=form)).status_code == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_gateway_gets_the_address_of_the_buyer(clients: Clients, bank: Bank) -> None:
    reported = "6.6.6.6, 2001:db8::7"
    async with clients(PROXY, x_forwarded_for=reported) as buyer:
        form = await order_form(buyer, await filled_cart(buyer))
        order = (await buyer.post("/api/v1/orders", json=form)).json()
        await buyer.post(
            f"/api/v1/orders/{order['number']}/payments",
            json={"gateway": "bank"},
            headers={"order-token": order["access_token"]},
        )
    assert [each.client_ip for each in bank.asked] == ["2001:db8::7"]
