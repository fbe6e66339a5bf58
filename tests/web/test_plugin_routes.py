"""Routes of plugins: served next to the shop's own, without access to its parts."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from adapters.web.plugin_routes import shop_paths
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop, close_shop, open_shop
from entrepot.settings import Settings
from tests.commands import command

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
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    names: list[str] = []

    def write(name: str, route: str) -> None:
        names.append(name)
        (folder / f"{name}.py").write_text(MODULE.format(name=name) + route)
        metadata = folder / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[entrepot.plugins]\n{name} = {name}\n")

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
