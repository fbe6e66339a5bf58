"""The storefront in one language as one router."""

from typing import Any

from litestar import Router
from litestar.di import Provide

from adapters.web.storefront import (
    browsing,
    carts,
    checkout,
    guests,
    members,
    orders,
    privacy,
    viewed,
)
from adapters.web.storefront.visit import open_visit
from adapters.web.visitors import same_origin

LARGEST_FORM = 512 * 1024


def storefront_router(language: str, limit: Any, clicks: Any) -> Router:
    return Router(
        f"/{language}",
        route_handlers=[
            Router(
                "/",
                route_handlers=[
                    *members.entrances,
                    *privacy.entrances,
                    *guests.entrances,
                ],
                middleware=[limit],
            ),
            Router("/", route_handlers=[*privacy.clicks, *guests.clicks], middleware=[clicks]),
            *browsing.handlers,
            *carts.handlers,
            *checkout.handlers,
            *orders.handlers,
            *members.handlers,
            *privacy.handlers,
            *guests.handlers,
            *viewed.handlers,
        ],
        dependencies={
            "visit": Provide(open_visit),
            "order_desk": Provide(orders.open_order_desk, sync_to_thread=False),
            "my_data_page": Provide(privacy.open_my_data_page, sync_to_thread=False),
        },
        guards=[same_origin],
        request_max_body_size=LARGEST_FORM,
    )
