"""The public API for plugins that read and change the shop, by `PluginContext.shop`.

It has one protocol for each property, with the values that its methods take and return. Importing
it loads only the standard library.
"""

from core.domain.fields.field import FieldOwner
from core.domain.identifiers import (
    CustomerId,
    LineKey,
    OrderId,
    ProductId,
    PurchaseId,
    ShipmentId,
    Sku,
)
from core.domain.orders.holds import Blocked, Hold, HoldEnd, OrderHeld
from core.domain.orders.states import OrderStage
from core.domain.payments.refund import RefundState
from ports.plugin_shop.customers import ShopCustomer, ShopCustomers
from ports.plugin_shop.errors import CapabilityMissing, ShopNotReady
from ports.plugin_shop.fields import ShopFields
from ports.plugin_shop.order_actions import ShopOrderActions, ShopParcel
from ports.plugin_shop.orders import (
    ShopHold,
    ShopOrder,
    ShopOrderLine,
    ShopOrderPage,
    ShopOrders,
    ShopOrderSummary,
)
from ports.plugin_shop.refunds import ShopRefund, ShopRefundInput, ShopRefunds
from ports.plugin_shop.shop import PluginShop

__all__ = [
    "Blocked",
    "CapabilityMissing",
    "CustomerId",
    "FieldOwner",
    "Hold",
    "HoldEnd",
    "LineKey",
    "OrderHeld",
    "OrderId",
    "OrderStage",
    "PluginShop",
    "ProductId",
    "PurchaseId",
    "RefundState",
    "ShipmentId",
    "ShopCustomer",
    "ShopCustomers",
    "ShopFields",
    "ShopHold",
    "ShopNotReady",
    "ShopOrder",
    "ShopOrderActions",
    "ShopOrderLine",
    "ShopOrderPage",
    "ShopOrderSummary",
    "ShopOrders",
    "ShopParcel",
    "ShopRefund",
    "ShopRefundInput",
    "ShopRefunds",
    "Sku",
]
