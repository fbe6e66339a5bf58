"""Stores the trades of a simulator in a SQLite file that the shop never reads."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from entrepot.simulation.trades import AmountTooLarge, RefundRecord, Trade, TradeStatus

SCHEMA = """
CREATE TABLE IF NOT EXISTS trades (
    reference TEXT PRIMARY KEY, status TEXT NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, subject TEXT NOT NULL, expires_at TEXT NOT NULL,
    number TEXT NOT NULL DEFAULT '', paid_at TEXT, captured INTEGER NOT NULL DEFAULT 0,
    facts TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS refunds (
    reference TEXT PRIMARY KEY, trade TEXT NOT NULL REFERENCES trades, amount INTEGER NOT NULL,
    status TEXT NOT NULL, number TEXT NOT NULL, at TEXT NOT NULL, facts TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS captures (
    reference TEXT PRIMARY KEY, trade TEXT NOT NULL REFERENCES trades, amount INTEGER NOT NULL
);
"""


class TradeStore:
    """Every change of a status is one conditional statement, so concurrent calls are safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._lock = Lock()

    def changes(self) -> int:
        """The number of rows that were written since the store was opened."""
        with self._connect() as connection:
            return connection.total_changes

    def add(self, trade: Trade) -> Trade:
        """Store a trade if its reference is new. Returns the stored one."""
        with self._connect() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO trades (reference, status, amount, currency, subject,"
                " expires_at, facts) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    trade.reference,
                    trade.status,
                    trade.amount,
                    trade.currency,
                    trade.subject,
                    trade.expires_at.astimezone(UTC).isoformat(),
                    json.dumps(dict(trade.facts)),
                ],
            )
            return self._trade(connection, trade.reference)

    def find(self, reference: str) -> Trade | None:
        with self._connect() as connection:
            try:
                return self._trade(connection, reference)
            except LookupError:
                return None

    def find_by_number(self, number: str) -> Trade | None:
        """Find a trade by the number of the provider."""
        with self._connect() as connection:
            row = connection.execute(
                "SELECT * FROM trades WHERE number = ? AND number <> ''", [number]
            ).fetchone()
            return None if row is None else self._trade_of(row)

    def change_status(
        self, reference: str, of: set[TradeStatus], to: TradeStatus, **values: object
    ) -> bool:
        """Change the status if it is in ``of``. Returns True if it changed.

        Raises:
            LookupError: there is no such trade.
        """
        places = ", ".join("?" * len(of))
        extra = "".join(f", {name} = ?" for name in values)
        with self._connect() as connection:
            changed = connection.execute(
                f"UPDATE trades SET status = ?{extra}"  # noqa: S608 -- names are ours
                f" WHERE reference = ? AND status IN ({places})",
                [to, *values.values(), reference, *of],
            )
            self._trade(connection, reference)
            return changed.rowcount == 1

    def pay(self, reference: str, at: datetime, number: str, *, hold: bool = False) -> bool:
        """Pay a waiting trade. With ``hold`` the amount is authorized and not captured."""
        to = TradeStatus.AUTHORIZED if hold else TradeStatus.PAID
        trade = self.find(reference)
        captured = 0 if hold or trade is None else trade.amount
        return self.change_status(
            reference,
            {TradeStatus.WAITING},
            to,
            paid_at=at.astimezone(UTC).isoformat(),
            number=number,
            captured=captured,
        )

    def capture(self, reference: str, amount: int, key: str) -> Trade:
        """Capture ``amount``, once per ``key``. Raises `AmountTooLarge`."""
        with self._connect() as connection:
            captured = connection.execute(
                "SELECT 1 FROM captures WHERE reference = ?", [key]
            ).fetchone()
            if captured is None:
                changed = connection.execute(
                    "UPDATE trades SET captured = captured + ?, status = 'paid'"
                    " WHERE reference = ? AND status IN ('authorized', 'paid')"
                    " AND captured + ? <= amount",
                    [amount, reference, amount],
                )
                if changed.rowcount != 1:
                    raise AmountTooLarge
                connection.execute(
                    "INSERT INTO captures VALUES (?, ?, ?)", [key, reference, amount]
                )
            return self._trade(connection, reference)

    def refund(self, record: RefundRecord) -> RefundRecord:
        """Store a refund if its reference is new. Returns the stored one.

        Raises:
            AmountTooLarge: the trade is not paid, or less than the amount is left.
        """
        with self._connect() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO refunds SELECT ?, ?, ?, ?, ?, ?, ? WHERE ("
                " SELECT captured FROM trades WHERE reference = ? AND status = 'paid') >= ? + ("
                " SELECT coalesce(sum(amount), 0) FROM refunds"
                " WHERE trade = ? AND status <> 'failed')",
                [
                    record.reference,
                    record.trade,
                    record.amount,
                    record.status,
                    record.number,
                    record.at.astimezone(UTC).isoformat(),
                    json.dumps(dict(record.facts)),
                    record.trade,
                    record.amount,
                    record.trade,
                ],
            )
            stored = self._refund(connection, record.reference)
            if stored is None:
                raise AmountTooLarge
            return stored

    def find_refund(self, reference: str) -> RefundRecord | None:
        with self._connect() as connection:
            return self._refund(connection, reference)

    def finish_refund(self, reference: str, status: str) -> bool:
        with self._connect() as connection:
            changed = connection.execute(
                "UPDATE refunds SET status = ? WHERE reference = ?"
                " AND status IN ('pending', 'abnormal')",
                [status, reference],
            )
            return changed.rowcount == 1

    def refunded_amount(self, trade: str) -> int:
        """Minor units of a trade that were refunded, pending refunds included."""
        with self._connect() as connection:
            row = connection.execute(
                "SELECT coalesce(sum(amount), 0) FROM refunds WHERE trade = ?"
                " AND status <> 'failed'",
                [trade],
            ).fetchone()
            return int(row[0])

    def paid_between(self, begin: datetime, end: datetime) -> tuple[Trade, ...]:
        return self._between("trades", "paid_at", begin, end, self._trade_of)

    def refunded_between(self, begin: datetime, end: datetime) -> tuple[RefundRecord, ...]:
        refunds: tuple[RefundRecord, ...] = self._between(
            "refunds", "at", begin, end, self._refund_of
        )
        return tuple(each for each in refunds if each.status == "succeeded")

    def _between(
        self, table: str, column: str, begin: datetime, end: datetime, read: Any
    ) -> tuple[Any, ...]:
        span = [begin.astimezone(UTC).isoformat(), end.astimezone(UTC).isoformat()]
        with self._connect() as connection:
            rows = connection.execute(
                f"SELECT * FROM {table} WHERE {column} >= ? AND {column} < ?"  # noqa: S608 -- ours
                f" ORDER BY {column}",
                span,
            )
            return tuple(read(row) for row in rows)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        if self._connection is None:
            self._connection = self._opened()
        with self._lock, self._connection as connection:
            yield connection

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(SCHEMA)
        return connection

    def _trade(self, connection: sqlite3.Connection, reference: str) -> Trade:
        row = connection.execute("SELECT * FROM trades WHERE reference = ?", [reference]).fetchone()
        if row is None:
            raise LookupError(reference)
        return self._trade_of(row)

    def _refund(self, connection: sqlite3.Connection, reference: str) -> RefundRecord | None:
        row = connection.execute(
            "SELECT * FROM refunds WHERE reference = ?", [reference]
        ).fetchone()
        return None if row is None else self._refund_of(row)

    @staticmethod
    def _trade_of(row: sqlite3.Row) -> Trade:
        return Trade(
            reference=row["reference"],
            status=TradeStatus(row["status"]),
            amount=row["amount"],
            currency=row["currency"],
            subject=row["subject"],
            expires_at=datetime.fromisoformat(row["expires_at"]),
            number=row["number"],
            paid_at=datetime.fromisoformat(row["paid_at"]) if row["paid_at"] else None,
            captured=row["captured"],
            facts=json.loads(row["facts"]),
        )

    @staticmethod
    def _refund_of(row: sqlite3.Row) -> RefundRecord:
        return RefundRecord(
            reference=row["reference"],
            trade=row["trade"],
            amount=row["amount"],
            status=row["status"],
            number=row["number"],
            at=datetime.fromisoformat(row["at"]),
            facts=json.loads(row["facts"]),
        )
