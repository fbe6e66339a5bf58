"""Limits for guessing passwords, codes and links, the same for every face of the shop."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from math import ceil
from uuid import UUID

from core.application.notifications.link_emails import Fingerprint
from core.application.retries import retried
from core.domain.accounts import Account, BadCredentials, Caller, TooManyAttempts, WrongCode
from core.domain.events import LogInRefused
from core.domain.guesses import GuessCount, GuessLimit, GuessLimits
from ports.accounts import AccountUnitOfWork, AccountUnitsOfWork
from ports.clock import Clock, NewToken
from ports.security import SignDevice

SEPARATOR = "."
KEEP = timedelta(days=1)
"""Longer than any wait and than failures are remembered."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One count. Only the caller can fail in an ``own`` lane, so a success resets it.

    ``strangers``: the lane does not apply to an address where the account logged in before.
    """

    key: bytes
    limit: GuessLimit
    account_id: UUID | None = None
    own: bool = False
    strangers: bool = False


@dataclass(frozen=True, slots=True)
class LimitGuesses:
    """Count attempts by account and by address, and make further attempts wait.

    An attempt is counted before its secret is compared, under row locks: concurrent attempts do
    not pass together. The counts are in the database, so all workers share them.

    Raises:
        TooManyAttempts: the caller must wait. Nothing was compared.
    """

    units: AccountUnitsOfWork
    limits: GuessLimits
    fingerprint: Fingerprint
    sign_device: SignDevice
    new_token: NewToken
    now: Clock

    @asynccontextmanager
    async def attempt(
        self, face: str, subject: str, caller: Caller, account: Account | None
    ) -> AsyncIterator[None]:
        """Wrap the comparison of a secret. `BadCredentials` and `WrongCode` are failures.

        ``subject`` names the account also where there is none (``account`` is None).
        """
        lanes = await self._charge(self._lanes(face, subject, caller, account))
        try:
            yield
        except (BadCredentials, WrongCode):
            await self._record(face, account)
            raise
        await self._succeed(lanes)

    async def count_address(self, caller: Caller) -> None:
        """Count a wrong link, a registration or a request for an email from an address."""
        await self._charge([self._visitor(caller)])

    def device_token(self, account: Account) -> str:
        """The token that makes this device known to the account."""
        nonce = self.new_token()
        return f"{nonce}{SEPARATOR}{self.sign_device(f'{account} {nonce}')}"

    def _lanes(
        self, face: str, subject: str, caller: Caller, account: Account | None
    ) -> Sequence[Lane]:
        name = f"{face} {subject}"
        nonce, _, signature = caller.known_device.partition(SEPARATOR)
        if account and compare_digest(
            signature.encode(), self.sign_device(f"{account} {nonce}").encode()
        ):
            key = self.fingerprint(f"guesses of a device {name} {nonce}")
            return [Lane(key, self.limits.device, account.id, own=True)]
        at_address = self.fingerprint(f"guesses at an address {name} {caller.address}")
        everywhere = self.fingerprint(f"guesses of an account {name}")
        account_id = account.id if account else None
        return [
            Lane(at_address, self.limits.at_address, account_id, own=True),
            self._visitor(caller),
            Lane(everywhere, self.limits.account, account_id, strangers=True),
        ]

    def _visitor(self, caller: Caller) -> Lane:
        key = self.fingerprint(f"guesses from an address {caller.address}")
        return Lane(key, self.limits.visitor)

    @retried
    async def _charge(self, lanes: Sequence[Lane]) -> Sequence[Lane]:
        """Returns the lanes that apply."""
        async with self.units() as unit:
            counts, now = await self._lock(unit, lanes), self.now()
            known = lanes[0].own and self._is_known(counts[0])
            applied = [
                (lane, count)
                for lane, count in zip(lanes, counts, strict=True)
                if not (known and lane.strangers)
            ]
            wait = max(count.wait(lane.limit, now) for lane, count in applied)
            if wait > timedelta(0):
                raise TooManyAttempts(ceil(wait.total_seconds()))
            charged = [count.charge(lane.limit, now) for lane, count in applied]
            await unit.guesses.save(charged)
            await unit.commit()
        return [lane for lane, _ in applied]

    @retried
    async def _succeed(self, lanes: Sequence[Lane]) -> None:
        async with self.units() as unit:
            counts, now = await self._lock(unit, lanes), self.now()
            changed = [
                count.succeed(now) if lane.own else count.refund(now)
                for lane, count in zip(lanes, counts, strict=True)
            ]
            await unit.guesses.save(changed)
            await unit.commit()

    @retried
    async def _record(self, face: str, account: Account | None) -> None:
        name = str(account) if account else "unknown"
        async with self.units() as unit:
            unit.add_event(LogInRefused(account=name, face=face, at=self.now()))
            await unit.commit()

    async def _lock(self, unit: AccountUnitOfWork, lanes: Sequence[Lane]) -> Sequence[GuessCount]:
        return await unit.guesses.lock({each.key: each.account_id for each in lanes}, self.now())

    def _is_known(self, count: GuessCount) -> bool:
        return (
            count.succeeded_at is not None
            and count.succeeded_at + self.limits.known_for > self.now()
        )


@dataclass(frozen=True, slots=True)
class PurgeGuesses:
    """Delete counts that limit no one any more. Returns their number."""

    units: AccountUnitsOfWork
    limits: GuessLimits
    now: Clock

    @retried
    async def __call__(self) -> int:
        now = self.now()
        async with self.units() as unit:
            purged = await unit.guesses.purge(now - KEEP, now - self.limits.known_for)
            await unit.commit()
        return purged
