"""Sends emails with single-use links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.application.retries import retried
from core.application.tokens import hash_token
from core.domain.errors import NotFound
from core.domain.events import EmailVerificationRequested, Event, GuestDataLinkRequested
from core.domain.identifiers import BaseUrl
from core.domain.privacy.links import DataLink
from core.domain.text import Text
from ports.clock import Clock, NewToken
from ports.errors import Rejected
from ports.events.outbox import Envelope
from ports.notifications import Email, Mailer
from ports.privacy.requests import PrivacyUnitsOfWork
from ports.sessions import AccountQueries
from ports.unit_of_work import UnitsOfWork


class Fingerprint(Protocol):
    def __call__(self, value: str, /) -> bytes:
        """A keyed hash."""


LINK_LIFETIME = timedelta(hours=1)

RATE_LIMIT = timedelta(minutes=5)
"""At most one email per person in this time."""

SUBJECT = Text({"zh": "您的个人信息请求", "en": "Your data request"})

GUEST_TEXT = Text(
    {
        "zh": "我们收到了查阅或删除订单 {number} 邮箱相关个人信息的请求。\n"
        "请在 1 小时内打开以下链接，链接仅可使用一次：\n\n{link}\n\n"
        "如非您本人操作，请忽略本邮件。\n",
        "en": "We received a request about the personal data of the email address of "
        "order {number}.\nOpen this link within one hour. It works once:\n\n{link}\n\n"
        "If you did not request this, ignore this email.\n",
    }
)

HAS_ACCOUNT_TEXT = Text(
    {
        "zh": "我们收到了查阅或删除订单 {number} 邮箱相关个人信息的请求。\n"
        "该邮箱已注册，请登录后在“我的个人信息”中办理；如不是您的账号，请联系客服：\n\n{link}\n",
        "en": "We received a request about the personal data of the email address of "
        "order {number}.\nThis address has an account. Sign in and go to “My data”. "
        "Contact us if the account is not yours.\n\n{link}\n",
    }
)

VERIFICATION_TEXT = Text(
    {
        "zh": "请登录后在 1 小时内打开以下链接，验证您的邮箱：\n\n{link}\n\n"
        "如果您未在本店注册，请忽略本邮件。\n",
        "en": "Sign in and open this link within one hour to verify your email address:"
        "\n\n{link}\n\nIf you have no account with us, ignore this email.\n",
    }
)


@dataclass(frozen=True, slots=True)
class SendLinkEmails:
    """Subscriber that sends the emails.

    A person gets at most one email in five minutes for different requests. An email that the
    mail server did not accept is sent again until an hour after the event.
    """

    units: UnitsOfWork
    privacy_units: PrivacyUnitsOfWork
    account_queries: AccountQueries
    mailer: Mailer | None
    base_url: BaseUrl
    now: Clock
    new_token: NewToken
    fingerprint: Fingerprint

    def wants(self, event: Event) -> bool:
        return self.mailer is not None and isinstance(
            event, GuestDataLinkRequested | EmailVerificationRequested
        )

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            if each.event.at + LINK_LIFETIME < self.now():
                continue
            try:
                await self._handle(each)
            except NotFound:
                continue  # The person was erased after the event: there is no address.

    async def _handle(self, envelope: Envelope) -> None:
        if isinstance(envelope.event, GuestDataLinkRequested):
            await self._send_data_link(envelope, envelope.event)
        elif isinstance(envelope.event, EmailVerificationRequested):
            await self._send_verification(envelope, envelope.event)

    async def _send_data_link(self, envelope: Envelope, event: GuestDataLinkRequested) -> None:
        async with self.units() as unit:
            order = await unit.orders.get(event.order_id)
        if not order.contact:
            return
        token = self.new_token()
        link = DataLink(
            token_hash=hash_token(token),
            event_id=envelope.id,
            order_id=order.id,
            expires_at=self.now() + LINK_LIFETIME,
        )
        template, path = GUEST_TEXT, f"data/{token}"
        if await self.account_queries.is_proved(order.contact):
            template, path = HAS_ACCOUNT_TEXT, "account/privacy"
        text = template.in_language(order.language).format(
            number=order.number, link=f"{self.base_url}/{order.language}/{path}"
        )
        await self._send(link, order.contact, order.language, text)

    async def _send_verification(
        self, envelope: Envelope, event: EmailVerificationRequested
    ) -> None:
        customer = await self.account_queries.customer(event.customer_id)
        if customer.login_verified or "@" not in customer.login:
            return
        token = self.new_token()
        address = f"{self.base_url}/{customer.language}/account/verify-email/{token}"
        text = VERIFICATION_TEXT.in_language(customer.language).format(link=address)
        link = DataLink(
            token_hash=hash_token(token),
            event_id=envelope.id,
            customer_id=customer.id,
            login=self.fingerprint(customer.login),
            expires_at=self.now() + LINK_LIFETIME,
        )
        await self._send(link, customer.login, customer.language, text)

    @retried
    async def _send(self, link: DataLink, to: str, language: str, text: str) -> None:
        assert self.mailer is not None
        async with self.privacy_units() as unit:
            if await unit.data_links.was_sent(link, link.expires_at - RATE_LIMIT):
                return
            await unit.data_links.add(link)
            await unit.commit()
        try:
            await self.mailer.send(Email(to=to, subject=SUBJECT.in_language(language), text=text))
        except Rejected:
            return
