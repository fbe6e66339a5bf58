"""Reads the rules of prices with those that have ended lately."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from adapters.database.engine import Database
from adapters.database.pricing.rules import everything, rules_from, version_of
from adapters.database.tables.pricing import price_lists, promotions
from core.domain.identifiers import Currency
from core.domain.pricing.settings import PricingSettings
from ports.applied_prices import StoredRules

PROMOTIONS = select(promotions.c.code, promotions.c.changed_at)
PRICE_LISTS = select(price_lists.c.code, price_lists.c.changed_at)


@dataclass(frozen=True, slots=True)
class SqlReadRules:
    """`ports.applied_prices.ReadRules`."""

    database: Database
    settings: PricingSettings
    currency: Currency

    async def __call__(self, since: datetime) -> StoredRules:
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(everything(self.currency, since))).all()
            changed = {row.code: row.changed_at for row in await connection.execute(PROMOTIONS)}
            listed = {row.code: row.changed_at for row in await connection.execute(PRICE_LISTS)}
        return StoredRules(rules_from(rows, self.settings), version_of(rows), changed, listed)
