"""``Idempotency-Key``: a POST request that is sent twice takes effect once."""

from hashlib import sha256
from typing import Any, cast

import msgspec
from litestar.enums import ScopeType
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from adapters.web.language import preferred_language
from adapters.web.problems import problem_of
from adapters.web.visitors import Authenticator
from core.domain.errors import Invalid, KeyReused
from ports.errors import Unavailable
from ports.idempotency import IdempotencyKeys, StoredResponse

MAX_KEY_LENGTH = 128
MAX_BODY_BYTES = 1_000_000
FIRST_ERROR_STATUS = 400
HEADER = b"idempotency-key"


class Idempotency(ASGIMiddleware):
    """Stores the response of a POST with a key for a day, and replays it.

    Only a success is stored. After an error nothing has changed, so the key can be used again.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        headers = dict(scope["headers"])
        key = headers.get(HEADER, b"").decode("latin-1")
        state = scope["litestar_app"].state
        is_post = scope["method"] == "POST"  # type: ignore[typeddict-item]
        if not key or not is_post or not await _session_is_valid(headers, state["authenticator"]):
            await next_app(scope, receive, send)
            return
        if len(key) > MAX_KEY_LENGTH:
            raise Invalid("Idempotency-Key", "An Idempotency-Key has at most 128 characters.")
        body = await _read_body(receive)
        parts = (headers.get(b"authorization", b""), headers.get(b"order-token", b""))
        caller = sha256(b"\n".join((*parts, scope["path"].encode()))).hexdigest()
        fingerprint = sha256(body).hexdigest()
        keys: IdempotencyKeys = state["idempotency_keys"]
        stored = await keys.begin(caller, key, fingerprint, state["now"]())
        if stored is not None:
            await _replay(stored, fingerprint, send, headers)
            return
        messages = await _process(scope, body, next_app, keys, (caller, key, fingerprint))
        for message in messages:
            await send(message)


async def _session_is_valid(headers: dict[bytes, bytes], authenticator: Authenticator) -> bool:
    """False after sign-out or expiry: a stored response must not be replayed then."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        return True
    return bool(await authenticator.member(token) or await authenticator.staff(token))


async def _process(
    scope: Scope, body: bytes, next_app: ASGIApp, keys: IdempotencyKeys, key: tuple[str, str, str]
) -> list[Message]:
    """Process the request, and store the response if it is a success."""
    messages: list[Message] = []

    async def receive_again() -> HTTPReceiveMessage:
        return cast(
            "HTTPReceiveMessage", {"type": "http.request", "body": body, "more_body": False}
        )

    async def collect(message: Message) -> None:
        messages.append(message)

    caller, name, fingerprint = key
    try:
        await next_app(scope, receive_again, collect)
    except BaseException:
        await keys.abandon(caller, name)
        raise
    response = _stored_response(messages, fingerprint)
    if response.status < FIRST_ERROR_STATUS:
        await keys.finish(caller, name, response)
    else:
        await keys.abandon(caller, name)
    return messages


def _stored_response(messages: list[Message], fingerprint: str) -> StoredResponse:
    start, *rest = messages
    headers = dict(start["headers"])  # type: ignore[typeddict-item]
    return StoredResponse(
        fingerprint=fingerprint,
        status=start["status"],  # type: ignore[typeddict-item]
        content_type=headers.get(b"content-type", b"application/json").decode(),
        body=b"".join(message.get("body", b"") for message in rest),  # type: ignore[misc]
    )


async def _read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = cast("dict[str, Any]", await receive())
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise RequestEntityTooLarge
        if not message.get("more_body", False):
            return bytes(body)


async def _replay(
    stored: StoredResponse, fingerprint: str, send: Send, headers: dict[bytes, bytes]
) -> None:
    if stored.fingerprint != fingerprint:
        raise KeyReused
    if stored.status == 0:
        language = preferred_language(headers.get(b"accept-language", b"").decode("latin-1"))
        problem = problem_of(Unavailable(), language)
        status, content, body = (
            problem.status,
            "application/problem+json",
            msgspec.json.encode(problem),
        )
    else:
        status, content, body = stored.status, stored.content_type, stored.body
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"idempotent-replay", b"true"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
