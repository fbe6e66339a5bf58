"""All tables, one module for each context. Importing the package completes `metadata`."""

from adapters.database.metadata import metadata
from adapters.database.tables import (
    audit,
    carts,
    catalogue,
    customers,
    events,
    fulfillment,
    idempotency,
    orders,
    payments,
    privacy,
    returns,
    search,
    sessions,
    staff,
    stock,
)

__all__ = [
    "audit",
    "carts",
    "catalogue",
    "customers",
    "events",
    "fulfillment",
    "idempotency",
    "metadata",
    "orders",
    "payments",
    "privacy",
    "returns",
    "search",
    "sessions",
    "staff",
    "stock",
]
