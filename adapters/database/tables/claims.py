"""Tables of quotas, their use by persons, and the claims of orders."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from adapters.database.columns import ACCOUNTED, Utc, describes, identifier, link, pii
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

quotas = Table(
    "quotas",
    metadata,
    Column("key", Text, primary_key=True, info=describes("an offer")),
    Column("shard", Integer, primary_key=True, info=describes("a counter")),
    Column("limit", BigInteger, nullable=False, info=describes("an offer")),
    Column("taken", BigInteger, nullable=False, info=describes("a counter")),
    CheckConstraint('taken >= 0 AND taken <= "limit"', name="taken"),
)
"""``limit`` is the part of the shard, at the last claim that was granted."""


quota_uses = Table(
    "quota_uses",
    metadata,
    identifier(what="a use of an offer"),
    Column("key", Text, nullable=False, info=ACCOUNTED),
    Column("person", LargeBinary, info=link("order", OnErase.CLEAR)),
    Column("taken", BigInteger, nullable=False, info=ACCOUNTED),
    Column(
        "begun_at",
        Utc,
        nullable=False,
        info=pii(
            Category.BEHAVIOUR,
            "accounting",
            OnErase.KEEP,
            reason="begins the retention; it leads to no person after the erasure",
        ),
    ),
    UniqueConstraint("person", "key"),
    CheckConstraint("taken >= 0", name="taken"),
)
"""``person`` is a keyed hash of an account or a contact; NULL after an erasure."""


claims = Table(
    "claims",
    metadata,
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id"),
        primary_key=True,
        info=describes("a claim"),
    ),
    Column("position", Integer, primary_key=True, info=describes("a claim")),
    Column("key", Text, nullable=False, info=ACCOUNTED),
    Column("shard", Integer, info=describes("a claim")),
    Column("shards", Integer, nullable=False, info=describes("a claim")),
    Column("use_id", Uuid(), ForeignKey("quota_uses.id"), index=True, info=describes("a claim")),
    Column("per_person", BigInteger, info=describes("an offer")),
    Column("amount", BigInteger, nullable=False, info=ACCOUNTED),
    Column("give_back", Text, nullable=False, info=describes("a claim")),
    Column("state", Text, nullable=False, info=describes("a claim")),
    Index("ix_claims_key", "key"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("state IN ('held', 'taken', 'released')", name="state"),
    CheckConstraint("give_back IN ('never', 'on_cancel', 'on_full_refund')", name="give_back"),
)
"""``shard`` is NULL if only each person has a limit, ``use_id`` if only all together have one."""
