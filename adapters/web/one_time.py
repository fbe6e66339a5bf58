"""One-time keys: a form that moves money or goods takes effect once, however often it is sent."""

import re
from hashlib import sha256
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from markupsafe import Markup

from adapters.web.forms import SubmittedForm, submitted_form
from core.domain.errors import Invalid
from ports.clock import NewToken
from ports.idempotency import Claim, claiming, current_claim

FIELD = "once"
KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")
MARK = f'name="{FIELD}"'.encode()
"""Stands in every page with a one-time key. Such a page is for one visitor."""

ONE_TIME = {"one_time": True}
"""The ``opt`` of a handler whose form carries a one-time key."""


def one_time_field(new_token: NewToken) -> Markup:
    """The hidden field of a form, with a new key. The template calls it as ``one_time()``."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, new_token())


class OneTimeForms(ASGIMiddleware):
    """Claims the key of a submitted one-time form; the unit of work stores it with the effect.

    `adapters.web.forms.respond_on_refusal` lets a repetition end like the first submission.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if not is_one_time(scope["route_handler"]) or scope["method"] != "POST":  # type: ignore[typeddict-item]
            await next_app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        form = await submitted_form(request)
        if not has_key(form):
            await next_app(scope, receive, send)
            return
        with claiming(_claim(request, form)):
            await next_app(scope, receive, send)


def _claim(request: Request[Any, Any, Any], form: SubmittedForm) -> Claim:
    content = sorted((name, text) for name, text in form.values.items() if name != FIELD)
    files = sorted((name, sha256(sent).hexdigest()) for name, sent in form.files.items())
    return Claim(
        scope=sha256(f"form {request.scope['path']}".encode()).hexdigest(),
        key=form.text(FIELD),
        fingerprint=sha256(repr(content + files).encode()).hexdigest(),
    )


def has_key(form: SubmittedForm) -> bool:
    return KEY.fullmatch(form.text(FIELD)) is not None


def key_missing() -> Invalid:
    return Invalid(FIELD, "This page is out of date. Load it again, then send the form.")


def is_one_time(handler: Any) -> bool:
    return bool(handler.opt.get("one_time"))


async def require_one_time_key(
    _connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """A guard: a one-time form without a key is refused."""
    if is_one_time(handler) and current_claim() is None:
        raise key_missing()
