"""The tables of a plugin in the database of the shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MAX_ROWS = 1_000
"""Rows of one result, and of one insert."""

STATEMENT_SECONDS = 5.0
"""Time limit of a call, with all its statements; on SQLite they may run for one second."""


class StatementRefused(Exception):
    """A statement that the shop does not run. The message says what is not allowed in it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The statement was not run: {reason}.")


class Conflict(Exception):
    """A unique key is taken: another call was first. Nothing of the call was changed."""

    def __init__(self) -> None:
        super().__init__("A unique key is taken. Nothing was changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The result of a statement.

    ``rows`` have the values by the names of the columns; empty for a change without
    ``returning``. ``changed`` is the number of rows that a change found, and 0 for a select.
    """

    rows: tuple[Mapping[str, Any], ...] = ()
    changed: int = 0

    @property
    def first(self) -> Mapping[str, Any] | None:
        return self.rows[0] if self.rows else None


Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class ShopTables(Protocol):
    """Runs statements of SQLAlchemy Core on the tables of the plugin. Needs ``tables``.

    A statement is a `select`, `insert`, `update` or `delete`, without text. Each table in it is
    one of the plugin. Encrypted columns take and return plain values; they can be selected
    directly, and found by their blind index. A result has at most 1,000 rows; read more with
    ``limit`` and a condition on the key.

    All methods raise `StatementRefused` if the statement is not allowed, takes too long or breaks a
    constraint; `Conflict` if a unique key is taken; `NotFound` if the member or the order of a new
    row does not exist, or is being erased; and `Unavailable` if the database does not answer.
    """

    async def execute(self, statement: Any, parameters: Parameters = None) -> Rows:
        """Run one statement in a transaction.

        ``parameters`` are the rows of an insert, or the values of a select's parameters.
        """

    async def execute_all(self, statements: Sequence[Any]) -> Sequence[Rows]:
        """Run statements in one transaction. All of them take effect, or none.

        A statement with parameters is a pair.
        """
