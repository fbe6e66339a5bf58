"""Emails about accounts: links that reset a password or finish a registration, and warnings."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.accounts.email_texts import (
    ALREADY_MEMBER,
    CHANGED,
    CHANGED_SUBJECT,
    FINISH_REGISTRATION,
    REGISTRATION_SUBJECT,
    RESET,
    RESET_SUBJECT,
)
from core.application.notifications.link_emails import LINK_LIFETIME, Fingerprint
from core.application.retries import retried
from core.application.tokens import hash_token
from core.domain.accounts import Account, AccountKind
from core.domain.customers import LoginState
from core.domain.errors import NotFound
from core.domain.events import (
    CredentialsChanged,
    Event,
    PasswordResetRequested,
    RegistrationRequested,
)
from core.domain.identifiers import BaseUrl, CustomerId
from core.domain.text import LANGUAGES, Text
from ports.accounts import (
    AccountHolder,
    AccountLink,
    AccountUnitsOfWork,
    CredentialQueries,
    LinkPurpose,
)
from ports.clock import Clock, NewToken
from ports.errors import Rejected
from ports.events.outbox import Envelope
from ports.notifications import Email, Mailer

MOST_LINKS = 5
"""Valid links of one kind to one address. Strangers can request them too."""


@dataclass(frozen=True, slots=True)
class SendAccountEmails:
    """Subscriber that sends the emails. An email that failed is sent again for an hour."""

    units: AccountUnitsOfWork
    credentials: CredentialQueries
    mailer: Mailer | None
    base_url: BaseUrl
    now: Clock
    new_token: NewToken
    fingerprint: Fingerprint

    def wants(self, event: Event) -> bool:
        return self.mailer is not None and isinstance(
            event, PasswordResetRequested | RegistrationRequested | CredentialsChanged
        )

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            if each.event.at + LINK_LIFETIME < self.now():
                continue
            try:
                await self._handle(each, each.event)
            except NotFound:
                continue  # The account was erased after the event: there is no address.

    async def _handle(self, envelope: Envelope, event: Event) -> None:
        if isinstance(event, PasswordResetRequested):
            if event.account != "unknown":
                await self._send_reset(envelope, Account.parse(event.account))
        elif isinstance(event, RegistrationRequested):
            await self._send_registration(envelope, event.customer_id)
        elif isinstance(event, CredentialsChanged):
            await self._send_warning(Account.parse(event.account))

    async def _send_reset(self, envelope: Envelope, account: Account) -> None:
        holder = await self.credentials.holder(account)
        token = self.new_token()
        link = self._link(envelope, holder, LinkPurpose.RESET, token)
        if holder.credentials.blocked or not await self._store(holder, link):
            return
        await self._send(holder, RESET_SUBJECT, RESET, f"reset-password/{token}")

    async def _send_registration(self, envelope: Envelope, customer_id: CustomerId) -> None:
        async with self.units() as unit:
            customer = await unit.customers.get(customer_id)
        holder = await self.credentials.holder(Account(AccountKind.CUSTOMER, customer_id))
        token = self.new_token()
        link = self._link(envelope, holder, LinkPurpose.REGISTRATION, token)
        if customer.login_state is not LoginState.PENDING or not await self._store(holder, link):
            return
        owner = await self.credentials.by_login(AccountKind.CUSTOMER, holder.login)
        if owner is not None and owner.login_verified:
            await self._send(holder, REGISTRATION_SUBJECT, ALREADY_MEMBER, "forgot-password")
        else:
            path = f"register/{token}"
            await self._send(holder, REGISTRATION_SUBJECT, FINISH_REGISTRATION, path)

    async def _send_warning(self, account: Account) -> None:
        holder = await self.credentials.holder(account)
        if "@" in holder.login:
            await self._send(holder, CHANGED_SUBJECT, CHANGED, "forgot-password")

    def _link(
        self, envelope: Envelope, holder: AccountHolder, purpose: LinkPurpose, token: str
    ) -> AccountLink:
        return AccountLink(
            token_hash=hash_token(token),
            event_id=envelope.id,
            purpose=purpose,
            account=holder.credentials.account,
            login=self.fingerprint(holder.login),
            expires_at=self.now() + LINK_LIFETIME,
        )

    @retried
    async def _store(self, holder: AccountHolder, link: AccountLink) -> bool:
        """False if the account has no email address, or its address has enough links."""
        if "@" not in holder.login:
            return False
        async with self.units() as unit:
            if await unit.account_links.count_others(link, self.now()) >= MOST_LINKS:
                return False
            await unit.account_links.add(link)
            await unit.commit()
        return True

    async def _send(self, to: AccountHolder, subject: Text, text: Text, path: str) -> None:
        assert self.mailer is not None
        language = to.language or LANGUAGES[0]
        address = f"{self.base_url}/{language}/{path}"
        try:
            await self.mailer.send(
                Email(
                    to=to.login,
                    subject=subject.in_language(language),
                    text=text.in_language(language).format(link=address),
                )
            )
        except Rejected:
            return
