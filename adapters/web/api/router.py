"""The routes of the JSON API, with their dependencies, guards and rate limits."""

from typing import Any

from litestar import Router
from litestar.datastructures import CacheControlHeader, ResponseHeader
from litestar.di import Provide

from adapters.web.access.orders import ORDER_DEPENDENCIES
from adapters.web.access.requirements import (
    ANY_STAFF,
    MEMBER,
    ORDER,
    PUBLIC,
    REQUIREMENT,
    requiring,
)
from adapters.web.api import (
    accounts,
    carts,
    catalogue,
    coupons,
    orders,
    payments,
    privacy,
    returns,
)
from adapters.web.api.admin import accounts as admin_accounts
from adapters.web.api.admin import catalogue as admin_catalogue
from adapters.web.api.admin import (
    chargebacks,
    holds,
    price_history,
    price_lists,
    promotion_kinds,
    promotions,
    roles,
    staff,
    stock,
    tax_rates,
    trial_carts,
)
from adapters.web.api.admin import coupons as admin_coupons
from adapters.web.api.admin import orders as admin_orders
from adapters.web.api.admin import payments as admin_payments
from adapters.web.api.authentication import (
    customer_order_access,
    find_visitor,
    owner_of_path,
    require_member,
    signed_in_member,
)
from adapters.web.api.customers import account, sessions
from adapters.web.api.idempotency import Idempotency
from adapters.web.api.json_request import JsonRequest
from adapters.web.api.openapi import with_error_responses
from adapters.web.devices import caller_of
from adapters.web.language import preferred_language
from adapters.web.visitors import AnyRequest

API = "/api/v1"
PUBLIC_SECONDS = 5
"""As long as pages stay in the page cache."""


def api_router(sign_in_limit: Any, write_limit: Any) -> Router:
    """``sign_in_limit`` and ``write_limit`` are rate-limit middleware."""
    return Router(
        API,
        request_class=JsonRequest,
        route_handlers=[
            Router(
                "/",
                route_handlers=[
                    requiring(
                        PUBLIC,
                        with_error_responses([*catalogue.handlers, *payments.public_handlers]),
                    )
                ],
                # Everything else is personal: the outer app does not let caches store it.
                cache_control=CacheControlHeader(public=True, max_age=PUBLIC_SECONDS),
                response_headers=[ResponseHeader(name="vary", value="accept-language")],
            ),
            requiring(
                PUBLIC,
                with_error_responses(
                    [
                        *sessions.sign_in_limited_handlers,
                        *staff.sign_in_limited_handlers,
                        *accounts.sign_in_limited_handlers,
                    ]
                ),
                [sign_in_limit],
            ),
            requiring(MEMBER, with_error_responses(privacy.write_limited_handlers), [write_limit]),
            requiring(
                PUBLIC,
                with_error_responses(
                    [
                        *carts.handlers,
                        *coupons.handlers,
                        *orders.handlers,
                        *sessions.handlers,
                    ]
                ),
                [Idempotency()],
            ),
            requiring(
                ORDER,
                with_error_responses(
                    [*orders.order_handlers, *payments.order_handlers, *returns.handlers]
                ),
                [Idempotency()],
            ),
            requiring(
                MEMBER,
                with_error_responses(
                    [
                        *orders.member_handlers,
                        *coupons.member_handlers,
                        *account.handlers,
                        *privacy.handlers,
                    ]
                ),
                [Idempotency()],
            ),
            member_account_router(write_limit),
            admin_router(),
            staff_account_router(write_limit),
        ],
        dependencies={
            "language": Provide(accepted_language, sync_to_thread=False),
            "principal": Provide(find_visitor),
            "caller": Provide(caller_of, sync_to_thread=False),
            "member": Provide(require_member, sync_to_thread=False),
            "owner": Provide(owner_of_path, sync_to_thread=False),
            "order_access": Provide(customer_order_access, sync_to_thread=False),
            "read_account": Provide(account.ReadAccount, sync_to_thread=False),
            **ORDER_DEPENDENCIES,
        },
    )


def admin_router() -> Router:
    """Accounts take no Idempotency-Key: its stored responses would keep secrets."""
    return Router(
        "/admin",
        route_handlers=[
            Router(
                "/",
                route_handlers=with_error_responses(
                    [
                        *admin_catalogue.handlers,
                        *admin_coupons.handlers,
                        *stock.handlers,
                        *admin_orders.handlers,
                        *holds.handlers,
                        *admin_payments.handlers,
                        *chargebacks.handlers,
                        *promotion_kinds.handlers,
                        *promotions.handlers,
                        *price_history.handlers,
                        *price_lists.handlers,
                        *tax_rates.handlers,
                    ]
                ),
                middleware=[Idempotency()],
            ),
            # A test cart stores nothing.
            *with_error_responses(trial_carts.handlers),
            *with_error_responses([*admin_accounts.handlers, *roles.handlers]),
            *admin_accounts.account_routers(),
        ],
        guards=[staff.require_staff],
        dependencies={
            "staff": Provide(staff.signed_in_staff, sync_to_thread=False),
            "actor": Provide(staff.staff_actor, sync_to_thread=False),
            "grantor": Provide(staff.staff_grantor, sync_to_thread=False),
            "order_access": Provide(staff.staff_order_access, sync_to_thread=False),
        },
    )


def member_account_router(write_limit: Any) -> Router:
    """No Idempotency-Key: its stored responses would keep secrets."""
    return Router(
        "/members/me",
        route_handlers=with_error_responses(accounts.handlers),
        opt={REQUIREMENT: MEMBER},
        dependencies={"signed_in": Provide(signed_in_member, sync_to_thread=False)},
        middleware=[write_limit],
        tags=["Customer account"],
    )


def staff_account_router(write_limit: Any) -> Router:
    return Router(
        "/admin/account",
        route_handlers=accounts.handlers,
        guards=[staff.require_staff],
        opt={REQUIREMENT: ANY_STAFF},
        dependencies={"signed_in": Provide(staff.signed_in_staff, sync_to_thread=False)},
        middleware=[write_limit],
        tags=["Back office"],
    )


def accepted_language(request: AnyRequest) -> str:
    return preferred_language(request.headers.get("accept-language", ""))
