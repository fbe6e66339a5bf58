"""Links for accounts."""

from dataclasses import dataclass

from core.application.notifications.link_emails import LINK_LIFETIME, Fingerprint
from core.application.retries import retried
from core.application.tokens import hash_token
from core.domain.accounts import Account
from ports.accounts import AccountLink, AccountUnitsOfWork, CredentialQueries, LinkPurpose
from ports.clock import Clock, NewId, NewToken


@dataclass(frozen=True, slots=True)
class CreateResetLink:
    """Create a link that resets a password, to hand over to its owner. Returns its token."""

    units: AccountUnitsOfWork
    credentials: CredentialQueries
    fingerprint: Fingerprint
    new_token: NewToken
    new_id: NewId
    now: Clock

    @retried
    async def __call__(self, account: Account) -> str:
        holder = await self.credentials.holder(account)
        token = self.new_token()
        link = AccountLink(
            token_hash=hash_token(token),
            event_id=self.new_id(),
            purpose=LinkPurpose.RESET,
            account=account,
            login=self.fingerprint(holder.login),
            expires_at=self.now() + LINK_LIFETIME,
        )
        async with self.units() as unit:
            await unit.account_links.add(link)
            await unit.commit()
        return token


@dataclass(frozen=True, slots=True)
class PurgeAccountLinks:
    """Delete expired links. Returns the number of links."""

    units: AccountUnitsOfWork
    now: Clock

    @retried
    async def __call__(self) -> int:
        async with self.units() as unit:
            purged = await unit.account_links.purge(self.now())
            await unit.commit()
        return purged
