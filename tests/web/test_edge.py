"""What stands between the network and the pages: headers of every route, files, and load."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from litestar import Litestar

from adapters.web.outer.app import OuterApp
from adapters.web.visitors import STAFF_SESSION_COOKIE
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PUBLIC_API = {
    "/api/v1/categories",
    "/api/v1/products",
    "/api/v1/products/{handle:str}",
    "/api/v1/products/{handle:str}/also-bought",
    "/api/v1/gateways",
}


@pytest.fixture
async def served(stocked: Shop) -> AsyncIterator[tuple[httpx.AsyncClient, OuterApp]]:
    """A client without cookies and without an origin, for a process that does one thing at once."""
    stocked.settings.override(stocked.settings().model_copy(update={"max_requests": 1}))
    app = assemble(stocked)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.app.lifespan())
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url="http://shop.test",
        )
        yield await stack.enter_async_context(client), app


def routes(app: Litestar) -> list[tuple[str, str]]:
    """Method and path of every route, from the route table."""
    return sorted(
        (method, route.path)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method not in {"OPTIONS", "HEAD"}
    )


def filled(path: str) -> str:
    """The path with a value for each parameter."""
    parts = path.split("/")
    return "/".join(
        "00000000-0000-7000-8000-000000000000" if ":uuid}" in part else "1" if "{" in part else part
        for part in parts
    )


async def test_no_route_lets_others_store_a_personal_answer(
    served: tuple[httpx.AsyncClient, OuterApp],
) -> None:
    client, app = served
    seen = 0
    for method, path in routes(app.app):
        answer = await client.request(method, filled(path), headers={"authorization": "Bearer x"})
        stored = answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert "default-src 'none'" in answer.headers["content-security-policy"], path
        if path.startswith("/api/") and path not in PUBLIC_API:
            assert "no-store" in stored, path
            seen += 1
        if not answer.is_success:
            assert "no-store" in stored or answer.is_redirect, path
    assert seen > 30


async def test_the_catalogue_may_be_stored_for_seconds_and_its_errors_not_at_all(
    served: tuple[httpx.AsyncClient, OuterApp],
) -> None:
    client, _ = served
    answer = await client.get("/api/v1/products")
    assert set(answer.headers["cache-control"].split(", ")) == {"public", "max-age=5"}
    assert answer.headers["vary"] == "accept-language"
    missing = await client.get("/api/v1/products/none")
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")


async def test_a_picture_runs_nothing(
    served: tuple[httpx.AsyncClient, OuterApp], stocked: Shop
) -> None:
    client, _ = served
    await stocked.media().put("evil.svg", SVG)
    answer = await client.get("/media/evil.svg")
    assert answer.status_code == 200
    assert answer.content == SVG
    assert answer.headers["content-type"] == "image/svg+xml"
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_files_are_revalidated_and_fingerprinted_ones_stay(
    served: tuple[httpx.AsyncClient, OuterApp],
) -> None:
    client, _ = served
    first = await client.get("/static/shop.css")
    assert first.headers["content-type"].startswith("text/css")
    etag = first.headers["etag"]
    again = await client.get("/static/shop.css", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" in (await client.get("/static/shop.css?v=1")).headers["cache-control"]
    head = await client.head("/static/shop.css")
    assert head.headers["content-length"] == first.headers["content-length"]
    assert head.content == b""
    assert (await client.post("/static/shop.css")).status_code == 405


@pytest.mark.parametrize(
    "path", ["/static/", "/static/../pages.py", "/static/%2e%2e/pages.py", "/media/none.svg"]
)
async def test_only_files_of_the_folder_are_served(
    served: tuple[httpx.AsyncClient, OuterApp], path: str
) -> None:
    client, _ = served
    assert (await client.get(path)).status_code == 404


async def test_an_overloaded_process_refuses_at_once_and_answers_who_must_know(
    served: tuple[httpx.AsyncClient, OuterApp],
) -> None:
    client, _ = served
    answers = await asyncio.gather(
        *(client.get("/api/v1/products", params={"q": f"tea {n}"}) for n in range(12)),
        *(client.get(f"/zh/search?q={n}") for n in range(12)),
    )
    refused = [each for each in answers if each.status_code == 503]
    assert len(refused) == len(answers) - 1
    assert all(int(each.headers["retry-after"]) > 0 for each in refused)
    assert refused[0].json()["code"] == "busy"
    assert "目前访问人数较多" in refused[-1].text
    admitted = await asyncio.gather(
        client.get("/api/v1/products"),
        client.post("/api/v1/carts"),
        client.get("/health/live"),
        client.get("/health/ready"),
        client.post("/notify/sandbox", content=b"x"),
    )
    assert [each.status_code for each in admitted if each.status_code == 503] == []
    assert "entrepot_shed_requests_total 23.0" in (await client.get("/metrics")).text


HOSTILE = {
    "application/json": (b"[" * 50_000, b'{"a":"\xff"}', b'{"a":1,"a":2}', b"null", b"0", b"{}"),
    "application/x-www-form-urlencoded": (b"%ff=%fe&=&%00=\x00", b"a=" + b"9" * 400_000),
    "multipart/form-data; boundary=x": (b"--x\r\nbroken", b"--x--", b""),
    "multipart/form-data": (b"--x",),
    "text/plain": (b"\xff\xfe",),
}
STAFF = {"login": "boss@example.com", "password": "correct horse"}


async def test_no_route_fails_at_a_hostile_body(
    served: tuple[httpx.AsyncClient, OuterApp], stocked: Shop
) -> None:
    """As a colleague, who gets furthest. A plugin's notifications are the plugin's own."""
    client, app = served
    await stocked.add_staff()(STAFF["login"], STAFF["password"], "Boss")
    token = (await client.post("/api/v1/staff-sessions", json=STAFF)).json()["token"]
    session = {
        "authorization": f"Bearer {token}",
        "cookie": f"{STAFF_SESSION_COOKIE}={token}",
        "sec-fetch-site": "same-origin",
    }
    tried = 0
    for method, path in routes(app.app):
        if method == "GET" or "logout" in path or path.endswith("/sessions/current"):
            continue
        for content_type, bodies in HOSTILE.items():
            for body in bodies:
                headers = {**session, "content-type": content_type}
                answer = await client.request(method, filled(path), content=body, headers=headers)
                assert answer.status_code < 500, (method, path, content_type, body[:40])
                tried += 1
    assert tried > 500


async def test_no_route_fails_at_a_body_that_is_too_large(
    served: tuple[httpx.AsyncClient, OuterApp],
) -> None:
    client, app = served
    body = b'{"a":"' + b"x" * 1_100_000 + b'"}'
    for method, path in routes(app.app):
        if method in {"GET", "DELETE"}:
            continue
        headers = {"content-type": "application/json", "sec-fetch-site": "same-origin"}
        answer = await client.request(method, filled(path), content=body, headers=headers)
        # A route that needs no body does not read it.
        assert answer.status_code < 500, (method, path)
