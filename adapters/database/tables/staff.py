"""The table of staff."""

from sqlalchemy import (
    Boolean,
    Column,
    Table,
    Text,
)

from adapters.database.columns import (
    data_key_id,
    describes,
    encrypted,
    identifier,
    not_personal,
    pii,
    version,
)
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, DataSubjectKind, OnErase

staff = Table(
    "staff",
    metadata,
    identifier(what="a staff member's opaque number"),
    data_key_id("employment", OnErase.DELETE, data_subject=DataSubjectKind.STAFF),
    encrypted(
        "login",
        Category.CONTACT,
        "employment",
        OnErase.DELETE,
        data_subject=DataSubjectKind.STAFF,
        nullable=False,
    ),
    Column(
        "password_hash",
        Text,
        nullable=False,
        info=pii(
            Category.CREDENTIAL,
            "employment",
            OnErase.DELETE,
            data_subject=DataSubjectKind.STAFF,
            export=False,
            reason="a secret",
        ),
    ),
    encrypted(
        "name",
        Category.CONTACT,
        "employment",
        OnErase.DELETE,
        data_subject=DataSubjectKind.STAFF,
        nullable=False,
    ),
    Column("role", Text, nullable=False, info=not_personal("manager, clerk or auditor")),
    Column("disabled", Boolean, nullable=False, info=describes("a staff account")),
    version(),
)
