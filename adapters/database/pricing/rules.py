"""Loads the rules of prices, and keeps them until their version changes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    Row,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from adapters.database.catalogue.version import PRICING
from adapters.database.columns import Json
from adapters.database.engine import Database
from adapters.database.pricing.documents import ladders_from, price_list_from, tax_rate_from
from adapters.database.tables.catalogue import counters
from adapters.database.tables.pricing import (
    price_list_prices,
    price_lists,
    promotions,
    tax_rates,
)
from adapters.single_flight import SingleFlight
from core.domain.errors import Invalid
from core.domain.identifiers import Currency
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.managed import PromotionState
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.settings import PricingSettings
from ports.clock import Clock

CHECK_EVERY = timedelta(seconds=1)
"""How long another process may still use the rules from before a change."""

ANSWERED_FOR = timedelta(days=30)
"""How long after its end a promotion answers its coupons: ended, and not an unknown code."""

VERSION, PROMOTION, PRICE_LIST, PRICE, TAX_RATE = "version", "promotion", "list", "price", "tax"

log = structlog.get_logger(__name__)


class SqlLoadRules:
    """`ports.pricing.LoadRules` and, as ``forget``, `ports.pricing.ForgetRules`."""

    def __init__(
        self, database: Database, settings: PricingSettings, currency: Currency, now: Clock
    ) -> None:
        self._reads = database.reads
        self._settings = settings
        self._currency = currency
        self._now = now
        self._rules = PricingRules(settings=settings)
        self._version = -1
        self._checked_at: datetime | None = None
        self._changes = 0
        self._checking: SingleFlight[PricingRules] = SingleFlight()

    async def __call__(self) -> PricingRules:
        if self._checked_at and abs(self._now() - self._checked_at) < CHECK_EVERY:
            return self._rules
        # Not the answer of a check that began before a change of this process.
        return await self._checking(self._changes, self._check)

    def forget(self) -> None:
        self._checked_at = None
        self._changes += 1

    async def _check(self) -> PricingRules:
        now, changes = self._now(), self._changes
        rules, version = self._rules, self._version
        async with self._reads.connect() as connection:
            if await connection.scalar(_VERSION) != version:
                rows = (await connection.execute(everything(self._currency, now))).all()
                version = version_of(rows)
                rules = rules_from(rows, self._settings)
        if changes == self._changes:
            self._rules, self._version, self._checked_at = rules, version, now
        return rules


_NOTHING, _NO_SKU, _ZERO = cast(null(), Json), literal("", Text), literal(0, BigInteger)
_VERSION = select(func.coalesce(func.max(counters.c.value), 0)).where(counters.c.name == PRICING)


def everything(currency: str, now: datetime) -> CompoundSelect[Any]:
    """All rules and their version in one statement, so that they are of one moment.

    Rules that ended before ``now`` are left out.
    """
    by_coupon = promotions.c.document["by_coupon"].as_boolean()
    in_force = (
        promotions.c.state == str(PromotionState.ACTIVE),
        or_(
            promotions.c.ends_at.is_(None),
            promotions.c.ends_at > now,
            and_(promotions.c.ends_at > now - ANSWERED_FOR, by_coupon),
        ),
    )
    serving = (
        price_lists.c.currency == currency,
        or_(price_lists.c.ends_at.is_(None), price_lists.c.ends_at > now),
    )
    prices = price_list_prices.join(price_lists)
    return union_all(
        _rows(VERSION, counters.c.name, number=counters.c.value).where(counters.c.name == PRICING),
        _rows(PROMOTION, promotions.c.code, document=promotions.c.document).where(*in_force),
        _rows(PRICE_LIST, price_lists.c.code, document=price_lists.c.document).where(*serving),
        _rows(
            PRICE,
            price_lists.c.code,
            sku=price_list_prices.c.sku,
            quantity=price_list_prices.c.quantity,
            number=price_list_prices.c.minor,
        )
        .select_from(prices)
        .where(*serving),
        _rows(TAX_RATE, tax_rates.c.name, document=tax_rates.c.document),
    )


def _rows(
    kind: str,
    code: Any,
    *,
    document: Any = _NOTHING,
    sku: Any = _NO_SKU,
    quantity: Any = _ZERO,
    number: Any = _ZERO,
) -> Select[Any]:
    return select(
        literal(kind, Text).label("kind"),
        code.label("code"),
        document.label("document"),
        sku.label("sku"),
        quantity.label("quantity"),
        number.label("number"),
    )


def version_of(rows: Sequence[Row[Any]]) -> int:
    return max((row.number for row in rows if row.kind == VERSION), default=0)


def rules_from(rows: Sequence[Row[Any]], settings: PricingSettings) -> PricingRules:
    of_kind: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        of_kind[row.kind].append(row)
    steps: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in of_kind[PRICE]:
        steps[row.code].append((row.sku, row.quantity, row.number))
    return PricingRules(
        settings=settings,
        promotions=tuple(_readable(of_kind[PROMOTION])),
        price_lists=tuple(
            price_list_from(row.code, row.document, ladders_from(steps[row.code]))
            for row in of_kind[PRICE_LIST]
        ),
        tax_rates=tuple(tax_rate_from(row.document) for row in of_kind[TAX_RATE]),
    )


def _readable(rows: Sequence[Row[Any]]) -> Iterator[Promotion]:
    """A promotion of a newer version does not apply; the shop goes on without it."""
    for row in rows:
        try:
            yield from_document(row.document)
        except Invalid as error:
            log.warning("cannot read a promotion", code=row.code, part=error.field)
