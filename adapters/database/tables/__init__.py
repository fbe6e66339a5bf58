"""Every table of the core, with the constraints that hold whatever the code does."""

from adapters.database.tables.catalogue import (
    attribute_values,
    brands,
    categories,
    counters,
    products,
    variants,
)
from adapters.database.tables.events import deliveries, idempotency_keys, outbox, webhooks
from adapters.database.tables.metadata import metadata
from adapters.database.tables.money import (
    notifications,
    payment_entries,
    payments,
    reconciliations,
    refunds,
)
from adapters.database.tables.people import addresses, customers, logins, sessions, staff
from adapters.database.tables.privacy import (
    audit_heads,
    audit_log,
    consent_heads,
    consents,
    disclosures,
    legal_holds,
    outbound,
    privacy_claims,
    privacy_decisions,
    privacy_requests,
    record_keepers,
    retained_records,
    tombstone_replays,
)
from adapters.database.tables.search import search_attributes, search_documents, search_places
from adapters.database.tables.stock import (
    allocations,
    locations,
    reservations,
    stock_levels,
    stock_movements,
)
from adapters.database.tables.trade import carts, order_lines, orders, returns, shipments

__all__ = [
    "addresses",
    "allocations",
    "attribute_values",
    "audit_heads",
    "audit_log",
    "brands",
    "carts",
    "categories",
    "consent_heads",
    "consents",
    "counters",
    "customers",
    "deliveries",
    "disclosures",
    "idempotency_keys",
    "legal_holds",
    "locations",
    "logins",
    "metadata",
    "notifications",
    "order_lines",
    "orders",
    "outbound",
    "outbox",
    "payment_entries",
    "payments",
    "privacy_claims",
    "privacy_decisions",
    "privacy_requests",
    "products",
    "reconciliations",
    "record_keepers",
    "refunds",
    "reservations",
    "retained_records",
    "returns",
    "search_attributes",
    "search_documents",
    "search_places",
    "sessions",
    "shipments",
    "staff",
    "stock_levels",
    "stock_movements",
    "tombstone_replays",
    "variants",
    "webhooks",
]
