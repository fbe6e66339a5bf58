"""The public API for plugins that read and change the shop, by `PluginContext.shop`.

It has one protocol for each property, with the values that its methods take and return. Importing
it loads only the standard library.
"""

from core.domain.errors import CapturePending, RefundTooLarge
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import (
    CategoryId,
    CustomerId,
    LineKey,
    OrderId,
    ProductId,
    PurchaseId,
    ShipmentId,
    Sku,
)
from core.domain.ledger.accounts import InsufficientBalance, LedgerAccountId
from core.domain.ledger.transfers import ReversalTooLarge, TransferId, TransferState
from core.domain.orders.holds import Blocked, Hold, HoldEnd, OrderHeld
from core.domain.orders.states import OrderStage
from core.domain.payments.refund import RefundState
from ports.plugin_shop.accounts import (
    ShopAccount,
    ShopAccounts,
    ShopLot,
    ShopTransfer,
    ShopTransferInput,
    TransferEnd,
)
from ports.plugin_shop.catalogue import (
    Availability,
    ShopCatalogue,
    ShopProduct,
    ShopProductPage,
    ShopProductSummary,
    ShopVariant,
)
from ports.plugin_shop.customers import ShopCustomer, ShopCustomers
from ports.plugin_shop.errors import CapabilityMissing, ShopNotReady
from ports.plugin_shop.events import ShopEvents
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
from ports.plugin_shop.tables import Conflict, Rows, ShopTables, StatementRefused

__all__ = [
    "Availability",
    "Blocked",
    "CapabilityMissing",
    "CapturePending",
    "CategoryId",
    "Conflict",
    "CustomerId",
    "FieldOwner",
    "Hold",
    "HoldEnd",
    "InsufficientBalance",
    "LedgerAccountId",
    "LineKey",
    "OrderHeld",
    "OrderId",
    "OrderStage",
    "PluginShop",
    "ProductId",
    "PurchaseId",
    "RefundState",
    "RefundTooLarge",
    "ReversalTooLarge",
    "Rows",
    "ShipmentId",
    "ShopAccount",
    "ShopAccounts",
    "ShopCatalogue",
    "ShopCustomer",
    "ShopCustomers",
    "ShopEvents",
    "ShopFields",
    "ShopHold",
    "ShopLot",
    "ShopNotReady",
    "ShopOrder",
    "ShopOrderActions",
    "ShopOrderLine",
    "ShopOrderPage",
    "ShopOrderSummary",
    "ShopOrders",
    "ShopParcel",
    "ShopProduct",
    "ShopProductPage",
    "ShopProductSummary",
    "ShopRefund",
    "ShopRefundInput",
    "ShopRefunds",
    "ShopTables",
    "ShopTransfer",
    "ShopTransferInput",
    "ShopVariant",
    "Sku",
    "StatementRefused",
    "TransferEnd",
    "TransferId",
    "TransferState",
]
