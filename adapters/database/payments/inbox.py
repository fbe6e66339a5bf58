"""What gateways told us: one row a notification, and what became of it."""

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


KEPT = (
    select(notifications)
    .where(
        notifications.c.gateway == bindparam("of_gateway"),
        notifications.c.account == bindparam("of_account"),
        notifications.c.key == bindparam("of_key"),
    )
    .with_for_update()
)


PAYER = (
    select(orders.c.data_key_id)
    .join(payments, payments.c.order_id == orders.c.id)
    .where(payments.c.reference == bindparam("key"))
)


SETTLE = (
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
        # The unique key makes whoever comes second wait here for whoever came first.
        entry = InboxEntry(
            id=new_id(),
            gateway=gateway,
            account=account,
            key=key,
            state=InboxState.RECEIVED,
            reason="",
            received_at=at,
        )
        data_key_id = await self._person(reference)
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
        kept = await self._connection.execute(
            KEPT, {"of_gateway": gateway, "of_account": account, "of_key": key}
        )
        return _entry(kept.one())

    async def _person(self, reference: str) -> DataKeyId:
        """Whose order is paid; somebody new for what fits no order."""
        known = await self._connection.scalar(PAYER, {"key": reference})
        return DataKeyId(known) if known else await self._vault.new_data_key()

    async def mark_handled(self, entry_id: UUID, state: InboxState, reason: str = "") -> None:
        await self._connection.execute(
            SETTLE, {"of_id": entry_id, "new_state": str(state), "new_reason": reason}
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
        state=InboxState(row.state),
        reason=row.reason,
        received_at=row.received_at,
    )
