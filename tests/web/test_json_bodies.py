"""Bodies that are no JSON, or that two programs would read differently, are the client's errors."""

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.inspect import (
    DictType,
    Field,
    IntType,
    ListType,
    Metadata,
    StrType,
    StructType,
    Type,
    UnionType,
    type_info,
)
from structlog.testing import capture_logs

import adapters.web.api.router  # noqa: F401 -- defines the bodies
from adapters.web.api.body import Body
from entrepot.assembly.shop import Shop

pytestmark = pytest.mark.anyio
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SKU = b'"sku": "CELADON-TEAPOT-S"'
WRONG = {
    "open brackets": b"[" * 100_000,
    "open objects": b'{"sku":' * 100_000,
    "nested arrays": b"[" * 5_000 + b"]" * 5_000,
    "not UTF-8": b'{"sku":"\xff\xfe"}',
    "a name that is not UTF-8": b'{"\xff":"A"}',
    "half a surrogate pair": b'{"sku":"\\ud800"}',
    "half a surrogate pair in a name": b'{"\\ud800":1}',
    "half a surrogate pair as bytes": b'{"sku":"\xed\xa0\x80"}',
    "an integer without an end": b"{%s, " % SKU + b'"quantity":' + b"9" * 100_000 + b"}",
    "an integer of 30 digits": b"{%s, " % SKU + b'"quantity":' + b"9" * 30 + b"}",
    "an integer beyond 64 bits": b"{%s, " % SKU + b'"quantity":9223372036854775808}',
    "an integer of 64 bits": b"{%s, " % SKU + b'"quantity":9223372036854775807}',
    "a number beyond a float": b"{%s, " % SKU + b'"quantity":1e999}',
    "no number": b"{%s, " % SKU + b'"quantity":NaN}',
    "equal names": b'{"sku":"A", %s}' % SKU,
    "equal names inside": b'{"contact":{"a":1,"a":2}}',
    "a byte order mark": b"\xef\xbb\xbf{%s}" % SKU,
    "UTF-16": '{"sku":"A"}'.encode("utf-16"),
    "a number as a text": b'{%s, "quantity":"2"}' % SKU,
    "a number as a float": b'{%s, "quantity":2.5}' % SKU,
    "a boolean as a number": b'{%s, "quantity":true}' % SKU,
    "nothing": b"",
}


async def lines_of(client: httpx.AsyncClient) -> str:
    """The path of the lines of a new cart."""
    token = (await client.post("/api/v1/carts")).json()["token"]
    return f"/api/v1/carts/{token}/lines"


@on_sqlite
async def test_a_wrong_body_is_a_400(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    lines = await lines_of(client)
    for name, body in WRONG.items():
        for key in ("", f"key {name}"):
            headers = {"content-type": "application/json", "idempotency-key": key}
            with subtests.test(body=name, key=key):
                answer = await client.post(lines, content=body, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@on_sqlite
async def test_a_body_of_another_type_is_a_415(client: httpx.AsyncClient) -> None:
    lines = await lines_of(client)
    body = b"{%s}" % SKU
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        refused = await client.post(lines, content=body, headers={"content-type": content_type})
        assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media_type")
    body = b"{%s, " % SKU + b'"quantity": 2.0}'
    declared = {"content-type": "application/json; charset=utf-8"}
    assert (await client.post(lines, content=body, headers=declared)).status_code == 201


@on_sqlite
async def test_a_body_field_with_the_name_of_a_dependency_is_the_clients_error(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await stocked.add_staff()("boss@example.com", "correct horse", "Boss")
    login = {"login": "boss@example.com", "password": "correct horse"}
    token = (await client.post("/api/v1/staff-sessions", json=login)).json()["token"]
    for location, status in (("x" * 61, 400), ("nowhere", 404), ("main", 200)):
        with capture_logs() as logs:
            answer = await client.put(
                "/api/v1/admin/stock/CELADON-TEAPOT-S",
                json={"on_hand": 3, "location": location},
                headers={"authorization": f"Bearer {token}"},
            )
        assert answer.status_code == status, answer.text
        assert [each.get("location") for each in logs] == (["nowhere"] if status == 404 else [])
        if status == 400:
            assert answer.json()["errors"][0]["field"] == "location"


@on_sqlite
async def test_a_version_that_no_cart_has_is_a_conflict_or_a_400(client: httpx.AsyncClient) -> None:
    lines = await lines_of(client)
    cart = (await client.post(lines, json={"sku": "CELADON-TEAPOT-S"})).json()
    path = f"{lines}/{cart['lines'][0]['key']}"
    for version, status in ((2**31 - 1, 409), (2**31, 400), (2**64, 400), (-1, 400)):
        answer = await client.patch(path, json={"quantity": 2, "version": version})
        assert answer.status_code == status, version


def bodies(base: type[msgspec.Struct] = Body) -> Iterator[type[msgspec.Struct]]:
    for kind in base.__subclasses__():
        yield kind
        yield from bodies(kind)


def unlimited(kind: Type) -> Iterator[str]:
    """The parts of a type without a limit. Numbers must fit into a column."""
    match kind:
        case Metadata():
            yield from unlimited(kind.type)
        case IntType() if kind.ge is None or kind.le is None or max(-kind.ge, kind.le) >= 2**63:
            yield "number"
        case StrType() if kind.max_length is None and kind.pattern is None:
            yield "text"
        case ListType():
            yield from ["list"] if kind.max_length is None else []
            yield from unlimited(kind.item_type)
        case DictType():
            limited = kind.max_length is not None or not isinstance(kind.key_type, StrType)
            yield from [] if limited else ["object"]
            yield from (*unlimited(kind.key_type), *unlimited(kind.value_type))
        case UnionType():
            for each in kind.types:
                yield from unlimited(each)


def fields_of(body: Any) -> tuple[Field, ...]:
    kind = type_info(body)
    assert isinstance(kind, StructType)
    return kind.fields


def test_every_field_of_every_body_has_a_limit() -> None:
    assert list(unlimited(type_info(int))) == ["number"]
    assert list(unlimited(type_info(dict[str, str]))) == ["object", "text", "text"]
    found = {
        f"{body.__name__}.{field.name}: {part}"
        for body in bodies()
        for field in fields_of(body)
        for part in unlimited(field.type)
    }
    assert len(list(bodies())) > 15
    assert found == set()
