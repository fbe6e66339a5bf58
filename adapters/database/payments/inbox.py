"""The inbox of notifications: one row for each, with its state."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.statements import upsert
from adapters.database.tables.orders import orders
from adapters.database.tables.payments import notifications, payments
from core.domain.identifiers import DataKeyId
from ports.encryption import Encryption
from ports.payments.inbox import InboxEntry, InboxState

BODY = "notifications.body"


RECORDED = (
    select(notifications)
    .where(
        notifications.c.gateway == bindparam("of_gateway"),
        notifications.c.account == bindparam("of_account"),
        notifications.c.key == bindparam("of_key"),
    )
    .with_for_update()
)


DATA_KEY_OF_ORDER = (
    select(orders.c.data_key_id)
    .join(payments, payments.c.purchase_id == orders.c.purchase_id)
    .where(payments.c.reference == bindparam("key"), orders.c.data_key_id.is_not(None))
    .order_by(orders.c.id)
    .limit(1)
)


MARK_HANDLED = (
    update(notifications)
    .where(notifications.c.id == bindparam("of_id"))
    .values(state=bindparam("new_state"), reason=bindparam("new_reason"))
)


class SqlInbox:
    def __init__(self, connection: AsyncConnection, vault: Encryption) -> None:
        self._connection = connection
        self._vault = vault

    async def record(
        self, *, gateway: str, account: str, key: str, body: bytes, reference: str, at: datetime
    ) -> InboxEntry:
        # The unique key makes a concurrent copy of the notification wait at the INSERT below.
        entry = InboxEntry(
            id=new_id(),
            gateway=gateway,
            account=account,
            key=key,
            reference=reference,
            state=InboxState.RECEIVED,
            reason="",
            received_at=at,
        )
        data_key_id = await self._data_key_of(reference)
        keys = await self._vault.keys([data_key_id])
        added = await self._connection.execute(
            upsert(self._connection, notifications)
            .values(
                id=entry.id,
                gateway=gateway,
                account=account,
                key=key,
                data_key_id=data_key_id,
                body=keys.encrypt(data_key_id, BODY, entry.id, body),
                reference=reference,
                received_at=at,
                state=str(entry.state),
                reason="",
            )
            .on_conflict_do_nothing()
        )
        if added.rowcount == 1:
            return entry
        recorded = await self._connection.execute(
            RECORDED, {"of_gateway": gateway, "of_account": account, "of_key": key}
        )
        return _entry(recorded.one())

    async def _data_key_of(self, reference: str) -> DataKeyId:
        """The data key of the paid order, or of the first one; a new one if no order matches."""
        data_key_id = await self._connection.scalar(DATA_KEY_OF_ORDER, {"key": reference})
        return DataKeyId(data_key_id) if data_key_id else await self._vault.new_data_key()

    async def mark_handled(self, entry_id: UUID, state: InboxState, reason: str = "") -> None:
        await self._connection.execute(
            MARK_HANDLED, {"of_id": entry_id, "new_state": str(state), "new_reason": reason}
        )

    async def quarantined(self, limit: int) -> tuple[InboxEntry, ...]:
        rows = await self._connection.execute(
            select(notifications)
            .where(notifications.c.state == "quarantined")
            .order_by(notifications.c.received_at.desc())
            .limit(limit)
        )
        return tuple(_entry(row) for row in rows)


def _entry(row: Row[Any]) -> InboxEntry:
    return InboxEntry(
        id=row.id,
        gateway=row.gateway,
        account=row.account,
        key=row.key,
        reference=row.reference,
        state=InboxState(row.state),
        reason=row.reason,
        received_at=row.received_at,
    )
