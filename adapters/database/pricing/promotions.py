"""The repository of promotions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.products import first_row
from adapters.database.pricing.version import increase_pricing_version
from adapters.database.statements import save_versioned
from adapters.database.tables.pricing import promotions
from core.domain.errors import NotFound
from core.domain.events import Event, PromotionChanged
from core.domain.identifiers import PromotionId
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.managed import ManagedPromotion, PromotionState
from core.domain.pricing.windows import next_change
from ports.clock import Clock


class SqlPromotions:
    """`ports.pricing.Promotions` in one transaction."""

    def __init__(self, connection: AsyncConnection, events: list[Event], now: Clock) -> None:
        self._connection = connection
        self._events = events
        self._now = now

    async def get(self, code: str) -> ManagedPromotion:
        promotion = await self.find(code)
        if promotion is None:
            raise NotFound("promotion", code)
        return promotion

    async def find(self, code: str) -> ManagedPromotion | None:
        return await read_promotion(self._connection, code)

    async def save(self, promotion: ManagedPromotion) -> None:
        content = promotion.promotion
        promotion.version = await save_versioned(
            self._connection,
            promotions,
            {
                "id": promotion.id,
                "code": promotion.code,
                "document": to_document(content),
                "state": str(promotion.state),
                "lane": str(content.lane),
                "priority": content.priority,
                "starts_at": content.starts_at,
                "ends_at": content.ends_at,
                "price_changes_at": next_change(content.starts_at, content.ends_at, self._now()),
                "created_at": promotion.created_at,
                "changed_at": promotion.changed_at,
            },
            version=promotion.version,
            kind="promotion",
            key=promotion.code,
        )
        self._events += promotion.events
        promotion.events.clear()
        await increase_pricing_version(self._connection)

    async def publish_changes(self, now: datetime) -> Sequence[str]:
        rows = await self._connection.execute(
            update(promotions)
            .where(is_due(promotions, now), promotions.c.state == str(PromotionState.ACTIVE))
            .values(price_changes_at=later_change(promotions, now))
            .returning(promotions.c.code)
        )
        codes = sorted(row.code for row in rows)
        self._events += [PromotionChanged(promotion=code, at=now) for code in codes]
        if codes:
            await increase_pricing_version(self._connection)
        return codes


def is_due(table: Table, now: datetime) -> ColumnElement[bool]:
    return table.c.price_changes_at <= now


def later_change(table: Table, now: datetime) -> ColumnElement[Any]:
    """The end of the row's window if it is still to come; its start is over."""
    return case((table.c.ends_at > now, table.c.ends_at))


async def read_promotion(connection: AsyncConnection, code: str) -> ManagedPromotion | None:
    row = await first_row(connection, promotions, promotions.c.code == code)
    if row is None:
        return None
    return ManagedPromotion(
        id=PromotionId(row.id),
        promotion=from_document(row.document),
        state=PromotionState(row.state),
        created_at=row.created_at,
        changed_at=row.changed_at,
        version=row.version,
    )
