"""The JSON API as one router."""

from typing import Any

from litestar import Request, Router
from litestar.di import Provide

from adapters.web.api import backoffice, carts, catalogue, members, orders
from adapters.web.api.documented import documented
from adapters.web.idempotency import Idempotency
from adapters.web.language import preferred

API = "/api/v1"


def api_router(limit: Any, clicks: Any) -> Router:
    return Router(
        API,
        route_handlers=[
            Router("/", route_handlers=documented(members.entrances), middleware=[limit]),
            Router("/", route_handlers=documented(members.clicks), middleware=[clicks]),
            Router(
                "/",
                route_handlers=documented(
                    [
                        *catalogue.handlers,
                        *carts.handlers,
                        *orders.handlers,
                        *members.handlers,
                    ]
                ),
                middleware=[Idempotency()],
            ),
            Router(
                "/admin",
                route_handlers=documented(backoffice.handlers),
                guards=[backoffice.staff_only],
                dependencies={"colleague": Provide(backoffice.colleague_of, sync_to_thread=False)},
                middleware=[Idempotency()],
            ),
        ],
        dependencies={"language": Provide(_accepted_language, sync_to_thread=False)},
    )


def _accepted_language(request: Request[Any, Any, Any]) -> str:
    return preferred(request.headers.get("accept-language", ""))
