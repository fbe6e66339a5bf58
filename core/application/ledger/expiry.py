"""Ends holds that were not posted in time, and lots that were not spent in time."""

from dataclasses import dataclass
from datetime import datetime

from core.application.retries import retried
from core.domain.errors import IllegalTransition
from core.domain.ledger.accounts import LedgerAccountId, LedgerAccountKind, shop_account
from core.domain.ledger.transfers import Transfer, TransferId, payment
from ports.clock import Clock, NewId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class EndExpiredTransferHolds:
    """Void holds after their end. Returns the number of holds.

    Safe for any number of concurrent workers: a hold is void once, or posted by its owner.
    """

    units: UnitsOfWork
    now: Clock

    async def __call__(self, limit: int = 100) -> int:
        now = self.now()
        async with self.units() as unit:
            expired = await unit.ledger_expiry.holds(now, limit)
        return sum([await self._void(each, now) for each in expired])

    @retried
    async def _void(self, transfer_id: TransferId, now: datetime) -> bool:
        async with self.units() as unit:
            try:
                await unit.transfers.void(transfer_id, now)
            except IllegalTransition:
                return False
            await unit.commit()
        return True


@dataclass(frozen=True, slots=True)
class ExpireLots:
    """Transfer what is left of expired lots to the shop. Returns the number of accounts.

    Safe for any number of concurrent workers: a row lock gives each account to one of them.
    """

    units: UnitsOfWork
    now: Clock
    new_id: NewId

    async def __call__(self, limit: int = 100) -> int:
        now = self.now()
        async with self.units() as unit:
            accounts = await unit.ledger_expiry.accounts(now, limit)
        return sum([await self._expire(each, now) for each in accounts])

    @retried
    async def _expire(self, account_id: LedgerAccountId, now: datetime) -> bool:
        async with self.units() as unit:
            expired = await unit.ledger_expiry.lock_expired_units(account_id, now)
            if not expired:
                return False
            account = await unit.ledger_accounts.get(account_id)
            shop = await unit.ledger_accounts.open(
                shop_account(
                    LedgerAccountId(self.new_id()), LedgerAccountKind.EXPIRED, account.unit
                )
            )
            transfer_id = TransferId(self.new_id())
            await unit.transfers.transfer(
                Transfer(
                    id=transfer_id,
                    key=f"expired {transfer_id}",
                    reason="expired",
                    at=now,
                    lines=payment(account, shop, expired),
                ),
                overdraw=True,
            )
            await unit.commit()
        return True
