"""Guests and their data: a link in a letter shows that the e-mail address is theirs."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.application.carts import hash_token
from core.domain.errors import Invalid, LinkExpired, MemberAlready
from core.domain.events import GuestAskedForData
from core.domain.identifiers import OrderId
from core.domain.order import Order
from core.domain.privacy.records import Subject
from core.domain.text import Text
from ports.clock import Clock, NewToken
from ports.errors import Rejected
from ports.mail import Letter, Mailer
from ports.storage.ledgers import Register
from ports.storage.outbox import Envelope
from ports.storage.privacy import PrivacyUnits
from ports.storage.units import UnitsOfWork

LINK_LIVES = timedelta(hours=1)
PAUSE = timedelta(minutes=5)

SUBJECT = Text({"zh": "您的个人信息", "en": "Your data"})
LINK = Text(
    {
        "zh": "您（或其他人）请求查阅或删除与订单 {number} 的邮箱相关的个人信息。\n"
        "请在一小时内打开下面的链接，仅可使用一次：\n\n{link}\n\n"
        "如果不是您本人的请求，请忽略此邮件。\n",
        "en": "You, or somebody else, asked about the data that belongs to the e-mail address of "
        "order {number}.\nOpen this link within an hour; it works once:\n\n{link}\n\n"
        "If it was not you, ignore this letter.\n",
    }
)
ACCOUNT = Text(
    {
        "zh": "您（或其他人）请求查阅或删除与订单 {number} 的邮箱相关的个人信息。\n"
        "该邮箱已注册会员，请登录后在“我的个人信息”中办理：\n\n{link}\n",
        "en": "You, or somebody else, asked about the data that belongs to the e-mail address of "
        "order {number}.\nThat address has an account: log in, and go to “My data”:\n\n{link}\n",
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
            raise Invalid("contact", "Write the e-mail address that you ordered with.")
        if hmac.compare_digest(contact.encode(), order.contact.encode()):
            async with self.units() as unit:
                unit.tell(GuestAskedForData(order_id=order.id, at=self.now()))
                await unit.commit()


@dataclass(frozen=True, slots=True)
class SendDataLinks:
    """A subscriber that writes the letters: to members, that they can log in.

    One order has one letter in five minutes at most.
    """

    units: UnitsOfWork
    privacy_units: PrivacyUnits
    register: Register
    mailer: Mailer | None
    base_url: str
    now: Clock
    new_token: NewToken

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            if isinstance(each.event, GuestAskedForData) and self.mailer is not None:
                await self._send(each.event.order_id, self.mailer)

    async def _send(self, order_id: OrderId, mailer: Mailer) -> None:
        async with self.units() as trade:
            order = await trade.orders.get(order_id)
        if not order.contact:
            return
        async with self.privacy_units() as unit:
            if await unit.data_links.was_sent(order_id, self.now() + LINK_LIVES - PAUSE):
                return
        shop = f"{self.base_url}/{order.language}"
        if await self.register.find_customer(order.contact) is not None:
            text, link = ACCOUNT, f"{shop}/account/privacy"
        else:
            text, link = LINK, f"{shop}/data/{await self._new_link(order_id)}"
        words = text.in_language(order.language).format(number=order.number, link=link)
        subject = SUBJECT.in_language(order.language)
        try:
            await mailer.send(Letter(to=order.contact, subject=subject, text=words))
        except Rejected:
            return

    async def _new_link(self, order_id: OrderId) -> str:
        token = self.new_token()
        async with self.privacy_units() as unit:
            await unit.data_links.add(hash_token(token), order_id, self.now() + LINK_LIVES)
            await unit.commit()
        return token


@dataclass(frozen=True, slots=True)
class OpenDataLink:
    """Whose data a link is about. Raises `LinkExpired`, or `MemberAlready`."""

    units: UnitsOfWork
    privacy_units: PrivacyUnits
    register: Register
    now: Clock

    async def look(self, token: str) -> Subject:
        """Without using it up."""
        async with self.privacy_units() as unit:
            order_id = await unit.data_links.find(hash_token(token), self.now())
        return await self._subject(order_id)

    async def use(self, token: str) -> Subject:
        """Once, whoever else tries it at the same time."""
        subject = await self.look(token)
        async with self.privacy_units() as unit:
            if not await unit.data_links.use(hash_token(token), self.now()):
                raise LinkExpired
            await unit.commit()
        return subject

    async def _subject(self, order_id: OrderId | None) -> Subject:
        if order_id is None:
            raise LinkExpired
        async with self.units() as unit:
            order = await unit.orders.get(order_id)
        if not order.contact:
            raise LinkExpired
        if await self.register.find_customer(order.contact) is not None:
            raise MemberAlready
        return Subject(contacts=frozenset({order.contact}))


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
