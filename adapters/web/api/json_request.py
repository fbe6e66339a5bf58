"""Reads JSON bodies strictly: what two programs could read differently is refused (RFC 8259)."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ClientException, ValidationException
from litestar.exceptions.http_exceptions import HTTPException
from litestar.types import Empty

MEDIA_TYPE = "application/json"


class UnsupportedMediaType(HTTPException):
    """The body is not declared as JSON."""

    status_code = 415


class Malformed(ClientException):
    """The body is not JSON, is nested too deeply, or has a name twice in an object."""


class JsonRequest(Request[Any, Any, Any]):
    """A request of the JSON API."""

    async def json(self) -> Any:
        """The value of the body.

        Raises:
            UnsupportedMediaType: the content type is another one.
            Malformed: the body cannot be read, or not in one way only.
        """
        if self._json is Empty:
            self._json = self._connection_state.json = self._read(await self.body())
        return self._json

    def _read(self, body: bytes) -> Any:
        declared = self.headers.get("content-type", MEDIA_TYPE).partition(";")[0].strip().lower()
        if declared != MEDIA_TYPE:
            raise UnsupportedMediaType
        field = self.route_handler.parsed_data_field
        return read_json(body) if field is None else read_body(body, field.annotation)


def read_json(body: bytes) -> Any:
    """Raises `Malformed`.

    >>> read_json(b'{"sku": "A"}')
    {'sku': 'A'}
    >>> read_json(b'{"sku": "A", "sku": "B"}')
    Traceback (most recent call last):
    adapters.web.api.json_request.Malformed: 400: the name “sku” is there twice
    """
    try:
        # msgspec refuses NaN and half of a surrogate pair, but takes the last of equal names.
        msgspec.json.decode(body)
        return json.loads(body, object_pairs_hook=_object, parse_float=_number)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Malformed(str(error)) from error


def read_body(body: bytes, kind: Any) -> Any:
    """The body as ``kind``, without conversions such as a text to a number.

    Litestar would convert, and answer 500 if a field of the body has the name of a dependency.

    Raises:
        Malformed: and `ValidationException` with the name of the first wrong field.
    """
    value = read_json(body)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        name = path.removesuffix("`").removeprefix(".") or "data"
        raise ValidationException(extra=[{"key": name, "message": message}]) from error


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise Malformed(f"the name “{name}” is there twice")
        members[name] = value
    return members


def _number(text: str) -> int | float:
    """JSON has one kind of number: 2.0 is an integer, as JSON Schema defines it."""
    number = float(text)
    return int(number) if number.is_integer() else number
