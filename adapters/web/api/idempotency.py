"""``Idempotency-Key``: a POST request that is sent twice takes effect once."""

from hashlib import sha256
from typing import Any, cast

import msgspec
from litestar.enums import ScopeType
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from adapters.web.language import preferred
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
    """Stores the answer of a POST with a key, and repeats it for a day.

    Only success is stored: an error means that nothing changed, so the key stays usable.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        headers = dict(scope["headers"])
        key = headers.get(HEADER, b"").decode("latin-1")
        state = scope["litestar_app"].state
        is_post = scope["method"] == "POST"  # type: ignore[typeddict-item]
        if not key or not is_post or not await _is_live(headers, state["authenticator"]):
            await next_app(scope, receive, send)
            return
        if len(key) > MAX_KEY_LENGTH:
            raise Invalid("Idempotency-Key", "An Idempotency-Key has at most 128 characters.")
        body = await _read(receive)
        parts = (headers.get(b"authorization", b""), headers.get(b"order-token", b""))
        caller = sha256(b"\n".join((*parts, scope["path"].encode()))).hexdigest()
        fingerprint = sha256(body).hexdigest()
        keys: IdempotencyKeys = state["idempotency_keys"]
        kept = await keys.begin(caller, key, fingerprint, state["now"]())
        if kept is not None:
            await _repeat(kept, fingerprint, send, headers)
            return
        messages = await _answered(scope, body, next_app, keys, (caller, key, fingerprint))
        for message in messages:
            await send(message)


async def _is_live(headers: dict[bytes, bytes], authenticator: Authenticator) -> bool:
    """False for an ended session: the stored answer must not be repeated to it."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        return True
    return bool(await authenticator.member(token) or await authenticator.staff(token))


async def _answered(
    scope: Scope, body: bytes, next_app: ASGIApp, keys: IdempotencyKeys, key: tuple[str, str, str]
) -> list[Message]:
    """Process the request, and store the answer if it is a success."""
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
    answer = _answer_of(messages, fingerprint)
    if answer.status < FIRST_ERROR_STATUS:
        await keys.finish(caller, name, answer)
    else:
        await keys.abandon(caller, name)
    return messages


def _answer_of(messages: list[Message], fingerprint: str) -> StoredResponse:
    start, *rest = messages
    headers = dict(start["headers"])  # type: ignore[typeddict-item]
    return StoredResponse(
        fingerprint=fingerprint,
        status=start["status"],  # type: ignore[typeddict-item]
        content_type=headers.get(b"content-type", b"application/json").decode(),
        body=b"".join(message.get("body", b"") for message in rest),  # type: ignore[misc]
    )


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = cast("dict[str, Any]", await receive())
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise RequestEntityTooLarge
        if not message.get("more_body", False):
            return bytes(body)


async def _repeat(
    kept: StoredResponse, fingerprint: str, send: Send, headers: dict[bytes, bytes]
) -> None:
    if kept.fingerprint != fingerprint:
        raise KeyReused
    if kept.status == 0:
        language = preferred(headers.get(b"accept-language", b"").decode("latin-1"))
        busy = problem_of(Unavailable(), language)
        status, content, body = busy.status, "application/problem+json", msgspec.json.encode(busy)
    else:
        status, content, body = kept.status, kept.content_type, kept.body
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
