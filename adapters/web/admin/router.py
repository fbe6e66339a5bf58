"""The routes of the back office in one language, with their dependencies and guards."""

from typing import Any

from litestar import Router
from litestar.di import Provide

from adapters.web.access.orders import ORDER_DEPENDENCIES
from adapters.web.access.requirements import ANY_STAFF, PUBLIC, requiring
from adapters.web.admin import (
    audit,
    blocks,
    catalogue,
    chargebacks,
    coupons,
    dashboard,
    emails,
    holds,
    orders,
    payments,
    plugin_pages,
    plugin_settings,
    price_lists,
    prices,
    privacy,
    promotion_kinds,
    promotions,
    references,
    returns,
    roles,
    sign_in,
    staff,
    tax_rates,
    trial_cart,
)
from adapters.web.admin.context import admin_context, order_access, require_staff
from adapters.web.admin.plugin_forms import PluginForms
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.devices import staff_caller_of
from adapters.web.forms import RespondWith, send_response, submitted_form
from adapters.web.language import language_of_request
from adapters.web.one_time import OneTimeForms, require_one_time_key
from adapters.web.visitors import same_origin

MAX_FORM_BYTES = 4 * 1024 * 1024
"""Two descriptions of the largest size have 900 KB in a form: a Chinese character is nine bytes."""

DEPENDENCIES = {
    "language": Provide(language_of_request, sync_to_thread=False),
    "form": Provide(submitted_form),
    "caller": Provide(staff_caller_of, sync_to_thread=False),
    "sign_in_pages": Provide(sign_in.SignInPages, sync_to_thread=False),
    "plugin_place": Provide(plugin_pages.plugin_place),
    "plugin_acts": Provide(plugin_pages.PluginActs, sync_to_thread=False),
    "plugin_forms": Provide(PluginForms, sync_to_thread=False),
    "resolve_references": Provide(references.ResolveReferences, sync_to_thread=False),
    "read_form": Provide(ReadForm, sync_to_thread=False),
    "context": Provide(admin_context, sync_to_thread=False),
    "order_access": Provide(order_access, sync_to_thread=False),
    **ORDER_DEPENDENCIES,
    "order_page": Provide(orders.OrderPage, sync_to_thread=False),
    "order_actions": Provide(orders.OrderActions, sync_to_thread=False),
    "product_page": Provide(catalogue.ProductPage, sync_to_thread=False),
    "empty_product_page": Provide(catalogue.EmptyProductPage, sync_to_thread=False),
    "price_lists_page": Provide(price_lists.PriceListsPage, sync_to_thread=False),
    "price_list_page": Provide(prices.PriceListPage, sync_to_thread=False),
    "tax_rates_page": Provide(tax_rates.TaxRatesPage, sync_to_thread=False),
    "batches_page": Provide(coupons.BatchesPage, sync_to_thread=False),
    "batch_page": Provide(coupons.BatchPage, sync_to_thread=False),
    "promotion_kind_page": Provide(promotion_kinds.promotion_kind_page),
    "promotion_page": Provide(promotions.PromotionPage, sync_to_thread=False),
    "promotion_editor": Provide(promotions.PromotionEditor, sync_to_thread=False),
    "plugin_settings_page": Provide(plugin_settings.PluginSettingsPage, sync_to_thread=False),
    "reconciliations_page": Provide(payments.ReconciliationsPage, sync_to_thread=False),
    "order_return": Provide(returns.order_return),
    "return_page": Provide(returns.ReturnPage, sync_to_thread=False),
    "return_actions": Provide(returns.ReturnActions, sync_to_thread=False),
    "privacy_request": Provide(privacy.privacy_request),
    "requests_page": Provide(privacy.RequestsPage, sync_to_thread=False),
    "request_page": Provide(privacy.RequestPage, sync_to_thread=False),
    "request_actions": Provide(privacy.RequestActions, sync_to_thread=False),
    "blocks_page": Provide(blocks.BlocksPage, sync_to_thread=False),
    "block_page": Provide(blocks.BlockPage, sync_to_thread=False),
    "new_role_page": Provide(roles.NewRolePage, sync_to_thread=False),
    "role_page": Provide(roles.RolePage, sync_to_thread=False),
    "staff_page": Provide(staff.StaffPage, sync_to_thread=False),
    "staff_actions": Provide(staff.StaffActions, sync_to_thread=False),
    "evidence_page": Provide(audit.EvidencePage, sync_to_thread=False),
}


def admin_router(language: str, sign_in_limit: Any) -> Router:
    """``sign_in_limit`` is rate-limit middleware."""
    return Router(
        f"/{language}/admin",
        route_handlers=[
            requiring(PUBLIC, sign_in.sign_in_limited_handlers, [sign_in_limit]),
            requiring(PUBLIC, sign_in.handlers),
            Router(
                "/",
                route_handlers=[
                    requiring(ANY_STAFF, [*dashboard.handlers, *plugin_pages.handlers]),
                    *references.handlers,
                    *audit.handlers,
                    *blocks.handlers,
                    *catalogue.handlers,
                    *chargebacks.handlers,
                    *coupons.handlers,
                    *emails.handlers,
                    *holds.handlers,
                    *orders.handlers,
                    *payments.handlers,
                    *plugin_settings.handlers,
                    *price_lists.handlers,
                    *prices.handlers,
                    *privacy.handlers,
                    *promotion_kinds.handlers,
                    *promotions.handlers,
                    *returns.handlers,
                    *roles.handlers,
                    *staff.handlers,
                    *tax_rates.handlers,
                    *trial_cart.handlers,
                ],
                guards=[require_staff, require_one_time_key],
                middleware=[OneTimeForms()],
            ),
        ],
        dependencies=DEPENDENCIES,
        guards=[same_origin],
        exception_handlers={RespondWith: send_response},
        request_max_body_size=MAX_FORM_BYTES,
    )
