"""Changes a password, or resets a forgotten one by a link. Both end the other sessions."""

from dataclasses import dataclass
from uuid import UUID

from core.application.accounts.guessing import LimitGuesses
from core.application.accounts.passwords import CheckPassword, HashNewPassword
from core.application.notifications.link_emails import Fingerprint
from core.application.retries import retried
from core.application.tokens import hash_token
from core.domain.accounts import Account, AccountKind, BadCredentials, Caller
from core.domain.errors import LinkExpired, NotFound
from core.domain.events import CredentialsChanged, PasswordResetRequested
from core.domain.identifiers import CustomerId
from ports.accounts import (
    AccountLink,
    AccountUnitOfWork,
    AccountUnitsOfWork,
    CredentialQueries,
    Credentials,
    LinkPurpose,
)
from ports.clock import Clock


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Change the password of an account, and end all sessions but ``keep``.

    Raises:
        BadCredentials: the current password is wrong, or was changed by another request.
        Invalid: the new password is too weak.
        TooManyAttempts: the caller must wait.
    """

    units: AccountUnitsOfWork
    credentials: CredentialQueries
    check_password: CheckPassword
    hash_new_password: HashNewPassword
    now: Clock

    async def __call__(
        self, account: Account, current: str, new: str, keep: UUID, caller: Caller
    ) -> None:
        found = await self.check_password.of(account, current, caller)
        holder = await self.credentials.holder(account)
        await self._change(found, await self.hash_new_password(new, holder.names), keep)

    @retried
    async def _change(self, found: Credentials, new_hash: str, keep: UUID) -> None:
        account = str(found.account)
        async with self.units() as unit:
            await set_password(unit, found, new_hash, keep)
            unit.add_event(
                CredentialsChanged(account=account, change="password", actor=account, at=self.now())
            )
            await unit.commit()


@dataclass(frozen=True, slots=True)
class RequestPasswordReset:
    """Request an email with a link, for a member or a staff member.

    The result is the same whether the log-in exists or not.

    Raises:
        TooManyAttempts: the caller must wait.
    """

    units: AccountUnitsOfWork
    credentials: CredentialQueries
    limit_guesses: LimitGuesses
    now: Clock

    async def __call__(self, kind: AccountKind, login: str, caller: Caller) -> None:
        await self.limit_guesses.count_address(caller)
        found = await self.credentials.by_login(kind, login)
        await self._request(str(found.account) if found else "unknown")

    async def by_another(self, account: Account) -> None:
        """Request the email for another person. Raises `NotFound`."""
        await self.credentials.of(account)
        await self._request(str(account))

    @retried
    async def _request(self, account: str) -> None:
        async with self.units() as unit:
            unit.add_event(PasswordResetRequested(account=account, at=self.now()))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """Set a new password by the token of an emailed link. Returns the account.

    The link proves the address of the log-in. All sessions end; a second factor stays.

    Raises:
        LinkExpired: the link was used, has expired, or the log-in changed since.
        Invalid: the new password is too weak; the link stays valid.
        TooManyAttempts: too many wrong links from this address.
    """

    units: AccountUnitsOfWork
    credentials: CredentialQueries
    hash_new_password: HashNewPassword
    limit_guesses: LimitGuesses
    fingerprint: Fingerprint
    now: Clock

    async def find(self, token: str, caller: Caller) -> AccountLink:
        """The link of a token; it stays valid."""
        async with self.units() as unit:
            link = await unit.account_links.find(LinkPurpose.RESET, hash_token(token), self.now())
        if link is None:
            await self.limit_guesses.count_address(caller)
            raise LinkExpired
        return link

    async def __call__(self, token: str, password: str, caller: Caller) -> Account:
        link = await self.find(token, caller)
        account = link.account
        try:
            holder = await self.credentials.holder(account)
        except NotFound as error:
            raise LinkExpired from error
        found = holder.credentials
        if found.blocked or self.fingerprint(holder.login) != link.login:
            raise LinkExpired
        await self._reset(link, found, await self.hash_new_password(password, holder.names))
        return account

    @retried
    async def _reset(self, link: AccountLink, found: Credentials, new_hash: str) -> None:
        account, now = link.account, self.now()
        async with self.units() as unit:
            if not await unit.account_links.use(link.token_hash, now):
                raise LinkExpired
            try:
                await set_password(unit, found, new_hash, None)
            except BadCredentials as error:
                raise LinkExpired from error
            if account.kind is AccountKind.CUSTOMER:
                customer = await unit.customers.get(CustomerId(account.id))
                customer.prove_login(now)
                await unit.customers.save(customer)
            unit.add_event(
                CredentialsChanged(
                    account=str(account), change="password reset", actor="link", at=now
                )
            )
            await unit.commit()


async def set_password(
    unit: AccountUnitOfWork, found: Credentials, new_hash: str, keep: UUID | None
) -> None:
    """Replace the password, end all sessions but ``keep``, and void all links.

    Raises:
        BadCredentials: another request changed the password since ``found`` was read.
    """
    if not await unit.accounts.replace_password(found.account, found.password_hash, new_hash):
        raise BadCredentials
    await unit.sessions.end_all(found.account, keep)
    await unit.account_links.remove_all(found.account)
