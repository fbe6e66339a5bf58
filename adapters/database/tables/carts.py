"""The table of carts."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import (
    Json,
    Utc,
    blind_index,
    currency,
    data_key_id,
    encrypted,
    identifier,
    link,
    pii,
    version,
)
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

carts = Table(
    "carts",
    metadata,
    identifier(what="a cart"),
    Column(
        "token_hash",
        Text,
        nullable=False,
        unique=True,
        info=pii(Category.CREDENTIAL, "cart", OnErase.DELETE, export=False, reason="a secret"),
    ),
    Column(
        "customer_id",
        Uuid(),
        ForeignKey("customers.id", ondelete="CASCADE"),
        unique=True,
        info=link("cart", OnErase.DELETE),
    ),
    currency(),
    Column("lines", Json, nullable=False, info=pii(Category.BEHAVIOUR, "cart", OnErase.DELETE)),
    Column("coupons", Json, nullable=False, info=pii(Category.BEHAVIOUR, "cart", OnErase.DELETE)),
    Column("points", Integer, nullable=False, info=pii(Category.BEHAVIOUR, "cart", OnErase.DELETE)),
    data_key_id("cart", OnErase.DELETE),
    encrypted("delivery", Category.ADDRESS, "cart", OnErase.DELETE),
    blind_index("contact_index", "cart", OnErase.DELETE),
    Column(
        "updated_at",
        Utc,
        nullable=False,
        index=True,
        info=pii(Category.BEHAVIOUR, "cart", OnErase.DELETE),
    ),
    version(),
)
