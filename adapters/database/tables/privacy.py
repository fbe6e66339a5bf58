"""Tables of privacy requests, consents, disclosures and retention."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import (
    Json,
    Utc,
    describes,
    encrypted,
    identifier,
    link,
    not_personal,
    pii,
    version,
)
from adapters.database.metadata import metadata
from adapters.database.tables.audit import signed_heads
from core.domain.privacy.inventory import Category, OnErase

RECIPIENT_TIMES = pii(
    Category.BEHAVIOUR,
    "rights",
    OnErase.KEEP,
    reason="recipients must be informed of an erasure; the order leads to no person by then",
)


privacy_requests = Table(
    "privacy_requests",
    metadata,
    identifier(what="a request"),
    Column("number", Text, nullable=False, unique=True, info=not_personal("random digits")),
    Column("kind", Text, nullable=False, info=describes("a request")),
    Column("applicant", Text, nullable=False, info=not_personal("the person, or a relative")),
    Column("state", Text, nullable=False, info=describes("a request")),
    Column("data_key_id", Uuid(), info=describes("the key of a request")),
    encrypted("subject", Category.CONTACT, "rights", OnErase.CLEAR),
    Column("subject_hash", Text, nullable=False, info=not_personal("a hash with a secret salt")),
    Column("received_at", Utc, nullable=False, info=describes("a request")),
    Column("due_at", Utc, nullable=False, index=True, info=describes("a request")),
    Column("article", Text, nullable=False, info=describes("a request")),
    Column("verified_by", Text, nullable=False, info=not_personal("a way of checking")),
    Column(
        "approved_by", Text, nullable=False, info=not_personal("opaque number of a staff member")
    ),
    Column("plan_hash", Text, nullable=False, info=describes("a request")),
    Column("reason", Text, nullable=False, info=describes("a request")),
    Column("failures", Json, nullable=False, info=not_personal("names of plugins")),
    Column("ended_at", Utc, info=describes("a request")),
    Column("certificate", Json, info=not_personal("counts, hashes and times")),
    version(),
    CheckConstraint(
        "state IN ('received', 'identity_verified', 'frozen', 'planned', 'held', 'approved',"
        " 'executing', 'propagating', 'verifying', 'completed', 'incomplete', 'refused')",
        name="state",
    ),
)


privacy_claims = Table(
    "privacy_claims",
    metadata,
    Column("claim", LargeBinary, primary_key=True, info=link("rights", OnErase.DELETE)),
    Column(
        "request_id",
        Uuid(),
        ForeignKey("privacy_requests.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=describes("a request"),
    ),
)
"""Claims of open requests: the unique key allows one open request for each account and contact."""


privacy_decisions = Table(
    "privacy_decisions",
    metadata,
    Column(
        "request_id",
        Uuid(),
        ForeignKey("privacy_requests.id", ondelete="CASCADE"),
        primary_key=True,
        info=describes("a decision"),
    ),
    Column("data_provider", Text, primary_key=True, info=describes("a decision")),
    Column("reference", Text, primary_key=True, info=not_personal("opaque numbers")),
    Column("position", BigInteger, nullable=False, info=describes("a decision")),
    Column("outcome", Text, nullable=False, info=describes("a decision")),
    Column("fields", Json, nullable=False, info=not_personal("names of columns")),
    Column("reason", Text, nullable=False, info=describes("a decision")),
    Column("article", Text, nullable=False, info=describes("a decision")),
    Column("until", Utc, info=describes("a decision")),
    Column(
        "data_key_ids",
        Json,
        nullable=False,
        info=not_personal("opaque numbers, until they are done"),
    ),
    Column("done", Boolean, nullable=False, info=describes("a decision")),
    Index("ix_privacy_decisions_position", "request_id", "position"),
)


legal_holds = Table(
    "legal_holds",
    metadata,
    identifier(what="a hold"),
    Column("customer_id", Uuid(), nullable=False, index=True, info=link("rights", OnErase.DELETE)),
    Column("reason", Text, nullable=False, info=describes("a hold")),
    Column("placed_at", Utc, nullable=False, info=describes("a hold")),
    Column("placed_by", Text, nullable=False, info=not_personal("who placed it")),
)


disclosures = Table(
    "disclosures",
    metadata,
    identifier(what="a disclosure"),
    Column(
        "customer_id",
        Uuid(),
        ForeignKey("customers.id", ondelete="SET NULL"),
        index=True,
        info=link("rights", OnErase.CLEAR),
    ),
    Column("reason", Text, nullable=False, info=describes("a disclosure")),
    Column(
        "requested_by", Text, nullable=False, info=not_personal("opaque number of a staff member")
    ),
    Column("requested_at", Utc, nullable=False, index=True, info=describes("a disclosure")),
    Column("approved_by", Text, info=not_personal("opaque number of a staff member")),
    Column("expires_at", Utc, info=describes("a disclosure")),
    CheckConstraint("approved_by <> requested_by", name="second_person"),
)
"""Requests of auditors to see a member's data; a second person approves."""


