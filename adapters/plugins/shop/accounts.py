"""Ledger accounts of plugins. A plugin sees the accounts of its own kinds alone."""

import re
from dataclasses import dataclass
from datetime import datetime

from adapters.plugins.shop.acts import PluginActs, actor_of, check_key, hash_of
from core.application.ledger.accounts import OpenLedgerAccount
from core.application.ledger.transfers import (
    EndTransferHold,
    HoldTransfer,
    MakeTransfer,
    TransferInput,
)
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import (
    LedgerAccount,
    LedgerAccountId,
    Owner,
    OwnerKind,
    PluginAccountKind,
)
from core.domain.ledger.lots import Lot
from core.domain.ledger.transfers import Line, Transfer, TransferId
from core.domain.ledger.transfers import payment as payment_lines
from ports.plugin_shop.accounts import (
    ShopAccount,
    ShopLot,
    ShopTransfer,
    ShopTransferInput,
    TransferEnd,
)
from ports.sessions import AccountQueries
from ports.unit_of_work import RepeatableUnits

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


@dataclass(frozen=True, slots=True)
class PluginLedger:
    """The use cases of the ledger."""

    open_account: OpenLedgerAccount
    make_transfer: MakeTransfer
    hold_transfer: HoldTransfer
    end_transfer_hold: EndTransferHold


@dataclass(frozen=True, slots=True)
class PluginAccounts:
    """`ports.plugin_shop.accounts.ShopAccounts` for ``plugin``."""

    acts: PluginActs
    ledger: PluginLedger
    account_queries: AccountQueries
    units: RepeatableUnits
    plugin: str = ""

    async def open(
        self, kind: str, unit: str, customer_id: CustomerId | None = None, credit_limit: int = 0
    ) -> ShopAccount:
        mine = PluginAccountKind(self.plugin, kind)
        await self.acts.record(self.plugin, "accounts.open", f"{kind} {customer_id or 'shop'}")
        if customer_id is None:
            opened = await self.ledger.open_account.of_shop(mine, unit)
        else:
            await self.account_queries.customer(customer_id)
            owner = Owner(OwnerKind.MEMBER, customer_id)
            opened = await self.ledger.open_account(owner, mine, unit, credit_limit)
        return await self.balance(opened.id)

    async def balance(self, account_id: LedgerAccountId) -> ShopAccount:
        async with self.units() as unit:
            account = self._own(await unit.ledger_accounts.get(account_id))
            lots = await unit.ledger_accounts.lots(account_id) if account.has_lots else ()
        return _shop_account(account, lots)

    async def transfer(self, details: ShopTransferInput, idempotency_key: str) -> ShopTransfer:
        asked = await self._input(details, idempotency_key)
        await self._record("accounts.transfer", details)
        return _shop_transfer(await self.ledger.make_transfer(asked))

    async def hold(
        self, details: ShopTransferInput, until: datetime, idempotency_key: str
    ) -> ShopTransfer:
        asked = await self._input(details, idempotency_key)
        await self._record("accounts.hold", details)
        return _shop_transfer(await self.ledger.hold_transfer(asked, until))

    async def end_hold(self, transfer_id: TransferId, end: TransferEnd) -> None:
        async with self.units() as unit:
            transfer = await unit.transfers.get(transfer_id)
        if not transfer.key.startswith(self._prefix):
            raise NotFound("transfer", transfer_id)
        await self.acts.record(self.plugin, f"accounts.{end}", str(transfer_id))
        if end is TransferEnd.POST:
            await self.ledger.end_transfer_hold.post(transfer_id)
        else:
            await self.ledger.end_transfer_hold.void(transfer_id)

    @property
    def _prefix(self) -> str:
        """The keys of the ledger are unique among all plugins and the shop."""
        return f"{actor_of(self.plugin)} "

    async def _input(self, details: ShopTransferInput, key: str) -> TransferInput:
        check_key(key)
        for name, code in (("reason", details.reason), ("source", details.source or "none")):
            if not CODE.fullmatch(code):
                raise Invalid(
                    name, "Use 1 to 60 lowercase letters, digits and the characters . _ and -."
                )
        return TransferInput(
            key=f"{self._prefix}{hash_of(key)}",
            reason=details.reason,
            lines=await self._lines(details),
            reverses=details.reverses,
        )

    async def _lines(self, details: ShopTransferInput) -> tuple[Line, Line]:
        if details.amount <= 0:
            raise Invalid("amount", "Enter an amount above zero.")
        async with self.units() as unit:
            payer = self._own(await unit.ledger_accounts.get(details.payer))
            receiver = self._own(await unit.ledger_accounts.get(details.receiver))
        return payment_lines(
            payer,
            receiver,
            details.amount,
            source=details.source,
            expires_at=details.expires_at,
        )

    def _own(self, account: LedgerAccount) -> LedgerAccount:
        """Raises `NotFound` for an account of another plugin or of the shop."""
        kind = account.kind
        if not isinstance(kind, PluginAccountKind) or kind.plugin != self.plugin:
            raise NotFound("ledger account", account.id)
        return account

    async def _record(self, name: str, details: ShopTransferInput) -> None:
        await self.acts.record(self.plugin, name, f"{details.payer} {details.receiver}")


def _shop_account(account: LedgerAccount, lots: tuple[Lot, ...]) -> ShopAccount:
    assert isinstance(account.kind, PluginAccountKind)
    return ShopAccount(
        id=account.id,
        kind=account.kind.name,
        unit=account.unit,
        posted=account.posted,
        held=account.held,
        available=account.available,
        lots=tuple(
            ShopLot(source=lot.source, remaining=lot.remaining, expires_at=lot.expires_at)
            for lot in lots
        ),
    )


def _shop_transfer(transfer: Transfer) -> ShopTransfer:
    return ShopTransfer(
        id=transfer.id,
        state=transfer.state,
        at=transfer.at,
        hold_until=transfer.hold_until,
    )
