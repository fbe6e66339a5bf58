"""The error responses of every operation, for the OpenAPI document."""

from collections.abc import Sequence
from typing import Any

from litestar.openapi.datastructures import ResponseSpec

from adapters.web.problems import Problem

ERRORS = {
    400: "The request could not be read",
    401: "Not signed in, or wrong credentials",
    403: "Not allowed",
    404: "Page not found",
    408: "The request did not arrive in time",
    409: "Conflict with the current state",
    410: "The link was used or has expired",
    413: "The request is too large",
    415: "The body is not JSON",
    422: "A field is not valid",
    429: "Too many requests",
    503: "A required service does not answer",
}


def with_error_responses(handlers: Sequence[Any]) -> Sequence[Any]:
    """The same handlers, changed in place."""
    for handler in handlers:
        handler.responses = {
            status: ResponseSpec(
                Problem,
                description=description,
                media_type="application/problem+json",
                generate_examples=False,
            )
            for status, description in ERRORS.items()
        }
    return handlers
