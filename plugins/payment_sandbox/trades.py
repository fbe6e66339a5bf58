"""The sandbox's own books: a small SQLite file that the shop never reads."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

SCHEMA = """
CREATE TABLE IF NOT EXISTS trades (
    reference TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    account TEXT NOT NULL,
    trade_number TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    paid_at TEXT NOT NULL,
    notify_url TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """``status`` is ``paid`` or ``closed``; a trade that nobody opened is not in the books."""

    reference: str
    status: str
    account: str
    trade_number: str
    amount: int
    currency: str
    paid_at: str
    notify_url: str


class Trades:
    """The first word on a reference is the last: paid stays paid, closed stays closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ready = Lock()

    def decide(self, trade: Trade) -> Trade:
        """Write the trade down if its reference is new; what is written there now."""
        with self._open() as connection:
            columns = asdict(trade)
            connection.execute(
                f"INSERT OR IGNORE INTO trades ({', '.join(columns)})"  # noqa: S608
                f" VALUES ({', '.join('?' * len(columns))})",
                list(columns.values()),
            )
            return self._read(connection, trade.reference) or trade

    def find(self, reference: str) -> Trade | None:
        with self._open() as connection:
            return self._read(connection, reference)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._ready:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(SCHEMA)
            yield connection

    @staticmethod
    def _read(connection: sqlite3.Connection, reference: str) -> Trade | None:
        row = connection.execute(
            "SELECT reference, status, account, trade_number, amount, currency, paid_at,"
            " notify_url FROM trades WHERE reference = ?",
            [reference],
        ).fetchone()
        if row is None:
            return None
        names = Trade.__dataclass_fields__
        return Trade(**dict(zip(names, row, strict=True)))
