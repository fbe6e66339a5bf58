"""The public API for plugins.

It has the hooks and the manifest, the ports with their values and errors, and the domain values
that the ports use. `entrepot.privacy` has those for personal data, `entrepot.pages`
those for storefront pages. Importing it loads only the
standard library and pluggy.
"""

from core.domain.address import Address
from core.domain.errors import (
    AlreadyExists,
    DomainError,
    IllegalTransition,
    Invalid,
    KeyReused,
    NotFound,
)
from core.domain.events import (
    Event,
    InstalmentPaid,
    OrderCancelled,
    OrderDelivered,
    OrderHoldLifted,
    OrderHoldPlaced,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    PaymentArrivedLate,
    ProductChanged,
    PromotionChanged,
    RefundBlocked,
    RefundFailed,
    RefundReplaced,
    RefundRequested,
    RefundSucceeded,
    ReturnChanged,
    StockChanged,
)
from core.domain.identifiers import CategoryId, ProductId
from core.domain.money import Money
from core.domain.payments.events import (
    ChargebackReinstated,
    PaymentChargedBack,
    RefundReversed,
)
from core.domain.permissions import Permission
from core.domain.pricing.adjustments import TaxAmount
from core.domain.privacy.recipient import Recipient
from core.domain.schedules import Every
from core.domain.text import Text
from entrepot.hookspecs import (
    API_VERSION,
    Capability,
    EventListener,
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
from ports.fulfillment import (
    Carrier,
    CarrierService,
    ParcelLine,
    ShippingRate,
    ShippingRequest,
    Tracking,
    TracksParcels,
)
from ports.jobs import Job
from ports.keys import KeyringLock
from ports.payments.abilities import Ability
from ports.payments.authorizations import Authorizations
from ports.payments.gateway import GatewayPayment, GatewayStatus, PaymentGateway, PaymentReference
from ports.payments.notifications import (
    Acknowledgement,
    Notification,
    Notifications,
    RawNotification,
)
from ports.payments.purchase import (
    AppParameters,
    FormPost,
    InAppParameters,
    NextAction,
    PurchaseRequest,
    QrCode,
    Redirect,
    Scene,
)
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest, Refunds
from ports.payments.statements import StatementKind, StatementLine, Statements
from ports.recommendation import Basket, PurchaseHistory, Recommendation, Recommender
from ports.search import FacetCount, SearchDocument, SearchIndex, SearchQuery, SearchResult, Sort
from ports.taxes import (
    RecordsTaxes,
    TaxAnswer,
    TaxEngine,
    TaxPlace,
    TaxRequest,
    TaxRequestLine,
)

__version__ = "0.1.0"

__all__ = [
    "API_VERSION",
    "Ability",
    "Acknowledgement",
    "Address",
    "AlreadyExists",
    "AmountExceeded",
    "AppParameters",
    "Authorizations",
    "BadSignature",
    "Basket",
    "Capability",
    "Carrier",
    "CarrierService",
    "CategoryId",
    "ChargebackReinstated",
    "Clock",
    "Declined",
    "DomainError",
    "Event",
    "EventListener",
    "EventSubscriber",
    "Every",
    "FacetCount",
    "FormPost",
    "FundsMissing",
    "GatewayPayment",
    "GatewayRefund",
    "GatewayRefundStatus",
    "GatewayStatus",
    "IllegalTransition",
    "InAppParameters",
    "InstalmentPaid",
    "Invalid",
    "Job",
    "KeyReused",
    "KeyringLock",
    "Manifest",
    "Misconfigured",
    "Money",
    "NextAction",
    "NotFound",
    "NotReadyYet",
    "Notification",
    "Notifications",
    "OrderCancelled",
    "OrderDelivered",
    "OrderHoldLifted",
    "OrderHoldPlaced",
    "OrderPaid",
    "OrderPlaced",
    "OrderShipped",
    "OutcomeUnknown",
    "ParcelLine",
    "PaymentArrivedLate",
    "PaymentChargedBack",
    "PaymentGateway",
    "PaymentReference",
    "Permission",
    "PluginContext",
    "PortError",
    "ProductChanged",
    "ProductId",
    "PromotionChanged",
    "PurchaseHistory",
    "PurchaseRequest",
    "QrCode",
    "RateLimited",
    "RawNotification",
    "Recipient",
    "Recommendation",
    "Recommender",
    "RecordsTaxes",
    "Redirect",
    "RefundBlocked",
    "RefundFailed",
    "RefundReplaced",
    "RefundRequest",
    "RefundRequested",
    "RefundReversed",
    "RefundSucceeded",
    "Refunds",
    "Rejected",
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
    "TaxAmount",
    "TaxAnswer",
    "TaxEngine",
    "TaxPlace",
    "TaxRequest",
    "TaxRequestLine",
    "Text",
    "Tracking",
    "TracksParcels",
    "Unavailable",
    "__version__",
    "hookimpl",
]
