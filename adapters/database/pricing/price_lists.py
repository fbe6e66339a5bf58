"""The repositories of price lists and of tax rates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.products import first_row
from adapters.database.pricing.documents import price_list_from, price_list_to, tax_rate_to
from adapters.database.pricing.promotions import is_due, later_change
from adapters.database.pricing.version import increase_pricing_version
from adapters.database.statements import replace_children, save_versioned, upsert
from adapters.database.tables.pricing import price_list_prices, price_lists, tax_rates
from core.domain.errors import NotFound, StaleVersion
from core.domain.identifiers import PriceListId
from core.domain.pricing.taxes.rates import TaxRate
from core.domain.pricing.windows import next_change
from ports.clock import Clock
from ports.pricing import Ladders, ManagedPriceList, PriceChange


class SqlPriceLists:
    """`ports.pricing.PriceLists` in one transaction."""

    def __init__(self, connection: AsyncConnection, now: Clock) -> None:
        self._connection = connection
        self._now = now

    async def get(self, code: str) -> ManagedPriceList:
        price_list = await self.find(code)
        if price_list is None:
            raise NotFound("price list", code)
        return price_list

    async def find(self, code: str) -> ManagedPriceList | None:
        row = await first_row(self._connection, price_lists, price_lists.c.code == code)
        if row is None:
            return None
        return ManagedPriceList(
            id=PriceListId(row.id),
            price_list=price_list_from(row.code, row.document, {}),
            currency=row.currency,
            changed_at=row.changed_at,
            version=row.version,
        )

    async def save(self, price_list: ManagedPriceList) -> None:
        content = price_list.price_list
        price_list.version = await save_versioned(
            self._connection,
            price_lists,
            {
                "id": price_list.id,
                "code": content.code,
                "document": price_list_to(content),
                "currency": price_list.currency,
                "ends_at": content.ends_at,
                "price_changes_at": next_change(content.starts_at, content.ends_at, self._now()),
                "changed_at": price_list.changed_at,
            },
            version=price_list.version,
            kind="price list",
            key=content.code,
        )
        await increase_pricing_version(self._connection)

    async def renew(self, list_id: PriceListId, version: int | None = None) -> None:
        renewed = (
            update(price_lists)
            .where(price_lists.c.id == list_id)
            .values(version=price_lists.c.version + 1, changed_at=self._now())
        )
        if version is not None:
            renewed = renewed.where(price_lists.c.version == version)
        if (await self._connection.execute(renewed)).rowcount == 0:
            raise StaleVersion("price list", list_id)

    async def replace_prices(self, list_id: PriceListId, ladders: Ladders) -> None:
        rows = (
            {"list_id": list_id, "sku": sku, "quantity": step.quantity, "minor": step.minor}
            for sku, ladder in ladders.items()
            for step in ladder
        )
        of_list = price_list_prices.c.list_id == list_id
        await replace_children(self._connection, price_list_prices, of_list, rows)
        await increase_pricing_version(self._connection)

    async def change_prices(
        self, list_id: PriceListId, changes: Sequence[PriceChange]
    ) -> Sequence[PriceChange]:
        refused = [each for each in changes if not await self._change(list_id, each)]
        await increase_pricing_version(self._connection)
        return refused

    async def _change(self, list_id: PriceListId, change: PriceChange) -> bool:
        """Whether the price is ``now``: the statement changes only a price that is ``was``."""
        place = and_(
            price_list_prices.c.list_id == list_id,
            price_list_prices.c.sku == change.sku,
            price_list_prices.c.quantity == change.quantity,
        )
        unchanged = and_(place, is_still(change))
        statement: Any
        if change.was is None:
            statement = (
                upsert(self._connection, price_list_prices)
                .values(list_id=list_id, sku=change.sku, quantity=change.quantity, minor=change.now)
                .on_conflict_do_nothing()
            )
        elif change.now is None:
            statement = delete(price_list_prices).where(unchanged)
        else:
            statement = update(price_list_prices).where(unchanged).values(minor=change.now)
        if (await self._connection.execute(statement)).rowcount:
            return True
        found = await self._connection.scalar(select(price_list_prices.c.minor).where(place))
        return bool(found == change.now)

    async def publish_changes(self, now: datetime) -> bool:
        changed = await self._connection.execute(
            update(price_lists)
            .where(is_due(price_lists, now))
            .values(price_changes_at=later_change(price_lists, now))
        )
        if changed.rowcount:
            await increase_pricing_version(self._connection)
        return bool(changed.rowcount)


def is_still(change: PriceChange) -> ColumnElement[bool]:
    """True for a price that is as staff saw it."""
    return price_list_prices.c.minor == change.was


class SqlTaxRates:
    """`ports.pricing.TaxRates` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, name: str, rate: TaxRate) -> None:
        document = tax_rate_to(rate)
        statement = upsert(self._connection, tax_rates).values(name=name, document=document)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"], set_={"document": statement.excluded.document}
            )
        )
        await increase_pricing_version(self._connection)

    async def remove(self, name: str) -> None:
        removed = await self._connection.execute(delete(tax_rates).where(tax_rates.c.name == name))
        if removed.rowcount == 0:
            raise NotFound("tax rate", name)
        await increase_pricing_version(self._connection)
