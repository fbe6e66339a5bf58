"""The repositories of the ledger: accounts, transfers, and what expires in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.domain.ledger.accounts import LedgerAccount, LedgerAccountId, Owner
from core.domain.ledger.lots import Lot
from core.domain.ledger.transfers import Transfer, TransferId


class LedgerAccounts(Protocol):
    async def open(self, account: LedgerAccount) -> LedgerAccount:
        """Open an account, or return the one that the owner has in this unit and of this kind."""

    async def get(self, account_id: LedgerAccountId) -> LedgerAccount:
        """Raises `NotFound`."""

    async def of(self, owner: Owner) -> tuple[LedgerAccount, ...]:
        """All accounts of an owner, oldest first."""

    async def lots(self, account_id: LedgerAccountId) -> tuple[Lot, ...]:
        """The lots that have units left, earliest expiry first."""

    async def transfers(self, account_id: LedgerAccountId, limit: int) -> tuple[Transfer, ...]:
        """The transfers of an account, latest first."""


class Transfers(Protocol):
    """Each check and its change are one statement, and accounts are changed in a fixed order.

    Roll back the unit on an error. `hold` and `transfer` are idempotent by ``Transfer.key``: they
    return the first transfer with this key, and raise `KeyReused` if it is another one.
    """

    async def get(self, transfer_id: TransferId) -> Transfer:
        """Raises `NotFound`."""

    async def hold(self, transfer: Transfer, until: datetime) -> Transfer:
        """Hold the amounts of the paying accounts, earliest lots first.

        A worker voids the hold after ``until``.

        Raises:
            InsufficientBalance: an account has less available.
            NotFound: an account is unknown.
        """

    async def post(self, transfer_id: TransferId, now: datetime) -> None:
        """Move the held amounts. Idempotent.

        Raises:
            IllegalTransition: the hold is void.
            NotFound: the transfer is unknown.
        """

    async def void(self, transfer_id: TransferId, now: datetime) -> None:
        """Release the held amounts, to the lots that they came from. Idempotent.

        Raises:
            IllegalTransition: the transfer is posted.
            NotFound: the transfer is unknown.
        """

    async def transfer(self, transfer: Transfer, *, overdraw: bool = False) -> Transfer:
        """Move the amounts in one phase.

        A transfer that ``reverses`` another one returns units to the lots that they came from;
        if a lot has expired, they are valid for `VALID_AGAIN`. It may take a balance below zero,
        which then blocks spending. ``overdraw`` allows that too, and takes expired lots.

        Raises:
            InsufficientBalance: an account has less available.
            NotFound: an account, or the transfer to reverse, is unknown.
            ReversalTooLarge: a line was reversed already.
        """


class LedgerExpiry(Protocol):
    """What has ended and waits for a worker."""

    async def holds(self, now: datetime, limit: int) -> Sequence[TransferId]:
        """Holds that ended before they were posted, oldest first."""

    async def accounts(self, now: datetime, limit: int) -> Sequence[LedgerAccountId]:
        """Accounts with units in expired lots."""

    async def lock_expired_units(self, account_id: LedgerAccountId, now: datetime) -> int:
        """The units in expired lots of an account, with a row lock until this unit ends."""
