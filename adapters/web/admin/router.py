"""The routes of the back office in one language, with their dependencies and guards."""

from typing import Any

from litestar import Router
from litestar.di import Provide

from adapters.web.access.orders import ORDER_DEPENDENCIES
from adapters.web.admin import (
    audit,
    catalogue,
    dashboard,
    orders,
    payments,
    privacy,
    returns,
    sign_in,
)
from adapters.web.admin.context import admin_context, order_access, require_staff
from adapters.web.forms import RespondWith, send_response, submitted_form
from adapters.web.language import language_of_request
from adapters.web.visitors import same_origin

MAX_FORM_BYTES = 512 * 1024

DEPENDENCIES = {
    "language": Provide(language_of_request, sync_to_thread=False),
    "form": Provide(submitted_form),
    "context": Provide(admin_context, sync_to_thread=False),
    "order_access": Provide(order_access, sync_to_thread=False),
    **ORDER_DEPENDENCIES,
    "order_page": Provide(orders.OrderPage, sync_to_thread=False),
    "order_actions": Provide(orders.OrderActions, sync_to_thread=False),
    "product_page": Provide(catalogue.ProductPage, sync_to_thread=False),
    "reconciliations_page": Provide(payments.ReconciliationsPage, sync_to_thread=False),
    "order_return": Provide(returns.order_return),
    "return_page": Provide(returns.ReturnPage, sync_to_thread=False),
    "return_actions": Provide(returns.ReturnActions, sync_to_thread=False),
    "privacy_request": Provide(privacy.privacy_request),
    "requests_page": Provide(privacy.RequestsPage, sync_to_thread=False),
    "request_page": Provide(privacy.RequestPage, sync_to_thread=False),
    "request_actions": Provide(privacy.RequestActions, sync_to_thread=False),
    "evidence_page": Provide(audit.EvidencePage, sync_to_thread=False),
}


def admin_router(language: str, sign_in_limit: Any) -> Router:
    """``sign_in_limit`` is rate-limit middleware."""
    return Router(
        f"/{language}/admin",
        route_handlers=[
            Router(
                "/", route_handlers=sign_in.sign_in_limited_handlers, middleware=[sign_in_limit]
            ),
            *sign_in.handlers,
            Router(
                "/",
                route_handlers=[
                    *dashboard.handlers,
                    *catalogue.handlers,
                    *orders.handlers,
                    *returns.handlers,
                    *payments.handlers,
                    *privacy.handlers,
                    *audit.handlers,
                ],
                guards=[require_staff],
            ),
        ],
        dependencies=DEPENDENCIES,
        guards=[same_origin],
        exception_handlers={RespondWith: send_response},
        request_max_body_size=MAX_FORM_BYTES,
    )
