"""Tables of coupons and their batches."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from adapters.database.columns import Utc, describes, link, pii, texts
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

BATCH = describes("a batch of coupons")
GIVEN = pii(Category.BEHAVIOUR, "account", OnErase.DELETE)
OWNED = "owner IS NOT NULL"

coupon_batches = Table(
    "coupon_batches",
    metadata,
    Column("code", Text, primary_key=True, info=BATCH),
    Column("promotion", Text, nullable=False, index=True, info=BATCH),
    Column("kind", Text, nullable=False, info=BATCH),
    texts("label", what="a batch of coupons"),
    Column("starts_at", Utc, info=BATCH),
    Column("ends_at", Utc, info=BATCH),
    Column("valid_days", Integer, nullable=False, info=BATCH),
    Column("most_uses", Integer, nullable=False, info=BATCH),
    Column("most_uses_each", Integer, nullable=False, info=BATCH),
    Column("size", Integer, nullable=False, info=BATCH),
    Column("most_each", Integer, nullable=False, info=BATCH),
    Column("made", Integer, nullable=False, info=BATCH),
    Column("created_at", Utc, nullable=False, info=BATCH),
    CheckConstraint("kind IN ('public', 'personal', 'claimed')", name="kind"),
    Index("ix_coupon_batches_created_at_code", "created_at", "code"),
)
"""``made`` counts the coupons; erased and revoked ones stay counted."""


coupons = Table(
    "coupons",
    metadata,
    Column("key", Text, primary_key=True, info=describes("a coupon")),
    Column(
        "batch",
        Text,
        ForeignKey("coupon_batches.code"),
        nullable=False,
        index=True,
        info=describes("a coupon"),
    ),
    Column("owner", LargeBinary, info=link("account", OnErase.DELETE)),
    Column("source", Text, nullable=False, info=GIVEN),
    Column("issued_at", Utc, nullable=False, info=GIVEN),
    Column("revoked_at", Utc, info=GIVEN),
    Index(
        "ix_coupons_owner_issued_at",
        "owner",
        "issued_at",
        sqlite_where=text(OWNED),
        postgresql_where=text(OWNED),
    ),
)
"""``key`` is a keyed hash of the code. ``owner`` is a keyed hash of an account, as in
`quota_uses`; NULL for a public coupon. ``source`` says why an owner has it, once for each reason.
"""
