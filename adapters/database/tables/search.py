"""Tables of search documents, their categories and their filters.

The full text is in ``search_words``, whose form depends on the database (see
`adapters.database.search.words`).
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from adapters.database.columns import Utc, describes, minor, not_personal
from adapters.database.metadata import metadata

search_documents = Table(
    "search_documents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=describes("a document")),
    Column("product_id", Uuid(), nullable=False, unique=True, info=describes("a document")),
    minor("lowest_price", what="a document"),
    Column("published_at", Utc, nullable=False, info=describes("a document")),
    Column("in_stock", Boolean, nullable=False, info=describes("a document")),
)


search_indexes = Table(
    "search_indexes",
    metadata,
    Column("name", Text, primary_key=True, info=not_personal("the name of a plugin")),
)


search_categories = Table(
    "search_categories",
    metadata,
    Column("category_id", Uuid(), primary_key=True, info=describes("a document")),
    Column(
        "document_id",
        Integer,
        ForeignKey("search_documents.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=describes("a document"),
    ),
    minor("lowest_price", what="a document"),
    Column("published_at", Utc, nullable=False, info=describes("a document")),
    Index("ix_search_categories_newest", "category_id", "published_at", "document_id"),
    Index("ix_search_categories_price", "category_id", "lowest_price", "document_id"),
)


search_attributes = Table(
    "search_attributes",
    metadata,
    Column(
        "document_id",
        Integer,
        ForeignKey("search_documents.id", ondelete="CASCADE"),
        primary_key=True,
        info=describes("a document"),
    ),
    Column("code", Text, primary_key=True, info=describes("a document")),
    Column("value", Text, primary_key=True, info=describes("a document")),
    UniqueConstraint("code", "value", "document_id"),
)
