"""The routes of the JSON API, with their dependencies, guards and rate limits."""

from collections.abc import Sequence
from typing import Any

from litestar import Router
from litestar.di import Provide

from adapters.web.access.orders import ORDER_DEPENDENCIES
from adapters.web.api import carts, catalogue, orders, payments, privacy, returns
from adapters.web.api.admin import catalogue as admin_catalogue
from adapters.web.api.admin import orders as admin_orders
from adapters.web.api.admin import payments as admin_payments
from adapters.web.api.admin import staff, stock
from adapters.web.api.authentication import (
    customer_order_access,
    find_visitor,
    owner_of_path,
    require_member,
)
from adapters.web.api.customers import account, sessions
from adapters.web.api.idempotency import Idempotency
from adapters.web.api.openapi import with_error_responses
from adapters.web.language import preferred_language
from adapters.web.visitors import AnyRequest

API = "/api/v1"


def api_router(sign_in_limit: Any, write_limit: Any) -> Router:
    """``sign_in_limit`` and ``write_limit`` are rate-limit middleware."""
    return Router(
        API,
        route_handlers=[
            _router(
                [*sessions.sign_in_limited_handlers, *staff.sign_in_limited_handlers],
                sign_in_limit,
            ),
            _router(privacy.write_limited_handlers, write_limit),
            _router(
                [
                    *catalogue.handlers,
                    *carts.handlers,
                    *orders.handlers,
                    *payments.handlers,
                    *returns.handlers,
                    *account.handlers,
                    *sessions.handlers,
                    *privacy.handlers,
                ],
                Idempotency(),
            ),
            admin_router(),
        ],
        dependencies={
            "language": Provide(accepted_language, sync_to_thread=False),
            "principal": Provide(find_visitor),
            "member": Provide(require_member, sync_to_thread=False),
            "owner": Provide(owner_of_path, sync_to_thread=False),
            "order_access": Provide(customer_order_access, sync_to_thread=False),
            **ORDER_DEPENDENCIES,
        },
    )


def admin_router() -> Router:
    return Router(
        "/admin",
        route_handlers=with_error_responses(
            [
                *admin_catalogue.handlers,
                *stock.handlers,
                *admin_orders.handlers,
                *admin_payments.handlers,
            ]
        ),
        guards=[staff.require_staff],
        dependencies={
            "staff": Provide(staff.signed_in_staff, sync_to_thread=False),
            "actor": Provide(staff.staff_actor, sync_to_thread=False),
            "order_access": Provide(staff.staff_order_access, sync_to_thread=False),
        },
        middleware=[Idempotency()],
    )


def accepted_language(request: AnyRequest) -> str:
    return preferred_language(request.headers.get("accept-language", ""))


def _router(handlers: Sequence[Any], middleware: Any) -> Router:
    return Router("/", route_handlers=with_error_responses(handlers), middleware=[middleware])
