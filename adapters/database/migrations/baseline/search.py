"""Search documents, and full text in the form of each database."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc

FULL_TEXT = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_words USING fts5(title, rest, tokenize='unicode61')",
        "CREATE VIRTUAL TABLE search_terms USING fts5vocab(search_words, row)",
    ),
    "postgresql": (
        "CREATE TABLE search_words (document_id integer PRIMARY KEY, words tsvector NOT NULL)",
        (
            "ALTER TABLE search_words ADD FOREIGN KEY (document_id)"
            " REFERENCES search_documents (id) ON DELETE CASCADE"
        ),
        "CREATE INDEX ix_search_words_words ON search_words USING gin (words)",
    ),
}


def create() -> None:
    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("lowest_price", sa.BigInteger(), nullable=False),
        sa.Column("published_at", Utc, nullable=False),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_documents"),
        sa.UniqueConstraint("product_id", name="uq_search_documents_product_id"),
    )
    op.create_table(
        "search_indexes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_search_indexes"),
    )
    op.create_table(
        "search_categories",
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("lowest_price", sa.BigInteger(), nullable=False),
        sa.Column("published_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["search_documents.id"],
            name="fk_search_categories_document_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("category_id", "document_id", name="pk_search_categories"),
    )
    op.create_index("ix_search_categories_document_id", "search_categories", ["document_id"])
    op.create_index(
        "ix_search_categories_newest",
        "search_categories",
        ["category_id", "published_at", "document_id"],
    )
    op.create_index(
        "ix_search_categories_price",
        "search_categories",
        ["category_id", "lowest_price", "document_id"],
    )
    op.create_table(
        "search_attributes",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["search_documents.id"],
            name="fk_search_attributes_document_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "code", "value", name="pk_search_attributes"),
        sa.UniqueConstraint(
            "code", "value", "document_id", name="uq_search_attributes_code_value_document_id"
        ),
    )
    for statement in FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(statement)
