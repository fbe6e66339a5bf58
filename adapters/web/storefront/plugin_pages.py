"""Serves the storefront pages of plugins inside the layout of the shop."""

import re
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import ClientException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from markupsafe import Markup

from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.one_time import FIELD, has_key, key_missing
from adapters.web.storefront.access import require_member
from adapters.web.storefront.context import StorefrontContext
from ports.content.filling import FilledSlots
from ports.content.pages import PageRedirect, PageRequest, PluginPage

MAX_FIELDS = 100
MAX_QUERY = 50
MAX_LENGTH = 1_000
PLUGIN_PAGES = "plugin_pages"
"""Key of the pages of plugins, by path, in the state of the shop's app."""
PARAMETER = re.compile(r"\{([a-z_]+)\}")


def shown_pages(pages: Sequence[PluginPage]) -> list[HTTPRouteHandler]:
    return [_show(each.page.path) for each in pages]


def submissions(pages: Sequence[PluginPage]) -> list[HTTPRouteHandler]:
    return [_submit(each.page.path) for each in pages if each.page.takes_forms]


def _show(path: str) -> HTTPRouteHandler:
    @get(_template(path), include_in_schema=False)
    async def show(context: Given[StorefrontContext]) -> Response[Any]:
        return await _respond(path, context, None)

    return show


def _submit(path: str) -> HTTPRouteHandler:
    @post(_template(path), include_in_schema=False)
    async def submit(
        context: Given[StorefrontContext], form: Given[SubmittedForm]
    ) -> Response[Any]:
        """The plugin gets the one-time key: it decides what a repetition does."""
        if not has_key(form):
            raise key_missing()
        return await _respond(path, context, form)

    return submit


async def _respond(
    path: str, context: StorefrontContext, form: SubmittedForm | None
) -> Response[Any]:
    pages: Mapping[str, PluginPage] = context.request.app.state[PLUGIN_PAGES]
    served = pages.get(path)
    if served is None:
        raise NotFoundException
    page = served.page
    if page.members_only:
        require_member(context)
    answer = await served.ask(
        PageRequest(
            path=_path_values(context),
            query=_query(context),
            form=_fields(form) if form else None,
            key=form.text(FIELD) if form else "",
            language=context.language,
            currency=context.services.currency,
            customer_id=None if page.shared_seconds else context.customer_id,
        )
    )
    if isinstance(answer, PageRedirect):
        return context.redirect(answer.path)
    return await context.page(
        "plugin_page.html",
        status=answer.status,
        public=page.shared_seconds > 0,
        slots=FilledSlots({}, page.shared_seconds or inf, frozenset({served.plugin})),
        title=answer.title,
        plugin=served.plugin,
        content=Markup(answer.html),  # noqa: S704 -- rendered with autoescape, and complete
    )


def _template(path: str) -> str:
    return PARAMETER.sub(r"{\1:str}", path)


def _path_values(context: StorefrontContext) -> dict[str, str]:
    return {name: str(value)[:MAX_LENGTH] for name, value in context.request.path_params.items()}


def _query(context: StorefrontContext) -> dict[str, str]:
    """The first values. A guest's link and a form can have any."""
    pairs = list(context.request.query_params.items())[:MAX_QUERY]
    return {name: str(value)[:MAX_LENGTH] for name, value in pairs}


def _fields(form: SubmittedForm) -> dict[str, str]:
    """Raises `Invalid` if a field cannot be kept whole, `ClientException` if there are too many."""
    names = [name for name in form.values if name != FIELD]
    if len(names) > MAX_FIELDS:
        raise ClientException
    return {name: form.whole(name) for name in names}
