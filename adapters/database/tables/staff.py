"""The tables of staff and of their roles."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Table,
    Text,
)

from adapters.database.columns import (
    Json,
    data_key_id,
    describes,
    encrypted,
    identifier,
    not_personal,
    pii,
    texts,
    version,
)
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, DataSubjectKind, OnErase

roles = Table(
    "roles",
    metadata,
    Column("code", Text, primary_key=True, info=describes("a role")),
    texts("name", what="a role"),
    Column("permissions", Json, nullable=False, info=describes("a role")),
    Column("manages_staff", Boolean, nullable=False, info=describes("a role")),
    Column("built_in", Boolean, nullable=False, info=describes("a role")),
    version(),
)
"""``permissions`` is a list of codes. ``manages_staff``: ``staff.manage`` is one of them."""


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
    Column(
        "role",
        ForeignKey("roles.code"),
        nullable=False,
        index=True,
        info=not_personal("the code of a role"),
    ),
    Column("disabled", Boolean, nullable=False, info=describes("a staff account")),
    version(),
)
