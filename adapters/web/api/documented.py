"""What every address of the API can answer besides success, for its documentation."""

from collections.abc import Sequence
from typing import Any

from litestar.openapi.datastructures import ResponseSpec

from adapters.web.problems import Problem

REFUSALS = {
    400: "The request could not be read",
    401: "Not logged in, or wrong credentials",
    403: "Not allowed",
    404: "There is no such thing",
    409: "At odds with what is there now",
    413: "Too large",
    422: "Something in it is not valid",
    429: "Too many requests",
    503: "A service behind it does not answer",
}


def documented(handlers: Sequence[Any]) -> Sequence[Any]:
    """The same handlers, each with its refusals in the documentation."""
    for handler in handlers:
        handler.responses = {
            status: ResponseSpec(
                Problem,
                description=description,
                media_type="application/problem+json",
                generate_examples=False,
            )
            for status, description in REFUSALS.items()
        }
    return handlers
