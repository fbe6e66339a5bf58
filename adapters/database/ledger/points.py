"""The points that a member can spend."""

from sqlalchemy import bindparam, func, select

from adapters.database.engine import Database
from adapters.database.tables.ledger import ledger_accounts
from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import POINTS, LedgerAccountKind, OwnerKind

BALANCE = select(
    func.coalesce(func.sum(ledger_accounts.c.posted - ledger_accounts.c.held), 0)
).where(
    ledger_accounts.c.owner_kind == str(OwnerKind.MEMBER),
    ledger_accounts.c.owner_id == bindparam("member"),
    ledger_accounts.c.unit == POINTS,
    ledger_accounts.c.kind == str(LedgerAccountKind.POINTS),
)


class SqlPointsBalance:
    """`ports.pricing.PointsBalance`."""

    def __init__(self, database: Database) -> None:
        self._reads = database.reads

    async def __call__(self, customer_id: CustomerId) -> int:
        async with self._reads.connect() as connection:
            return int(await connection.scalar(BALANCE, {"member": customer_id}) or 0)
