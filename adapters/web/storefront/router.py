"""The routes of the storefront in one language, with their dependencies and rate limits."""

from collections.abc import Sequence
from typing import Any

from litestar import Router
from litestar.di import Provide

from adapters.web.access.orders import ORDER_DEPENDENCIES
from adapters.web.access.requirements import MEMBER, ORDER, PUBLIC, requiring
from adapters.web.devices import caller_of
from adapters.web.forms import RespondWith, send_response, submitted_form
from adapters.web.language import language_of_request
from adapters.web.one_time import OneTimeForms, require_one_time_key
from adapters.web.storefront import (
    access,
    carts,
    coupons,
    payments,
    plugin_pages,
    recommendation,
    returns,
)
from adapters.web.storefront.catalogue import home, listing, product
from adapters.web.storefront.context import storefront_context
from adapters.web.storefront.customers import account, passwords, sign_in
from adapters.web.storefront.orders import checkout, delivery
from adapters.web.storefront.orders import page as order_page
from adapters.web.storefront.orders import payment as order_payment
from adapters.web.storefront.privacy import account as privacy_account
from adapters.web.storefront.privacy import guest, notice, verification
from adapters.web.storefront.privacy.page import MyDataPage
from adapters.web.visitors import same_origin
from ports.content.pages import PluginPage

MAX_FORM_BYTES = 512 * 1024

DEPENDENCIES = {
    "language": Provide(language_of_request, sync_to_thread=False),
    "context": Provide(storefront_context),
    "form": Provide(submitted_form),
    "caller": Provide(caller_of, sync_to_thread=False),
    "member": Provide(access.require_member, sync_to_thread=False),
    "owner": Provide(access.cart_owner, sync_to_thread=False),
    "order_access": Provide(access.order_access, sync_to_thread=False),
    **ORDER_DEPENDENCIES,
    "customer": Provide(delivery.signed_in_customer),
    "account_page": Provide(account.AccountPage, sync_to_thread=False),
    "cart_page": Provide(carts.CartPage, sync_to_thread=False),
    "centre_page": Provide(coupons.CentrePage, sync_to_thread=False),
    "listing_page": Provide(listing.ListingPage, sync_to_thread=False),
    "product_page": Provide(product.product_page),
    "review_page": Provide(checkout.ReviewPage, sync_to_thread=False),
    "order_page": Provide(order_page.OrderPage, sync_to_thread=False),
    "payment_page": Provide(payments.PaymentPage, sync_to_thread=False),
    "my_data_page": Provide(MyDataPage, sync_to_thread=False),
}


def plugin_page_router(language: str, pages: Sequence[PluginPage], write_limit: Any) -> Router:
    """The pages of plugins in one language."""
    return Router(
        f"/{language}",
        route_handlers=[
            requiring(PUBLIC, plugin_pages.shown_pages(pages)),
            requiring(PUBLIC, plugin_pages.submissions(pages), [write_limit]),
        ],
        dependencies=DEPENDENCIES,
        guards=[same_origin],
        exception_handlers={RespondWith: send_response},
        request_max_body_size=MAX_FORM_BYTES,
    )


def storefront_router(language: str, sign_in_limit: Any, write_limit: Any) -> Router:
    """``sign_in_limit`` and ``write_limit`` are rate-limit middleware."""
    return Router(
        f"/{language}",
        route_handlers=[
            requiring(
                PUBLIC,
                [
                    *sign_in.sign_in_limited_handlers,
                    *passwords.sign_in_limited_handlers,
                    *guest.sign_in_limited_handlers,
                ],
                [sign_in_limit],
            ),
            requiring(MEMBER, privacy_account.sign_in_limited_handlers, [sign_in_limit]),
            requiring(
                MEMBER,
                [
                    *privacy_account.write_limited_handlers,
                    *verification.write_limited_handlers,
                ],
                [write_limit],
            ),
            requiring(ORDER, guest.write_limited_handlers, [write_limit]),
            requiring(
                PUBLIC,
                [
                    *home.handlers,
                    *listing.handlers,
                    *product.handlers,
                    *carts.handlers,
                    *coupons.handlers,
                    *delivery.handlers,
                    *checkout.handlers,
                    *sign_in.handlers,
                    *passwords.handlers,
                    *notice.handlers,
                    *guest.handlers,
                    *recommendation.handlers,
                ],
            ),
            requiring(ORDER, [*order_page.handlers, *order_payment.handlers, *returns.handlers]),
            requiring(
                MEMBER,
                [
                    *account.handlers,
                    *coupons.member_handlers,
                    *privacy_account.handlers,
                    *verification.handlers,
                ],
            ),
        ],
        dependencies=DEPENDENCIES,
        guards=[same_origin, require_one_time_key],
        middleware=[OneTimeForms()],
        exception_handlers={RespondWith: send_response},
        request_max_body_size=MAX_FORM_BYTES,
    )
