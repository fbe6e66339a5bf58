"""Opens ledger accounts."""

from dataclasses import dataclass

from core.application.retries import retrying
from core.domain.ledger.accounts import (
    LedgerAccount,
    LedgerAccountId,
    LedgerAccountKind,
    Owner,
    PluginAccountKind,
    shop_account,
)
from ports.clock import NewId
from ports.unit_of_work import RepeatableUnits


@dataclass(frozen=True, slots=True)
class OpenLedgerAccount:
    """Open an account, or return the one that the owner has in this unit and of this kind.

    Raises:
        Invalid: the unit is no currency, or the kind cannot have a credit limit.
    """

    units: RepeatableUnits
    new_id: NewId

    async def __call__(
        self,
        owner: Owner,
        kind: LedgerAccountKind | PluginAccountKind,
        unit: str,
        credit_limit: int = 0,
    ) -> LedgerAccount:
        account = LedgerAccount(
            id=LedgerAccountId(self.new_id()),
            owner=owner,
            unit=unit,
            kind=kind,
            credit_limit=credit_limit,
        )
        return await retrying(lambda: self._open(account), repeatable=True)

    async def of_shop(
        self, kind: LedgerAccountKind | PluginAccountKind, unit: str
    ) -> LedgerAccount:
        """The account of the shop itself, which has no limit."""
        account = shop_account(LedgerAccountId(self.new_id()), kind, unit)
        return await retrying(lambda: self._open(account), repeatable=True)

    async def _open(self, account: LedgerAccount) -> LedgerAccount:
        async with self.units() as unit:
            opened = await unit.ledger_accounts.open(account)
            await unit.commit()
        return opened
