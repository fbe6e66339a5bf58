"""Full text: FTS5 on SQLite, ``tsvector`` on PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import bindparam, column, func, literal_column, table, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

WordRow = dict[str, Any]
"""``id`` of the document, its ``title`` words and the ``rest``, joined by spaces."""


class Words(Protocol):
    """The table ``search_words``; ``key`` is its column with a document's id."""

    def __hash__(self) -> int: ...

    @property
    def table(self) -> Any: ...

    @property
    def key(self) -> ColumnElement[int]: ...

    @property
    def matching(self) -> ColumnElement[bool]:
        """Documents that match the parameter ``words``, which is an `expression`."""

    @property
    def distance(self) -> ColumnElement[float]:
        """Rank: smaller for better matches; words of the title weigh more."""

    def expression(self, words: Sequence[str]) -> str:
        """A full-text query for all words; a Latin word of three letters or more is a prefix."""

    async def put(self, connection: AsyncConnection, rows: Sequence[WordRow]) -> None: ...

    async def remove(self, connection: AsyncConnection, ids: Sequence[int]) -> None: ...

    async def vocabulary(self, connection: AsyncConnection) -> list[str]:
        """Every indexed word, the most frequent first."""


class SqliteWords:
    table: Any = table("search_words", column("rowid"), column("title"), column("rest"))
    key: ColumnElement[int] = literal_column("search_words.rowid")

    matching: ColumnElement[bool] = literal_column("search_words").op("MATCH")(bindparam("words"))
    distance: ColumnElement[float] = literal_column("bm25(search_words, 10.0, 1.0)")

    def expression(self, words: Sequence[str]) -> str:
        return " ".join(f'"{word}"*' if _is_prefix(word) else f'"{word}"' for word in words)

    async def put(self, connection: AsyncConnection, rows: Sequence[WordRow]) -> None:
        await self.remove(connection, [row["id"] for row in rows])
        await connection.execute(
            text("INSERT INTO search_words (rowid, title, rest) VALUES (:id, :title, :rest)"),
            rows,
        )

    async def remove(self, connection: AsyncConnection, ids: Sequence[int]) -> None:
        if ids:
            await connection.execute(
                text("DELETE FROM search_words WHERE rowid = :id"), [{"id": each} for each in ids]
            )

    async def vocabulary(self, connection: AsyncConnection) -> list[str]:
        return list(
            (
                await connection.execute(
                    text("SELECT term FROM search_terms ORDER BY doc DESC, term")
                )
            ).scalars()
        )


QUERY = func.to_tsquery(literal_column("'simple'"), bindparam("words"))


class PostgresWords:
    table: Any = table("search_words", column("document_id"), column("words"))
    key: ColumnElement[int] = literal_column("search_words.document_id")

    matching: ColumnElement[bool] = literal_column("search_words.words").op("@@")(QUERY)
    distance: ColumnElement[float] = -func.ts_rank(literal_column("search_words.words"), QUERY)

    def expression(self, words: Sequence[str]) -> str:
        return " & ".join(f"'{word}':*" if _is_prefix(word) else f"'{word}'" for word in words)

    async def put(self, connection: AsyncConnection, rows: Sequence[WordRow]) -> None:
        await connection.execute(
            text(
                "INSERT INTO search_words (document_id, words) VALUES (:id,"
                " setweight(to_tsvector('simple', :title), 'A')"
                " || setweight(to_tsvector('simple', :rest), 'D'))"
                " ON CONFLICT (document_id) DO UPDATE SET words = excluded.words"
            ),
            rows,
        )

    async def remove(self, connection: AsyncConnection, ids: Sequence[int]) -> None:
        if ids:
            await connection.execute(
                text("DELETE FROM search_words WHERE document_id = :id"),
                [{"id": each} for each in ids],
            )

    async def vocabulary(self, connection: AsyncConnection) -> list[str]:
        return list(
            (
                await connection.execute(
                    text(
                        "SELECT word FROM ts_stat('SELECT words FROM search_words')"
                        " ORDER BY ndoc DESC, word"
                    )
                )
            ).scalars()
        )


def _is_prefix(word: str) -> bool:
    """Query words consist of letters and digits, so the callers need no escaping."""
    return len(word) > 2 and word.isascii()  # noqa: PLR2004
