"""Showing that an e-mail address is somebody's: a link in a letter, for guests and for members."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.application.carts import hash_token
from core.application.retrying import retrying
from core.domain.errors import Invalid, LinkExpired, MemberAlready, NotFound
from core.domain.events import Event, GuestAskedForData, MemberAskedForProof
from core.domain.identifiers import BaseUrl, CustomerId
from core.domain.order import Order
from core.domain.privacy.proof import DataLink
from core.domain.privacy.records import Subject
from core.domain.text import Text
from ports.clock import Clock, NewToken
from ports.errors import Rejected
from ports.mail import Letter, Mailer
from ports.storage.ledgers import Register
from ports.storage.outbox import Envelope
from ports.storage.privacy import PrivacyUnits
from ports.storage.units import UnitsOfWork


class Fingerprint(Protocol):
    def __call__(self, value: str, /) -> bytes:
        """A keyed hash."""


LINK_LIVES = timedelta(hours=1)
PAUSE = timedelta(minutes=5)

SUBJECT = Text({"zh": "您的个人信息请求", "en": "Your data request"})
LINK = Text(
    {
        "zh": "我们收到了查阅或删除订单 {number} 邮箱相关个人信息的请求。\n"
        "请在 1 小时内打开以下链接，链接仅可使用一次：\n\n{link}\n\n"
        "如非您本人操作，请忽略本邮件。\n",
        "en": "We received a request about the personal data of the email address of "
        "order {number}.\nOpen this link within one hour. It works once:\n\n{link}\n\n"
        "If you did not request this, ignore this email.\n",
    }
)
ACCOUNT = Text(
    {
        "zh": "我们收到了查阅或删除订单 {number} 邮箱相关个人信息的请求。\n"
        "该邮箱已注册，请登录后在“我的个人信息”中办理；如不是您的账号，请联系客服：\n\n{link}\n",
        "en": "We received a request about the personal data of the email address of "
        "order {number}.\nThis address has an account. Sign in and go to “My data”. "
        "Contact us if the account is not yours.\n\n{link}\n",
    }
)
PROOF = Text(
    {
        "zh": "请登录后在 1 小时内打开以下链接，验证您的邮箱：\n\n{link}\n\n"
        "如果您未在本店注册，请忽略本邮件。\n",
        "en": "Sign in and open this link within one hour to verify your email address:"
        "\n\n{link}\n\nIf you have no account with us, ignore this email.\n",
    }
)


@dataclass(frozen=True, slots=True)
class AskForDataLink:
    """Have a link sent to the order's e-mail address, if the guest knows it.

    Whether they did is not told.
    """

    units: PrivacyUnits
    now: Clock

    async def __call__(self, order: Order, contact: str) -> None:
        if "@" not in contact:
            raise Invalid("contact", "Enter the email address of your order.")
        if hmac.compare_digest(contact.encode(), order.contact.encode()):
            async with self.units() as unit:
                unit.tell(GuestAskedForData(order_id=order.id, at=self.now()))
                await unit.commit()


@dataclass(frozen=True, slots=True)
class AskForProof:
    """Have a link sent to a member's e-mail address."""

    units: PrivacyUnits
    now: Clock

    async def __call__(self, customer_id: CustomerId) -> None:
        async with self.units() as unit:
            unit.tell(MemberAskedForProof(customer_id=customer_id, at=self.now()))
            await unit.commit()


