"""``Idempotency-Key``: a POST request that is sent twice takes effect once."""

from hashlib import sha256
from typing import Any, cast

import msgspec
from litestar.enums import ScopeType
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from adapters.web.visitors import Authenticator
from core.domain.errors import Invalid
from ports.idempotency import Claim, IdempotencyKeys, StoredResponse, claiming
from ports.security import CartTokens

MAX_KEY_LENGTH = 128
MAX_BODY_BYTES = 1_000_000
FIRST_ERROR_STATUS = 400
HEADER = b"idempotency-key"


class Idempotency(ASGIMiddleware):
    """Stores the response of a POST with a key for a day, and replays it.

    The unit of work stores the key in the transaction of the effect (`ports.idempotency`), so a
    crash before the response is stored does not repeat the effect. The handler then answers the
    repetition: its use case raises `AlreadyDone`. A refused request stores nothing.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        headers = dict(scope["headers"])
        key = headers.get(HEADER, b"").decode("latin-1")
        is_post = scope["method"] == "POST"  # type: ignore[typeddict-item]
        if not key or not is_post:
            await next_app(scope, receive, send)
            return
        if len(key) > MAX_KEY_LENGTH:
            raise Invalid("Idempotency-Key", "An Idempotency-Key has at most 128 characters.")
        body = await _read_body(receive)
        state = scope["litestar_app"].state
        caller = await _caller(scope, headers, body, state["authenticator"], state["cart_tokens"])
        if not caller:
            await next_app(scope, _receive_again(body), send)
            return
        claim = Claim(
            scope=sha256("\n".join((*caller, scope["path"])).encode()).hexdigest(),
            key=key,
            fingerprint=sha256(body).hexdigest(),
        )
        keys: IdempotencyKeys = state["idempotency_keys"]
        stored = await keys.find(claim, state["now"]())
        if stored is not None:
            await _replay(stored, send)
            return
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        with claiming(claim):
            await next_app(scope, _receive_again(body), collect)
        response = _stored_response(messages)
        if response.status < FIRST_ERROR_STATUS:
            await keys.finish(claim, response, state["now"]())
        for message in messages:
            await send(message)


class _CartOfBody(msgspec.Struct):
    cart: str = ""


async def _caller(
    scope: Scope,
    headers: dict[bytes, bytes],
    body: bytes,
    authenticator: Authenticator,
    cart_tokens: CartTokens,
) -> list[str]:
    """The account, order and cart to which the caller has access. Keys of others are never found.

    Without any of them, two strangers could choose the same key, so the key is not used. A new
    session of the account finds the key; after sign-out or expiry, the account is not known.
    """
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    access = []
    if scheme.lower() == "bearer":
        principal = await authenticator.member(token) or await authenticator.staff(token)
        if principal is not None:
            access.append(f"{principal.account_kind} {principal.account_id}")
    order_token = headers.get(b"order-token", b"").decode("latin-1")
    if order_token and "number" in scope["path_params"]:
        access.append(f"order {order_token}")
    carts = (str(scope["path_params"].get("token", "")), _cart_of(body))
    access += [f"cart {each}" for each in carts if cart_tokens.is_genuine(each)]
    return access


def _cart_of(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_CartOfBody).cart
    except (msgspec.DecodeError, RecursionError):
        return ""


def _receive_again(body: bytes) -> Receive:
    async def receive() -> HTTPReceiveMessage:
        return cast(
            "HTTPReceiveMessage", {"type": "http.request", "body": body, "more_body": False}
        )

    return cast("Receive", receive)


def _stored_response(messages: list[Message]) -> StoredResponse:
    start, *rest = messages
    headers = dict(start["headers"])  # type: ignore[typeddict-item]
    return StoredResponse(
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


async def _replay(stored: StoredResponse, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": stored.status,
            "headers": [
                (b"content-type", stored.content_type.encode()),
                (b"content-length", str(len(stored.body)).encode()),
                (b"idempotent-replay", b"true"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": stored.body, "more_body": False})