data_links = Table(
    "data_links",
    metadata,
    Column("token_hash", Text, primary_key=True, info=not_personal("a hash of random letters")),
    Column("event_id", Uuid(), nullable=False, info=describes("a question")),
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id", ondelete="CASCADE"),
        index=True,
        info=describes("an order"),
    ),
    Column(
        "customer_id",
        Uuid(),
        ForeignKey("customers.id", ondelete="CASCADE"),
        index=True,
        info=link("rights", OnErase.DELETE),
    ),
    Column("login", LargeBinary, info=link("rights", OnErase.DELETE)),
    Column("expires_at", Utc, nullable=False, index=True, info=describes("a link")),
    CheckConstraint("(order_id IS NULL) <> (customer_id IS NULL)", name="one_person"),
)
"""Links in emails to guests and members. Using a link deletes its row."""


recipient_log = Table(
    "recipient_log",
    metadata,
    Column("recipient", Text, primary_key=True, info=describes("a recipient")),
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=describes("an order"),
    ),
    Column("first_at", Utc, nullable=False, info=RECIPIENT_TIMES),
    Column("last_at", Utc, nullable=False, info=RECIPIENT_TIMES),
)
"""Recipients that received personal data of an order."""


personal_data_providers = Table(
    "personal_data_providers",
    metadata,
    Column("code", Text, primary_key=True, info=describes("a plugin")),
    Column("inventory", Json, nullable=False, info=describes("a plugin")),
    Column("seen_at", Utc, nullable=False, info=describes("a plugin")),
)


retained_records = Table(
    "retained_records",
    metadata,
    Column("data_provider", Text, primary_key=True, info=describes("a retained record")),
    Column("reference", Text, primary_key=True, info=not_personal("opaque numbers")),
    Column("reason", Text, nullable=False, info=describes("a retained record")),
    Column("article", Text, nullable=False, info=describes("a retained record")),
    Column("until", Utc, nullable=False, index=True, info=describes("a retained record")),
)


tombstone_replays = Table(
    "tombstone_replays",
    metadata,
    Column("id", Integer, primary_key=True, info=not_personal("there is one row")),
    Column("epoch", BigInteger, nullable=False, info=not_personal("counts destroyed keys")),
)


consents = Table(
    "consents",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, info=describes("an entry")),
    Column("at", Utc, nullable=False, info=describes("an entry")),
    Column(
        "customer_id",
        Uuid(),
        ForeignKey("customers.id", ondelete="SET NULL"),
        info=link("rights", OnErase.CLEAR),
    ),
    Column("salt", Text, info=pii(Category.LINK, "rights", OnErase.CLEAR)),
    Column("subject_hash", Text, nullable=False, info=not_personal("a hash with a secret salt")),
    Column("purpose", Text, nullable=False, info=describes("an entry")),
    Column(
        "given",
        Boolean,
        nullable=False,
        info=not_personal("leads to no person after customer_id was cleared"),
    ),
    Column("notice_version", Text, nullable=False, info=describes("a notice")),
    Column("text_hash", Text, nullable=False, info=describes("a notice")),
    Column("language", Text, nullable=False, info=describes("a notice")),
    Column("channel", Text, nullable=False, info=describes("an entry")),
    Column("previous", Text, nullable=False, info=describes("an entry")),
    Column("hash", Text, nullable=False, info=describes("an entry")),
    Index("ix_consents_customer_id_purpose", "customer_id", "purpose", "number"),
)
"""Each consent and each withdrawal; ``subject_hash`` is SHA-256 of the salt and the customer."""


consent_heads = signed_heads("consent_heads")