@dataclass(frozen=True, slots=True)
class SendLinks:
    """A subscriber that writes the letters.

    Nobody gets two for different questions within five minutes; a letter that could not be
    handed over is written again for as long as its link would have lived.
    """

    units: UnitsOfWork
    privacy_units: PrivacyUnits
    register: Register
    mailer: Mailer | None
    base_url: BaseUrl
    now: Clock
    new_token: NewToken
    fingerprint: Fingerprint

    def wants(self, event: Event) -> bool:
        return self.mailer is not None and isinstance(
            event, GuestAskedForData | MemberAskedForProof
        )

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            if each.event.at + LINK_LIVES < self.now():
                continue
            try:
                await self._answer(each)
            except NotFound:
                continue  # Erased meanwhile: there is nobody to write to.

    async def _answer(self, envelope: Envelope) -> None:
        if isinstance(envelope.event, GuestAskedForData):
            await self._to_guest(envelope, envelope.event)
        elif isinstance(envelope.event, MemberAskedForProof):
            await self._to_member(envelope, envelope.event)

    async def _to_guest(self, envelope: Envelope, event: GuestAskedForData) -> None:
        async with self.units() as unit:
            order = await unit.orders.get(event.order_id)
        if not order.contact:
            return
        token = self.new_token()
        link = DataLink(
            token_hash=hash_token(token),
            event_id=envelope.id,
            order_id=order.id,
            expires_at=self.now() + LINK_LIVES,
        )
        has_account = await self.register.find_customer(order.contact) is not None
        words, path = (ACCOUNT, "account/privacy") if has_account else (LINK, f"data/{token}")
        text = words.in_language(order.language).format(
            number=order.number, link=f"{self.base_url}/{order.language}/{path}"
        )
        await self._send(link, order.contact, order.language, text)

    async def _to_member(self, envelope: Envelope, event: MemberAskedForProof) -> None:
        customer = await self.register.customer(event.customer_id)
        if customer.login_proven or "@" not in customer.login:
            return
        token = self.new_token()
        address = f"{self.base_url}/{customer.language}/account/prove/{token}"
        text = PROOF.in_language(customer.language).format(link=address)
        link = DataLink(
            token_hash=hash_token(token),
            event_id=envelope.id,
            customer_id=customer.id,
            login=self.fingerprint(customer.login),
            expires_at=self.now() + LINK_LIVES,
        )
        await self._send(link, customer.login, customer.language, text)

    async def _send(self, link: DataLink, to: str, language: str, text: str) -> None:
        assert self.mailer is not None
        async with self.privacy_units() as unit:
            if await unit.data_links.was_sent(link, link.expires_at - PAUSE):
                return
            await unit.data_links.add(link)
            await unit.commit()
        try:
            await self.mailer.send(Letter(to=to, subject=SUBJECT.in_language(language), text=text))
        except Rejected:
            return


@dataclass(frozen=True, slots=True)
class OpenDataLink:
    """Whose data a guest's link is about. Raises `LinkExpired`, or `MemberAlready`."""

    units: UnitsOfWork
    privacy_units: PrivacyUnits
    register: Register
    now: Clock

    async def look(self, token: str) -> Subject:
        """Without using it up."""
        async with self.privacy_units() as unit:
            link = await unit.data_links.find(hash_token(token), self.now())
        return await self._subject(link)

    async def use(self, token: str) -> Subject:
        """Once, whoever else tries it at the same time."""
        subject = await self.look(token)
        async with self.privacy_units() as unit:
            if not await unit.data_links.use(hash_token(token), self.now()):
                raise LinkExpired
            await unit.commit()
        return subject

    async def _subject(self, link: DataLink | None) -> Subject:
        if link is None or link.order_id is None:
            raise LinkExpired
        async with self.units() as unit:
            order = await unit.orders.get(link.order_id)
        if not order.contact:
            raise LinkExpired
        if await self.register.find_customer(order.contact) is not None:
            raise MemberAlready
        return Subject(contacts=frozenset({order.contact}))


@dataclass(frozen=True, slots=True)
class ProveLogin:
    """A member's log-in is theirs: they had the letter. Raises `LinkExpired`.

    The link is used up in the transaction that marks the log-in, which is the one that the letter
    went to, or is not marked.
    """

    units: PrivacyUnits
    now: Clock
    fingerprint: Fingerprint

    async def __call__(self, customer_id: CustomerId, token: str) -> None:
        async def prove() -> None:
            async with self.units() as unit:
                link = await unit.data_links.find(hash_token(token), self.now())
                if link is None or link.customer_id != customer_id:
                    raise LinkExpired
                if not await unit.data_links.use(link.token_hash, self.now()):
                    raise LinkExpired
                customer = await unit.customers.get(customer_id)
                if self.fingerprint(customer.login) != link.login:
                    raise LinkExpired
                customer.login_proven = True
                await unit.customers.save(customer)
                await unit.commit()

        await retrying(prove)


@dataclass(frozen=True, slots=True)
class ForgetDataLinks:
    """Drop links that have expired; how many."""

    units: PrivacyUnits
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            gone = await unit.data_links.purge(self.now())
            await unit.commit()
        return gone
