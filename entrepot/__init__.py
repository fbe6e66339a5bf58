"""The public API for plugins.

It has the hooks and the manifest, the ports with their values and errors, and the domain values
that the ports use. Importing it loads only the standard library and pluggy.
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
    PaymentArrivedLate,
    ProductChanged,
    RefundFailed,
    RefundRequested,
    RefundSucceeded,
    ReturnChanged,
    StockChanged,
)
from core.domain.identifiers import CategoryId, ProductId
from core.domain.money import Money
from core.domain.privacy.inventory import (
    Category,
    Field,
    NotPersonal,
    OnErase,
    Pii,
    Store,
)
from core.domain.privacy.recipient import Recipient
from core.domain.privacy.records import (
    Decision,
    Outcome,
    Page,
    Record,
    Residue,
    Subject,
)
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
from ports.errors import (
    AmountExceeded,
    BadSignature,
    Declined,
    FundsMissing,
    Misconfigured,
    NotReadyYet,
    OutcomeUnknown,
    PortError,
    RateLimited,
    Rejected,
    Unavailable,
)
from ports.keys import KeyringLock
from ports.payment.abilities import Ability
from ports.payment.authorizations import Authorizations
from ports.payment.gateway import GatewayPayment, GatewayStatus, PaymentGateway, PaymentReference
from ports.payment.notifications import (
    Acknowledgement,
    Notification,
    Notifications,
    RawNotification,
)
from ports.payment.purchase import (
    AppParameters,
    FormPost,
    InAppParameters,
    NextAction,
    PurchaseRequest,
    QrCode,
    Redirect,
    Scene,
)
from ports.payment.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest, Refunds
from ports.payment.statements import StatementKind, StatementLine, Statements
from ports.privacy import RecordKeeper, Rectification, Restriction, Retention
from ports.recommendation import Basket, Purchases, Recommendation, Recommender
from ports.search import FacetCount, SearchDocument, SearchIndex, SearchQuery, SearchResult, Sort
from ports.shipping import (
    Carrier,
    CarrierService,
    ParcelLine,
    ShippingRate,
    ShippingRequest,
    Tracking,
    TracksParcels,
)

__version__ = "0.1.0"

__all__ = [
    "API_VERSION",
    "Ability",
    "Acknowledgement",
    "Address",
    "AmountExceeded",
    "AppParameters",
    "Authorizations",
    "BadSignature",
    "Basket",
    "Capability",
    "Carrier",
    "CarrierService",
    "Category",
    "CategoryId",
    "Clock",
    "Decision",
    "Declined",
    "DomainError",
    "Event",
    "EventSubscriber",
    "FacetCount",
    "Field",
    "FormPost",
    "FundsMissing",
    "GatewayPayment",
    "GatewayRefund",
    "GatewayRefundStatus",
    "GatewayStatus",
    "InAppParameters",
    "Invalid",
    "KeyringLock",
    "Manifest",
    "Misconfigured",
    "Money",
    "NextAction",
    "NotPersonal",
    "NotReadyYet",
    "Notification",
    "Notifications",
    "OnErase",
    "OrderCancelled",
    "OrderDelivered",
    "OrderPaid",
    "OrderPlaced",
    "OrderShipped",
    "Outcome",
    "OutcomeUnknown",
    "Page",
    "ParcelLine",
    "PaymentArrivedLate",
    "PaymentGateway",
    "PaymentReference",
    "Pii",
    "PluginContext",
    "PortError",
    "ProductChanged",
    "ProductId",
    "PurchaseRequest",
    "Purchases",
    "QrCode",
    "RateLimited",
    "RawNotification",
    "Recipient",
    "Recommendation",
    "Recommender",
    "Record",
    "RecordKeeper",
    "Rectification",
    "Redirect",
    "RefundFailed",
    "RefundRequest",
    "RefundRequested",
    "RefundSucceeded",
    "Refunds",
    "Rejected",
    "Residue",
    "Restriction",
    "Retention",
    "ReturnChanged",
    "Scene",
    "SearchDocument",
    "SearchIndex",
    "SearchQuery",
    "SearchResult",
    "ShippingRate",
    "ShippingRequest",
    "Sort",
    "StatementKind",
    "StatementLine",
    "Statements",
    "StockChanged",
    "Store",
    "Subject",
    "Text",
    "Tracking",
    "TracksParcels",
    "Unavailable",
    "__version__",
    "hookimpl",
]
