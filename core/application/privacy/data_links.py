"""Single-use links that give guests access to their data."""

import hmac
from dataclasses import dataclass

from core.application.purges import purge_all
from core.application.retries import retried
from core.application.tokens import hash_token
from core.domain.errors import Invalid, LinkExpired, MemberAlready
from core.domain.events import GuestDataLinkRequested
from core.domain.orders.order import Order
from core.domain.privacy.links import DataLink
from core.domain.privacy.records import Subject
from ports.clock import Clock
from ports.privacy.requests import PrivacyUnitsOfWork
from ports.sessions import AccountQueries
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class RequestDataLink:
    """Request an email with a data link, if ``contact`` is the email address of the order.

    The response is the same if it is not, so that it reveals no address.

    Raises:
        Invalid: ``contact`` is no email address.
    """

    units: PrivacyUnitsOfWork
    now: Clock

    @retried
    async def __call__(self, order: Order, contact: str) -> None:
        if "@" not in contact:
            raise Invalid("contact", "Enter the email address of your order.")
        if hmac.compare_digest(contact.encode(), order.contact.encode()):
            async with self.units() as unit:
                unit.add_event(GuestDataLinkRequested(order_id=order.id, at=self.now()))
                await unit.commit()


@dataclass(frozen=True, slots=True)
class OpenDataLink:
    """Find the data subject of a guest's link.

    Raises:
        LinkExpired: the link is used, expired or unknown, or the order is erased.
        MemberAlready: the email address has an account now.
    """

    units: UnitsOfWork
    privacy_units: PrivacyUnitsOfWork
    account_queries: AccountQueries
    now: Clock

    async def find(self, token: str) -> Subject:
        """Find the data subject; the link stays valid."""
        async with self.privacy_units() as unit:
            link = await unit.data_links.find(hash_token(token), self.now())
        return await self._subject(link)

    @retried
    async def use(self, token: str) -> Subject:
        """Find the data subject and use the link up. Only one concurrent caller succeeds."""
        subject = await self.find(token)
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
        if await self.account_queries.is_proved(order.contact):
            raise MemberAlready
        return Subject(contacts=frozenset({order.contact}))


@dataclass(frozen=True, slots=True)
class PurgeDataLinks:
    """Delete expired links. Returns the number of links."""

    units: PrivacyUnitsOfWork
    now: Clock

    async def __call__(self) -> int:
        return await purge_all(self._purge_batch)

    @retried
    async def _purge_batch(self) -> int:
        async with self.units() as unit:
            purged = await unit.data_links.purge(self.now())
            await unit.commit()
        return purged
