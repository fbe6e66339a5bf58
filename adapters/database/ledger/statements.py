"""Statements that change ledger accounts. Each checks in its WHERE what it needs."""

from typing import Any

from sqlalchemy import Update, bindparam, case, select, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.tables.ledger import (
    ledger_accounts,
    ledger_lines,
    ledger_lot_uses,
    ledger_lots,
    ledger_transfers,
)

UNITS: Any = bindparam("count")
_account = ledger_accounts.c
_balance = _account.posted - _account.held

available = _balance + _account.credit_limit


def with_overdrawn(**changes: Any) -> dict[str, Any]:
    """The new values of an account, with the debt that goes beyond its credit limit.

    Each change of the balance needs it, except spending: it must fail instead.
    """
    columns = {column.name: column for column in ledger_accounts.columns} | changes
    left = columns["posted"] - columns["held"] + columns["credit_limit"]
    return {**changes, "overdrawn": case((left < 0, -left), else_=0)}


def change(enough: ColumnElement[bool] | None, **changes: Any) -> ReturningUpdate[Any]:
    """``enough`` is the condition that the UPDATE checks on the row that it changes."""
    statement = update(ledger_accounts).where(_account.id == bindparam("of_account"))
    if enough is not None:
        statement = statement.where(enough)
    return statement.values(**changes, changed_at=bindparam("now")).returning(
        _balance.label("balance")
    )


ENOUGH = available >= UNITS
HOLD = change(ENOUGH, held=_account.held + UNITS)
POST_HELD = change(None, held=_account.held - UNITS, posted=_account.posted - UNITS)
VOID = change(None, **with_overdrawn(held=_account.held - UNITS))
SPEND = change(ENOUGH, posted=_account.posted - UNITS)
OVERDRAW = change(None, **with_overdrawn(posted=_account.posted - UNITS))
RECEIVE = change(None, **with_overdrawn(posted=_account.posted + UNITS))

ACCOUNTS = select(ledger_accounts).where(_account.id.in_(bindparam("of_accounts", expanding=True)))
AVAILABLE = select(available).where(_account.id == bindparam("of_account"))
# `FOR NO KEY UPDATE`: inserting a line for the account does not wait.
LOCK_ACCOUNT = (
    select(_account.id)
    .where(_account.id == bindparam("of_account"))
    .with_for_update(key_share=True)
)

END_HOLD = (
    update(ledger_transfers)
    .where(ledger_transfers.c.id == bindparam("of_transfer"), ledger_transfers.c.state == "held")
    .values(state=bindparam("new_state"), ended_at=bindparam("now"))
)

LINES = select(ledger_lines).where(
    ledger_lines.c.transfer_id.in_(bindparam("of_transfers", expanding=True))
)

_original = ledger_lines.c
REVERSE_LINE: Update = (
    update(ledger_lines)
    .where(
        _original.transfer_id == bindparam("of_transfer"),
        _original.account_id == bindparam("of_account"),
        # A line is reversed by one of the opposite sign.
        case((_original.amount < 0, -_original.amount), else_=_original.amount) - _original.reversed
        >= UNITS,
        (_original.amount < 0) == bindparam("was_paid"),
    )
    .values(reversed=_original.reversed + UNITS)
)

_by_expiry = (
    case((ledger_lots.c.expires_at.is_(None), 1), else_=0),
    ledger_lots.c.expires_at,
    ledger_lots.c.id,
)

LOTS = (
    select(ledger_lots)
    .where(ledger_lots.c.account_id == bindparam("of_account"), ledger_lots.c.remaining > 0)
    .order_by(*_by_expiry)
)

_use = ledger_lot_uses.c
SPENT_LOTS = (
    select(ledger_lots, (_use.units - _use.returned).label("spent"))
    .join(ledger_lot_uses, _use.lot_id == ledger_lots.c.id)
    .where(
        _use.transfer_id == bindparam("of_transfer"),
        _use.account_id == bindparam("of_account"),
        _use.returned < _use.units,
    )
    .order_by(*_by_expiry)
)

TAKE_FROM_LOT = (
    update(ledger_lots)
    .where(ledger_lots.c.id == bindparam("of_lot"), ledger_lots.c.remaining >= UNITS)
    .values(remaining=ledger_lots.c.remaining - UNITS)
)

RETURN_TO_LOT = (
    update(ledger_lots)
    .where(ledger_lots.c.id == bindparam("of_lot"))
    .values(remaining=ledger_lots.c.remaining + UNITS)
)

RETURN_USE = (
    update(ledger_lot_uses)
    .where(
        _use.transfer_id == bindparam("of_transfer"),
        _use.account_id == bindparam("of_account"),
        _use.lot_id == bindparam("of_lot"),
        _use.returned + UNITS <= _use.units,
    )
    .values(returned=_use.returned + UNITS)
)
