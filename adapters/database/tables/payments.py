"""Tables of payments, their ledger, refunds, notifications and reconciliations."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from adapters.database.columns import (
    Json,
    Utc,
    currency,
    data_key_id,
    describes,
    encrypted,
    identifier,
    minor,
    not_personal,
    pii,
    version,
)
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

PROVIDER_REFERENCE = pii(
    Category.BEHAVIOUR,
    "accounting",
    OnErase.KEEP,
    reason="without it money cannot be matched with the gateway's statement",
)

UNFINISHED = ("requested", "pending", "blocked", "failed")


payments = Table(
    "payments",
    metadata,
    identifier(what="a payment"),
    # There is no table of purchases: see ADR 0036.
    Column("purchase_id", Uuid(), nullable=False, index=True, info=describes("a payment")),
    Column("shares", Json, nullable=False, info=describes("a payment")),
    Column("gateway", Text, nullable=False, info=describes("a payment")),
    Column("account", Text, nullable=False, info=not_personal("the shop's own account")),
    Column("reference", Text, nullable=False, unique=True, info=not_personal("random digits")),
    Column("provider_reference", Text, nullable=False, info=PROVIDER_REFERENCE),
    minor("amount_minor", what="a payment"),
    currency(),
    Column("state", Text, nullable=False, info=describes("a payment")),
    Column("created_at", Utc, nullable=False, info=describes("a payment")),
    Column("expires_at", Utc, nullable=False, info=describes("a payment")),
    Column("paid_at", Utc, info=describes("a payment")),
    Column("check_at", Utc, info=describes("a payment")),
    Column("checks", Integer, nullable=False, info=describes("a payment")),
    Column("asked_at", Utc, info=describes("a payment")),
    minor("captured_minor", what="a payment"),
    minor("refund_minor", what="a payment"),
    minor("charged_back_minor", what="a payment"),
    version(),
    CheckConstraint(
        "state IN ('created', 'pending', 'authorized', 'capturing', 'voiding', 'voided',"
        " 'paid', 'partly_refunded', 'refunded', 'closed')",
        name="state",
    ),
    CheckConstraint("amount_minor > 0", name="amount"),
    CheckConstraint(
        "refund_minor >= 0 AND charged_back_minor >= 0"
        " AND refund_minor + charged_back_minor <= captured_minor",
        name="refund",
    ),
    Index(
        "ix_payments_check_at",
        "check_at",
        sqlite_where=text("check_at IS NOT NULL"),
        postgresql_where=text("check_at IS NOT NULL"),
    ),
    Index("ix_payments_gateway_paid_at", "gateway", "paid_at"),
    Index(
        "uq_payments_open",
        "purchase_id",
        "gateway",
        unique=True,
        sqlite_where=text("state IN ('created', 'pending')"),
        postgresql_where=text("state IN ('created', 'pending')"),
    ),
    Index(
        "uq_payments_provider_reference",
        "gateway",
        "account",
        "provider_reference",
        unique=True,
        sqlite_where=text("provider_reference <> ''"),
        postgresql_where=text("provider_reference <> ''"),
    ),
)


payment_entries = Table(
    "payment_entries",
    metadata,
    identifier(what="a line of the ledger"),
    Column(
        "payment_id",
        Uuid(),
        ForeignKey("payments.id"),
        nullable=False,
        info=describes("a line of the ledger"),
    ),
    Column("kind", Text, nullable=False, info=describes("a line of the ledger")),
    Column("key", Text, nullable=False, info=not_personal("random digits")),
    # Without a foreign key: inserting an entry would lock the order after its payment.
    Column("order_id", Uuid(), info=describes("a line of the ledger")),
    minor("amount_minor", what="a line of the ledger"),
    currency(),
    Column("at", Utc, nullable=False, info=describes("a line of the ledger")),
    UniqueConstraint("payment_id", "kind", "key"),
)


refunds = Table(
    "refunds",
    metadata,
    identifier(what="a refund"),
    Column(
        "payment_id",
        Uuid(),
        ForeignKey("payments.id"),
        nullable=False,
        index=True,
        info=describes("a refund"),
    ),
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id"),
        nullable=False,
        index=True,
        info=describes("a refund"),
    ),
    # Without a foreign key: inserting a refund of an exchange would lock another order.
    Column("paid_order_id", Uuid(), nullable=False, info=describes("a refund")),
    Column("instalment", Text, nullable=False, info=describes("a refund")),
    Column("return_id", Uuid(), ForeignKey("returns.id"), unique=True, info=describes("a refund")),
    Column("gateway", Text, nullable=False, info=describes("a refund")),
    Column("reference", Text, nullable=False, unique=True, info=not_personal("random digits")),
    Column("provider_reference", Text, nullable=False, info=PROVIDER_REFERENCE),
    minor("amount_minor", what="a refund"),
    currency(),
    Column("reason", Text, nullable=False, info=describes("a refund")),
    Column("quantities", Json, nullable=False, info=describes("a refund")),
    Column("state", Text, nullable=False, info=describes("a refund")),
    Column("failure", Text, nullable=False, info=describes("a refund")),
    Column("requested_at", Utc, nullable=False, info=describes("a refund")),
    Column("actor", Text, nullable=False, info=not_personal("opaque number of a staff member")),
    Column("check_at", Utc, info=describes("a refund")),
    Column("tries", Integer, nullable=False, info=describes("a refund")),
    version(),
    CheckConstraint(
        "state IN ('requested', 'pending', 'blocked', 'succeeded', 'failed', 'replaced',"
        " 'reversed')",
        name="state",
    ),
    CheckConstraint("amount_minor > 0", name="amount"),
    Index(
        "ix_refunds_unfinished",
        "requested_at",
        sqlite_where=text(f"state IN {UNFINISHED}"),
        postgresql_where=text(f"state IN {UNFINISHED}"),
    ),
    Index(
        "ix_refunds_check_at",
        "check_at",
        sqlite_where=text("check_at IS NOT NULL"),
        postgresql_where=text("check_at IS NOT NULL"),
    ),
)


notifications = Table(
    "notifications",
    metadata,
    Column("id", Uuid(), nullable=False, unique=True, info=describes("a notification")),
    Column("gateway", Text, primary_key=True, info=describes("a notification")),
    Column("account", Text, primary_key=True, info=not_personal("the shop's own account")),
    Column("key", Text, primary_key=True, info=describes("a notification")),
    data_key_id("payment", OnErase.CLEAR),
    encrypted("body", Category.BEHAVIOUR, "payment", OnErase.CLEAR),
    Column("reference", Text, nullable=False, index=True, info=not_personal("random digits")),
    Column("received_at", Utc, nullable=False, index=True, info=describes("a notification")),
    Column("state", Text, nullable=False, info=describes("a notification")),
    Column("reason", Text, nullable=False, info=describes("a notification")),
    CheckConstraint("state IN ('received', 'applied', 'quarantined')", name="state"),
    Index(
        "ix_notifications_quarantined",
        "received_at",
        sqlite_where=text("state = 'quarantined'"),
        postgresql_where=text("state = 'quarantined'"),
    ),
)


reconciliations = Table(
    "reconciliations",
    metadata,
    Column("gateway", Text, primary_key=True, info=describes("a report")),
    Column("day", Date, primary_key=True, info=describes("a report")),
    Column("made_at", Utc, nullable=False, info=describes("a report")),
    Column("report", Json, nullable=False, info=not_personal("references, amounts and times")),
)
