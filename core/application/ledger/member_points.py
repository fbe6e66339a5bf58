"""The points of a member: the balance, and what changed it lately."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import POINTS, LedgerAccount, LedgerAccountKind, Owner, OwnerKind
from core.domain.ledger.transfers import Transfer, TransferState
from ports.unit_of_work import RepeatableUnits

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsChange:
    """``reason`` is a code such as ``order``. ``points`` are signed."""

    at: datetime
    reason: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPoints:
    balance: int
    changes: tuple[PointsChange, ...]


@dataclass(frozen=True, slots=True)
class ShowPoints:
    """Latest changes first. None if the member never had points."""

    units: RepeatableUnits

    async def __call__(self, customer_id: CustomerId) -> MemberPoints | None:
        async with self.units() as unit:
            accounts = await unit.ledger_accounts.of(Owner(OwnerKind.MEMBER, customer_id))
            for account in accounts:
                if account.kind is LedgerAccountKind.POINTS and account.unit == POINTS:
                    transfers = await unit.ledger_accounts.transfers(account.id, SHOWN)
                    changes = tuple(
                        _change(each, account)
                        for each in transfers
                        if each.state is not TransferState.VOID
                    )
                    return MemberPoints(balance=account.available, changes=changes)
        return None


def _change(transfer: Transfer, account: LedgerAccount) -> PointsChange:
    points = sum(line.amount for line in transfer.lines if line.account_id == account.id)
    return PointsChange(at=transfer.at, reason=transfer.reason, points=points)
