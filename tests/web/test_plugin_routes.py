"""Routes of plugins: served next to the shop's own, without access to its parts."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from dependency_injector import providers

from adapters.plugins.limits import PluginLimits
from adapters.web.plugin_routes import shop_paths
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop, close_shop, open_shop
from entrepot.settings import Settings
from tests.commands import command
from tests.installed import install_plugin

pytestmark = pytest.mark.anyio

MODULE = '''
from typing import Any
from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, SkipValidation
from entrepot import Capability, Manifest, hookimpl

manifest = Manifest(
    name="{name}", version="1.0", api=">=1,<2", capabilities=frozenset({{Capability.ROUTES}})
)

class Vault:
    """A class that cannot come from a query string."""

def own() -> Vault:
    return Vault()

@hookimpl
def entrepot_routes(context):
    return [route]

'''
VALID = """
@get("/shops/{location:str}", sync_to_thread=False)
def route(location: FromPath[str], currency: FromQuery[str]) -> dict[str, str]:
    return {"location": location, "currency": currency}
"""
INJECTED = """
@get("/keys", sync_to_thread=False)
def route(%s) -> str:
    return "keys"
"""
TAKEN = """
@%s("%s", sync_to_thread=False)
def route() -> str:
    return "mine"
"""

Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a plugin with one route, as pip would."""
    folder = tmp_path / "site-packages"
    monkeypatch.syspath_prepend(str(folder))
    names: list[str] = []

    def write(name: str, route: str) -> None:
        names.append(name)
        install_plugin(folder, name, MODULE.format(name=name) + route)

    yield write
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
async def unloaded(_environment: None, tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop that has not loaded plugins yet. These tests need no database."""
    shop = open_shop(
        Settings(
            secret_key="a secret of the tests, long enough",  # type: ignore[arg-type]
            database_url=f"sqlite:///{tmp_path / 'shop.db'}",
            data_dir=tmp_path / "data",
        )
    )
    yield shop
    await close_shop(shop)


async def response_of(shop: Shop, path: str) -> httpx.Response:
    app = assemble(shop)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        assert (await client.get("/health/live")).status_code == 200
        return await client.get(path)


def refusals(shop: Shop) -> dict[str, str]:
    return {each.name: each.reason for each in shop.plugin_report()() if each.state == "refused"}


async def test_a_route_of_a_plugin_is_served(install: Install, unloaded: Shop) -> None:
    install("branches", VALID)
    response = await response_of(unloaded, "/shops/hangzhou?currency=EUR")
    assert response.json() == {"location": "hangzhou", "currency": "EUR"}
    assert "branches" not in refusals(unloaded)


@pytest.mark.parametrize("part", ["vault", "database", "settings"])
@pytest.mark.parametrize("kind", ["NamedDependency[SkipValidation[Any]]", "Any", "Vault"])
async def test_a_plugin_cannot_inject_a_part_of_the_shop(
    install: Install, unloaded: Shop, part: str, kind: str
) -> None:
    assert callable(getattr(unloaded, part))
    install("curious", INJECTED % f"{part}: {kind}")
    assert (await response_of(unloaded, "/keys")).status_code == 404
    reason = refusals(unloaded)["curious"]
    assert part in reason
    assert "\n" not in reason


async def test_a_plugin_can_inject_its_own_dependencies(install: Install, unloaded: Shop) -> None:
    route = INJECTED % "vault: NamedDependency[SkipValidation[Vault]]"
    provided = 'dependencies={"vault": Provide(own, sync_to_thread=False)}, sync_to_thread'
    install("provident", route.replace("sync_to_thread", provided, 1))
    assert (await response_of(unloaded, "/keys")).text == "keys"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/zh/cart"),
        ("post", "/zh/p/{name:str}"),
        ("get", "/metrics"),
        ("get", "/api/v1/orders/{order_number:str}"),
        ("get", "/schema/openapi.json"),
    ],
)
async def test_a_plugin_cannot_take_a_path_of_the_shop(
    install: Install, unloaded: Shop, method: str, path: str
) -> None:
    install("squatter", TAKEN % (method, path))
    assert (await response_of(unloaded, "/favicon.ico")).status_code == 302
    assert refusals(unloaded)["squatter"] == f"its route {path} is taken"


async def test_the_first_of_two_plugins_with_one_path_gets_it(
    install: Install, unloaded: Shop
) -> None:
    install("aaa", TAKEN % ("get", "/points"))
    install("bbb", TAKEN % ("get", "/points"))
    assert (await response_of(unloaded, "/points")).text == "mine"
    assert refusals(unloaded) == {**refusals(unloaded), "bbb": "its route /points is taken"}
    assert "aaa" not in refusals(unloaded)


async def test_the_command_line_shows_the_reason(install: Install, unloaded: Shop) -> None:
    install("squatter", TAKEN % ("get", "/zh/cart"))
    result = await command(unloaded, "plugins", "list")
    assert result.exit_code == 1
    assert "its route /zh/cart is taken" in result.output


def test_the_paths_of_the_shop_include_every_router() -> None:
    assert {"/", "/zh/cart", "/en/admin/orders", "/api/v1/orders/{}", "/notify/{}"} <= shop_paths()


LATE = """
import asyncio, time
from litestar import Request
from litestar.datastructures import Cookie
from litestar import Response

@%s("/late"%s)
async def route(request: Request) -> Any:
    %s
"""


@pytest.fixture
def limited(unloaded: Shop) -> Shop:
    """A shop that waits 0.2 seconds for a plugin."""
    limits = PluginLimits(seconds=0.2, blocked_seconds=0.2)
    unloaded.plugin_limits.override(providers.Object(limits))
    return unloaded


async def send(
    shop: Shop, method: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> httpx.Response:
    transport = httpx.ASGITransport(assemble(shop), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        return await client.request(method, "/late", content=body, headers=headers)


async def test_a_route_cannot_set_a_cookie_of_the_shop(install: Install, limited: Shop) -> None:
    stolen = "return Response(b'', cookies=[Cookie('entrepot_session', 'stolen')])"
    install("late", LATE % ("get", "", stolen))
    response = await send(limited, "GET")
    assert response.status_code == 503
    assert response.json()["code"] == "unavailable"
    assert "set-cookie" not in response.headers
    (health,) = [each for each in limited.plugin_report()() if each.name == "late"]
    assert [(each.purpose, each.failures) for each in health.activity if each.failures] == [
        ("routes", 1)
    ]


async def test_a_route_gets_no_session_and_no_part_of_the_shop(
    install: Install, limited: Shop
) -> None:
    install(
        "late",
        LATE % ("get", "", "return [request.cookies, list(request.app.state)]"),
    )
    cookie = "entrepot_session=secret; colour=green; entrepot_staff=secret"
    response = await send(limited, "GET", headers={"cookie": cookie})
    assert response.json() == [{"colour": "green"}, []]


FOREIGN = {"sec-fetch-site": "cross-site"}


@pytest.mark.parametrize(
    ("declared", "headers", "status"),
    [
        ("", FOREIGN, 403),
        ("", {}, 403),
        ("", {"origin": "http://shop"}, 201),
        (", opt={'cross_site': True}", FOREIGN, 201),
        (", opt={'cross_site': True}", {}, 201),
    ],
)
async def test_another_site_posts_only_to_a_route_that_declares_it(
    install: Install, limited: Shop, declared: str, headers: Mapping[str, str], status: int
) -> None:
    install("late", LATE % ("post", declared, "return {}"))
    assert (await send(limited, "POST", headers=headers)).status_code == status


async def test_a_body_that_is_too_long_does_not_reach_the_plugin(
    install: Install, limited: Shop
) -> None:
    install(
        "late", LATE % ("post", ", opt={'cross_site': True}", "return len(await request.body())")
    )
    assert (await send(limited, "POST", b"x" * 1_000_000)).json() == 1_000_000
    assert (await send(limited, "POST", b"x" * 1_000_001)).status_code == 413


async def test_an_address_has_a_limit_of_requests_per_minute(
    install: Install, limited: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.web.plugin_apps.REQUESTS_PER_MINUTE", 3)
    install("late", LATE % ("get", "", "return {}"))
    transport = httpx.ASGITransport(assemble(limited))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        statuses = [(await client.get("/late")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


async def test_a_route_says_which_methods_it_has(install: Install, limited: Shop) -> None:
    install("late", LATE % ("post", "", "return {}"))
    assert (await send(limited, "OPTIONS")).headers["allow"] == "OPTIONS, POST"
    assert (await send(limited, "GET")).status_code == 405


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/{anything:path}", "begins with a parameter"),
        ("/static/app.css", "is taken"),
        ("/media/{name:str}", "is taken"),
    ],
)
async def test_a_plugin_cannot_take_paths_of_others(
    install: Install, unloaded: Shop, path: str, reason: str
) -> None:
    install("squatter", TAKEN % ("get", path))
    assert (await response_of(unloaded, "/favicon.ico")).status_code == 302
    assert reason in refusals(unloaded)["squatter"]
