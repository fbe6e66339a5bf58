"""The back office in one language as one router."""

from typing import Any

from litestar import Router
from litestar.di import Provide

from adapters.web.admin import (
    entrance,
    evidence,
    orders,
    overview,
    privacy,
    products,
    reconciliations,
    returns,
)
from adapters.web.admin.desk import colleagues_only, open_desk
from adapters.web.visitors import same_origin

LARGEST_FORM = 512 * 1024


def admin_router(language: str, limit: Any) -> Router:
    return Router(
        f"/{language}/admin",
        route_handlers=[
            Router("/", route_handlers=entrance.entrances, middleware=[limit]),
            *entrance.handlers,
            Router(
                "/",
                route_handlers=[
                    *overview.handlers,
                    *products.handlers,
                    *orders.handlers,
                    *returns.handlers,
                    *reconciliations.handlers,
                    *privacy.handlers,
                    *evidence.handlers,
                ],
                dependencies={"desk": Provide(open_desk, sync_to_thread=False)},
                guards=[colleagues_only],
            ),
        ],
        guards=[same_origin],
        request_max_body_size=LARGEST_FORM,
    )
