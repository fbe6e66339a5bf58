"""Second factors: one-time codes of an authenticator app, and recovery codes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.application.accounts.guessing import LimitGuesses
from core.application.accounts.log_in import OpenedSession, expiry
from core.application.accounts.passwords import CheckPassword
from core.application.retries import retried
from core.application.tokens import hash_token
from core.domain.accounts import Account, AccountKind, BadCredentials, Caller, WrongCode
from core.domain.errors import AlreadyExists, NotFound
from core.domain.events import CredentialsChanged, StaffActionRecorded
from ports.accounts import AccountUnitOfWork, AccountUnitsOfWork, CredentialQueries
from ports.clock import Clock, NewToken
from ports.security import OneTimeCodes
from ports.sessions import Session

FACE = "second factor"
ISSUER = "Entrepot"
RECOVERY_CODES = 10

WithUnit = Callable[[AccountUnitOfWork], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``address`` is for the QR code of an authenticator app; ``secret`` is the same as text."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class ProposeSecondFactor:
    """Create a secret. It counts after `ConfirmSecondFactor` has seen its first code.

    Raises:
        AlreadyExists: the account has a second factor. Remove it first.
    """

    units: AccountUnitsOfWork
    credentials: CredentialQueries
    codes: OneTimeCodes

    @retried
    async def __call__(self, account: Account) -> Proposal:
        holder = await self.credentials.holder(account)
        secret = self.codes.new_secret()
        async with self.units() as unit:
            if not await unit.second_factors.propose(account, secret):
                raise AlreadyExists("second factor", holder.login)
            await unit.commit()
        address = self.codes.address(secret, holder.login, ISSUER)
        return Proposal(secret=address.partition("secret=")[2].partition("&")[0], address=address)


@dataclass(frozen=True, slots=True)
class ConfirmSecondFactor:
    """Turn the second factor on with its first code. Returns the recovery codes, shown once.

    Raises:
        WrongCode: the code does not belong to the proposed secret.
        NotFound: nothing was proposed, or the second factor is on.
        TooManyAttempts: the caller must wait.
    """

    units: AccountUnitsOfWork
    codes: OneTimeCodes
    limit_guesses: LimitGuesses
    now: Clock

    async def __call__(self, account: Account, code: str, caller: Caller) -> tuple[str, ...]:
        async with self.limit_guesses.attempt(FACE, str(account), caller, account):
            return await self._confirm(account, code)

    @retried
    async def _confirm(self, account: Account, code: str) -> tuple[str, ...]:
        recovery_codes = tuple(self.codes.new_recovery_code() for _ in range(RECOVERY_CODES))
        async with self.units() as unit:
            factor = await unit.second_factors.find(account)
            if factor is None or factor.confirmed:
                raise NotFound("second factor", account.id)
            step = self.codes.step_of(factor.secret, code.strip(), self.now())
            if step is None:
                raise WrongCode
            if not await unit.second_factors.confirm(
                account, step, map(hash_token, recovery_codes)
            ):
                raise NotFound("second factor", account.id)
            unit.add_event(_changed(account, "second factor on", str(account), self.now))
            await unit.commit()
        return recovery_codes


@dataclass(frozen=True, slots=True)
class CheckSecondFactor:
    """Compare a one-time code or a recovery code, within the guessing limits. Each works once.

    Raises:
        WrongCode: it is wrong, or was used before.
        TooManyAttempts: the caller must wait.
    """

    units: AccountUnitsOfWork
    codes: OneTimeCodes
    limit_guesses: LimitGuesses
    now: Clock

    async def __call__(self, account: Account, code: str, caller: Caller, then: WithUnit) -> None:
        """``then`` runs in the transaction that uses the code."""
        async with self.limit_guesses.attempt(FACE, str(account), caller, account):
            await self._check(account, code.strip(), then)

    @retried
    async def _check(self, account: Account, code: str, then: WithUnit) -> None:
        async with self.units() as unit:
            if not await self._use(unit, account, code):
                raise WrongCode
            await then(unit)
            await unit.commit()

    async def _use(self, unit: AccountUnitOfWork, account: Account, code: str) -> bool:
        factor = await unit.second_factors.find(account)
        if factor is None or not factor.confirmed:
            return False
        step = self.codes.step_of(factor.secret, code, self.now())
        if step is not None:
            return await unit.second_factors.use_step(account, step)
        return await unit.second_factors.use_recovery_code(account, hash_token(code.lower()))


@dataclass(frozen=True, slots=True)
class ConfirmLogIn:
    """Second step of a log-in. The session gets a new token.

    Raises:
        BadCredentials: the first step was too long ago.
        WrongCode: the code is wrong, or was used before.
        TooManyAttempts: the caller must wait.
    """

    units: AccountUnitsOfWork
    check_second_factor: CheckSecondFactor
    limit_guesses: LimitGuesses
    now: Clock
    new_token: NewToken

    async def __call__(
        self, kind: AccountKind, token: str, code: str, caller: Caller
    ) -> OpenedSession:
        session = await self.waiting(kind, token)
        confirmed = self.new_token()

        async def confirm(unit: AccountUnitOfWork) -> None:
            await self._confirm(unit, session, confirmed)

        await self.check_second_factor(session.account, code, caller, confirm)
        return self._opened(session, confirmed)

    @retried
    async def after_set_up(self, kind: AccountKind, token: str) -> OpenedSession:
        """Confirm the session in which the second factor was just turned on."""
        session = await self.waiting(kind, token)
        confirmed = self.new_token()
        async with self.units() as unit:
            await self._confirm(unit, session, confirmed)
            await unit.commit()
        return self._opened(session, confirmed)

    async def waiting(self, kind: AccountKind, token: str) -> Session:
        """The session that waits for its second factor. Raises `BadCredentials`."""
        async with self.units() as unit:
            session = await unit.sessions.find(hash_token(token), self.now())
        if session is None or session.confirmed or session.account.kind is not kind:
            raise BadCredentials
        return session

    async def _confirm(self, unit: AccountUnitOfWork, session: Session, token: str) -> None:
        account, now = session.account, self.now()
        if (await unit.accounts.lock(account)).blocked:
            raise BadCredentials
        if not await unit.sessions.confirm(session, hash_token(token), expiry(account.kind, now)):
            raise BadCredentials
        if account.kind is AccountKind.STAFF:
            unit.add_event(
                StaffActionRecorded(actor=str(account), action="log in", reference="", at=now)
            )

    def _opened(self, session: Session, token: str) -> OpenedSession:
        device = self.limit_guesses.device_token(session.account)
        return OpenedSession(token=token, confirmed=True, device=device)


@dataclass(frozen=True, slots=True)
class RemoveSecondFactor:
    """Turn the second factor off, after the password was given again.

    Raises:
        BadCredentials: the password is wrong.
        NotFound: the account has no second factor.
    """

    units: AccountUnitsOfWork
    check_password: CheckPassword
    now: Clock

    async def __call__(self, account: Account, password: str, caller: Caller) -> None:
        await self.check_password.of(account, password, caller)
        await self.by_another(account, str(account))

    @retried
    async def by_another(self, account: Account, actor: str) -> None:
        """Turn it off for a person who lost the app and the recovery codes."""
        async with self.units() as unit:
            if not await unit.second_factors.remove(account):
                raise NotFound("second factor", account.id)
            unit.add_event(_changed(account, "second factor off", actor, self.now))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class ReplaceRecoveryCodes:
    """Replace the recovery codes, after the password was given again. Returns the new ones."""

    units: AccountUnitsOfWork
    check_password: CheckPassword
    codes: OneTimeCodes
    now: Clock

    async def __call__(self, account: Account, password: str, caller: Caller) -> tuple[str, ...]:
        await self.check_password.of(account, password, caller)
        return await self._replace(account)

    @retried
    async def _replace(self, account: Account) -> tuple[str, ...]:
        recovery_codes = tuple(self.codes.new_recovery_code() for _ in range(RECOVERY_CODES))
        async with self.units() as unit:
            factor = await unit.second_factors.find(account)
            if factor is None or not factor.confirmed:
                raise NotFound("second factor", account.id)
            await unit.second_factors.replace_recovery_codes(
                account, map(hash_token, recovery_codes)
            )
            unit.add_event(_changed(account, "recovery codes replaced", str(account), self.now))
            await unit.commit()
        return recovery_codes


def _changed(account: Account, change: str, actor: str, now: Clock) -> CredentialsChanged:
    return CredentialsChanged(account=str(account), change=change, actor=actor, at=now())
