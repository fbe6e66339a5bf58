"""An erasure from the request to the certificate."""

import sqlalchemy as sa

from adapters.database.tables.orders import orders
from core.domain.privacy.records import Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind, RequestState
from entrepot.assembly.shop import Shop
from tests.bank import PARCEL
from tests.people import MARKED

SUBJECT = Subject(contacts=frozenset({MARKED.marks["login"]}))


async def finish_orders(shop: Shop) -> None:
    """Ship and deliver all paid orders."""
    async with shop.database().reads.connect() as connection:
        paid = (
            await connection.execute(sa.select(orders.c.id).where(orders.c.state == "paid"))
        ).all()
    for row in paid:
        await shop.ship_order()(row.id, PARCEL, "staff")
        await shop.deliver_order()(row.id, "carrier")


async def erased(shop: Shop, subject: Subject = SUBJECT) -> PrivacyRequest:
    request = await shop.open_request()(RequestKind.ERASURE, subject, "password")
    planned = await shop.plan_erasure()(request.number)
    assert planned.state is RequestState.PLANNED, planned.failures
    await shop.approve_erasure()(request.number, planned.plan_hash, "another staff member")
    return await shop.execute_erasure()(request.number, planned.plan_hash)
