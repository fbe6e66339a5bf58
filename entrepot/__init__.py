"""Entrepot: what a plugin's author imports.

Hooks and manifest, the five ports with their values and errors, and the values of the
domain that cross them. Importing this imports the standard library and pluggy alone.
"""

from core.domain.address import Address
from core.domain.errors import DomainError, Invalid
from core.domain.events import (
    Event,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    ProductChanged,
    StockChanged,
)
from core.domain.identifiers import CategoryId, ProductId
from core.domain.money import Money
from core.domain.text import Text
from entrepot.hookspecs import (
    API_VERSION,
    Capability,
    EventSubscriber,
    Manifest,
    PluginContext,
    hookimpl,
)
from ports.clock import Clock
from ports.errors import BadSignature, OutcomeUnknown, PortError, Rejected, Unavailable
from ports.payment import (
    Acknowledgement,
    FormPost,
    GatewayPayment,
    GatewayStatus,
    NextAction,
    Notification,
    Notifications,
    PaymentGateway,
    PurchaseRequest,
    QrCode,
    RawNotification,
    Redirect,
)
from ports.recommendation import Basket, Purchases, Recommendation, Recommender
from ports.search import FacetCount, SearchDocument, SearchIndex, SearchQuery, SearchResult, Sort
from ports.shipping import (
    Carrier,
    CarrierService,
    ParcelLine,
    ShippingRate,
    ShippingRequest,
    Tracking,
    TrackingEvent,
    TrackingStatus,
    TracksParcels,
)

__version__ = "0.1.0"

__all__ = [
    "API_VERSION",
    "Acknowledgement",
    "Address",
    "BadSignature",
    "Basket",
    "Capability",
    "Carrier",
    "CarrierService",
    "CategoryId",
    "Clock",
    "DomainError",
    "Event",
    "EventSubscriber",
    "FacetCount",
    "FormPost",
    "GatewayPayment",
    "GatewayStatus",
    "Invalid",
    "Manifest",
    "Money",
    "NextAction",
    "Notification",
    "Notifications",
    "OrderCancelled",
    "OrderDelivered",
    "OrderPaid",
    "OrderPlaced",
    "OrderShipped",
    "OutcomeUnknown",
    "ParcelLine",
    "PaymentGateway",
    "PluginContext",
    "PortError",
    "ProductChanged",
    "ProductId",
    "PurchaseRequest",
    "Purchases",
    "QrCode",
    "RawNotification",
    "Recommendation",
    "Recommender",
    "Redirect",
    "Rejected",
    "SearchDocument",
    "SearchIndex",
    "SearchQuery",
    "SearchResult",
    "ShippingRate",
    "ShippingRequest",
    "Sort",
    "StockChanged",
    "Text",
    "Tracking",
    "TrackingEvent",
    "TrackingStatus",
    "TracksParcels",
    "Unavailable",
    "__version__",
    "hookimpl",
]
