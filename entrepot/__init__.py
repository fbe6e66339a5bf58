"""The public API for plugins.

It has the hooks and the manifest, the ports with their values and errors, and the domain values
that the ports use. `entrepot.privacy` has those for personal data, `entrepot.pages`
those for storefront pages. Importing it loads only the
standard library and pluggy.
"""

from core.domain.address import Address
from core.domain.claims import SHARDS, Claim, ClaimKind, GiveBack
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
from core.domain.identifiers import CategoryId, CustomerId, ProductId, Sku
from core.domain.money import Money
from core.domain.orders.holds import Blocked, Hold, HoldEnd
from core.domain.orders.refusals import Refusal
from core.domain.payments.events import (
    ChargebackReinstated,
    PaymentChargedBack,
    RefundReversed,
)
from core.domain.permissions import Permission
from core.domain.pricing.adjustments import Lane, TaxAmount
from core.domain.pricing.facts import Fact, FactKind
from core.domain.pricing.price_lists import PriceRank
from core.domain.pricing.promotions.arguments import ArgumentType
from core.domain.pricing.promotions.presets import Gap, KindArgument, PromotionKind
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
from ports.order_guards import DraftLine, DraftStage, Note, OrderDraft, OrderGuard, Remark
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
from ports.price_enquiries import Enquiry, EnquiryLine, Facts, PriceOffer, PriceOffers
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
    "SHARDS",
    "Ability",
    "Acknowledgement",
    "Address",
    "AlreadyExists",
    "AmountExceeded",
    "AppParameters",
    "ArgumentType",
    "Authorizations",
    "BadSignature",
    "Basket",
    "Blocked",
    "Capability",
    "Carrier",
    "CarrierService",
    "CategoryId",
    "ChargebackReinstated",
    "Claim",
    "ClaimKind",
    "Clock",
    "CustomerId",
    "Declined",
    "DomainError",
    "DraftLine",
    "DraftStage",
    "Enquiry",
    "EnquiryLine",
    "Event",
    "EventListener",
    "EventSubscriber",
    "Every",
    "FacetCount",
    "Fact",
    "FactKind",
    "Facts",
    "FormPost",
    "FundsMissing",
    "Gap",
    "GatewayPayment",
    "GatewayRefund",
    "GatewayRefundStatus",
    "GatewayStatus",
    "GiveBack",
    "Hold",
    "HoldEnd",
    "IllegalTransition",
    "InAppParameters",
    "InstalmentPaid",
    "Invalid",
    "Job",
    "KeyReused",
    "KeyringLock",
    "KindArgument",
    "Lane",
    "Manifest",
    "Misconfigured",
    "Money",
    "NextAction",
    "NotFound",
    "NotReadyYet",
    "Note",
    "Notification",
    "Notifications",
    "OrderCancelled",
    "OrderDelivered",
    "OrderDraft",
    "OrderGuard",
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
    "PriceOffer",
    "PriceOffers",
    "PriceRank",
    "ProductChanged",
    "ProductId",
    "PromotionChanged",
    "PromotionKind",
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
    "Refusal",
    "Rejected",
    "Remark",
    "ReturnChanged",
    "Scene",
    "SearchDocument",
    "SearchIndex",
    "SearchQuery",
    "SearchResult",
    "ShippingRate",
    "ShippingRequest",
    "Sku",
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
