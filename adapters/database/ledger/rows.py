"""Rows of the ledger, from and to values of the domain."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from core.domain.ledger.accounts import (
    LedgerAccount,
    LedgerAccountId,
    Owner,
    OwnerKind,
    ledger_account_kind,
)
from core.domain.ledger.lots import Lot, LotId
from core.domain.ledger.transfers import Line, Transfer, TransferId, TransferState


def account_from(row: Row[Any]) -> LedgerAccount:
    return LedgerAccount(
        id=LedgerAccountId(row.id),
        owner=Owner(OwnerKind(row.owner_kind), row.owner_id),
        unit=row.unit,
        kind=ledger_account_kind(row.kind),
        credit_limit=row.credit_limit,
        posted=row.posted,
        held=row.held,
    )


def transfer_row(transfer: Transfer) -> dict[str, Any]:
    return {
        "id": transfer.id,
        "key": transfer.key,
        "reason": transfer.reason,
        "state": str(transfer.state),
        "at": transfer.at,
        "hold_until": transfer.hold_until,
        "ended_at": transfer.at if transfer.state is TransferState.POSTED else None,
        "reverses": transfer.reverses,
    }


def line_rows(transfer: Transfer) -> list[dict[str, Any]]:
    return [
        {
            "transfer_id": transfer.id,
            "account_id": line.account_id,
            "unit": line.unit,
            "amount": line.amount,
            "reversed": 0,
            "source": line.source,
            "expires_at": line.expires_at,
            "at": transfer.at,
        }
        for line in transfer.lines
    ]


def transfer_from(row: Row[Any], lines: Sequence[Row[Any]]) -> Transfer:
    return Transfer(
        id=TransferId(row.id),
        key=row.key,
        reason=row.reason,
        at=row.at,
        lines=tuple(_line(line) for line in lines if line.transfer_id == row.id),
        state=TransferState(row.state),
        hold_until=row.hold_until,
        reverses=row.reverses,
    )


def lot_from(row: Row[Any]) -> Lot:
    return Lot(
        id=LotId(row.id),
        account_id=LedgerAccountId(row.account_id),
        source=row.source,
        remaining=row.remaining,
        expires_at=row.expires_at,
    )


def _line(row: Row[Any]) -> Line:
    return Line(
        account_id=LedgerAccountId(row.account_id),
        unit=row.unit,
        amount=row.amount,
        source=row.source,
        expires_at=row.expires_at,
    )
