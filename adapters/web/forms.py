"""Submitted forms, and the page that shows a rejected form again."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from litestar import Response

from adapters.web.visitors import AnyRequest
from core.domain.errors import DomainError, Invalid
from ports.errors import PortError

MAX_FIELD_LENGTH = 5_000
MAX_NUMBER_LENGTH = 10

Refusal = DomainError | PortError
LoadVariables = Callable[[], Awaitable[Mapping[str, Any]]]
"""Loads the template variables of a page; called only after an error."""


@dataclass(frozen=True, slots=True)
class Form:
    """The text fields, trimmed and without NUL characters."""

    values: dict[str, str]

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def number(self, name: str, default: int) -> int:
        """Raises `Invalid` if the field is not a whole number."""
        text = self.text(name)
        if not text:
            return default
        if not text.removeprefix("-").isdecimal() or len(text) > MAX_NUMBER_LENGTH:
            raise Invalid(name, "“{value}” is not a whole number.", value=text[:40])
        return int(text)


class RespondWith(Exception):
    """Ends a handler with this response."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__()
        self.response = response


async def submitted_form(request: AnyRequest) -> Form:
    data = await request.form()
    return Form(
        {
            name: value.replace("\0", "").strip()[:MAX_FIELD_LENGTH]
            for name, value in data.items()
            if isinstance(value, str)
        }
    )


@asynccontextmanager
async def respond_on_refusal(
    render: Callable[[Refusal], Awaitable[Response[Any]]],
) -> AsyncIterator[None]:
    """End the handler with the page that ``render`` returns, on a domain or port error.

    Raises:
        RespondWith: carries the page; the router's exception handler sends it.
    """
    try:
        yield
    except (DomainError, PortError) as error:
        raise RespondWith(await render(error)) from error


async def no_variables() -> Mapping[str, Any]:
    return {}


def send_response(_request: AnyRequest, error: RespondWith) -> Response[Any]:
    """The exception handler of `RespondWith`."""
    return error.response
