"""The public API for plugins that have tables in the database of the shop.

Importing it loads SQLAlchemy. Write statements with SQLAlchemy Core, and run them with
``context.shop.tables``.
"""

from adapters.database.columns import (
    Json,
    Utc,
    encrypted,
    identifier,
    not_personal,
)
from adapters.database.columns import pii as personal
from adapters.database.plugin_tables.declaration import (
    PluginTables,
    blind_index,
    new_metadata,
    of_customer,
    of_order,
    recorded_at,
)
from core.domain.privacy.inventory import Category, OnErase

__all__ = [
    "Category",
    "Json",
    "OnErase",
    "PluginTables",
    "Utc",
    "blind_index",
    "encrypted",
    "identifier",
    "new_metadata",
    "not_personal",
    "of_customer",
    "of_order",
    "personal",
    "recorded_at",
]
