"""Saves price lists, and replaces their prices."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.application.pricing.price_files import PriceRow
from core.application.retries import retried
from core.domain.errors import AlreadyExists, Invalid, StaleVersion, raise_if_invalid
from core.domain.identifiers import Currency, PriceListId, Sku, check_country, check_slug
from core.domain.money import Money
from core.domain.pricing.channels import SalesChannel
from core.domain.pricing.price_lists import PriceList, PriceStep
from core.domain.pricing.promotions.managed import check_source
from ports.clock import Clock, NewId
from ports.pricing import ForgetRules, Ladders, ManagedPriceList
from ports.unit_of_work import UnitOfWork, UnitsOfWork

MOST_ERRORS = 50
SKUS_AT_ONCE = 5_000
"""PostgreSQL takes at most 32,767 values in a statement."""

NO_SKU = "There is no SKU “{value}”."
WHOLE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class SavePriceList:
    """Create a price list in the shop's currency, or change the one with its code. Idempotent.

    The ladders of ``price_list`` are ignored; see `ReplacePrices`. Returns the version.

    Raises:
        AlreadyExists: ``version`` is 0, and there is a list with the code.
        Invalid: the code cannot be part of an address, a group or a country has a wrong form, or
            the shop has no such sales channel.
        StaleVersion: the list is not at ``version`` any more.
    """

    units: UnitsOfWork
    forget_rules: ForgetRules
    currency: Currency
    new_id: NewId
    now: Clock

    @retried
    async def __call__(self, price_list: PriceList, *, version: int | None = None) -> int:
        """``version`` is the one that the caller has read, 0 for a new code; None: any."""
        _check_buyers(price_list)
        async with self.units() as unit:
            managed = await unit.price_lists.find(price_list.code)
            if managed and version == 0:
                raise AlreadyExists("price list", price_list.code)
            if version is not None and version != (managed.version if managed else 0):
                raise StaleVersion("price list", price_list.code)
            if managed is None:
                managed = ManagedPriceList(
                    id=PriceListId(self.new_id()),
                    price_list=price_list,
                    currency=self.currency,
                    changed_at=self.now(),
                )
            elif managed.price_list == price_list:
                return managed.version
            managed.price_list, managed.changed_at = price_list, self.now()
            await unit.price_lists.save(managed)
            await unit.commit()
        self.forget_rules()
        return managed.version


def _check_buyers(price_list: PriceList) -> None:
    check_source(price_list.code)
    for group in sorted(price_list.groups):
        check_slug("groups", group)
    for channel in sorted(price_list.channels - {*SalesChannel}):
        raise Invalid(
            "channels",
            "No order has the sales channel “{value}”. Those of the shop are: {channels}.",
            value=channel[:60],
            channels=", ".join(SalesChannel),
        )
    for country in sorted(price_list.countries):
        check_country("countries", country)


@dataclass(frozen=True, slots=True)
class ReplacePrices:
    """Replace the prices of every list that the rows name, all or nothing.

    Returns the number of prices by list.

    Raises:
        NotFound: there is no list ``of_list``.
        StaleVersion: the list is not at ``version`` any more.
        Invalid, InvalidFields: wrong rows; ``field`` is such as ``line 7``. At most 50.
    """

    units: UnitsOfWork
    forget_rules: ForgetRules

    @retried
    async def __call__(
        self, rows: Sequence[PriceRow], of_list: str = "", *, version: int | None = None
    ) -> Mapping[str, int]:
        """With ``of_list``, all rows must be of this list; without rows, it loses its prices.

        ``version`` is the version of this list that the caller has read; None: any.
        """
        _check_list(rows, of_list)
        async with self.units() as unit:
            lists: dict[str, ManagedPriceList | None] = {}
            if of_list:
                lists[of_list] = await unit.price_lists.get(of_list)
            for code in sorted({row.list for row in rows} - lists.keys()):
                lists[code] = await unit.price_lists.find(code)
            ladders = _ladders(rows, lists, await _unknown_names(unit, rows, lists))
            saved = [each for each in lists.values() if each is not None]
            for price_list in saved:
                await unit.price_lists.renew(price_list.id, version)
            for price_list in saved:
                await unit.price_lists.replace_prices(
                    price_list.id, ladders[price_list.price_list.code]
                )
            await unit.commit()
        self.forget_rules()
        return {code: sum(map(len, of_sku.values())) for code, of_sku in sorted(ladders.items())}


def _check_list(rows: Sequence[PriceRow], of_list: str) -> None:
    errors = [
        _error(row, "This price is for the price list “{value}”.", value=row.list[:60])
        for row in rows
        if of_list and row.list != of_list
    ]
    raise_if_invalid(errors[:MOST_ERRORS])


async def _unknown_names(
    unit: UnitOfWork, rows: Sequence[PriceRow], lists: Mapping[str, ManagedPriceList | None]
) -> list[Invalid]:
    known = await known_skus(unit, {row.sku for row in rows})
    errors = []
    for row in rows:
        if lists[row.list] is None:
            errors.append(_error(row, "There is no price list “{value}”.", value=row.list))
        elif row.sku not in known:
            errors.append(_error(row, NO_SKU, value=row.sku))
    return errors


async def known_skus(unit: UnitOfWork, skus: Iterable[str]) -> Collection[str]:
    """Those of ``skus`` that the catalogue has."""
    asked = [Sku(each) for each in sorted(skus)]
    known: set[str] = set()
    for start in range(0, len(asked), SKUS_AT_ONCE):
        known |= (await unit.products.owners(asked[start : start + SKUS_AT_ONCE])).keys()
    return known


def _ladders(
    rows: Sequence[PriceRow],
    lists: Mapping[str, ManagedPriceList | None],
    errors: list[Invalid],
) -> Mapping[str, Ladders]:
    """Raises ``errors`` and those of the values, by line."""
    wrong = {each.field for each in errors}
    steps: dict[str, dict[str, dict[int, PriceStep]]] = {code: {} for code in lists}
    for row in rows:
        if _line(row) in wrong:
            continue
        ladder = steps[row.list].setdefault(row.sku, {})
        try:
            step = price_step(row.quantity, row.price, _currency(lists[row.list]))
        except Invalid as error:
            errors.append(_error(row, error.template, **error.details))
            continue
        if step.quantity in ladder:
            errors.append(_error(row, "This quantity of “{sku}” is listed twice.", sku=row.sku))
        ladder[step.quantity] = step
    raise_if_invalid(sorted(errors, key=_number)[:MOST_ERRORS])
    return {
        code: {
            sku: tuple(ladder[quantity] for quantity in sorted(ladder))
            for sku, ladder in of_list.items()
        }
        for code, of_list in steps.items()
    }


def price_step(quantity: str, price: str, currency: str) -> PriceStep:
    """Raises `Invalid`: no whole number of units, no amount, or one below zero."""
    if not WHOLE_NUMBER.fullmatch(quantity.strip()):
        raise Invalid("quantity", "“{value}” is no number of units.", value=quantity[:40])
    amount = Money.parse(price, currency)
    if amount.minor < 0:
        raise Invalid("price", "The price is below zero.")
    return PriceStep(int(quantity), amount.minor)


def _currency(price_list: ManagedPriceList | None) -> str:
    assert price_list is not None
    return price_list.currency


def _error(row: PriceRow, reason: str, **values: object) -> Invalid:
    return Invalid(_line(row), reason, **values)


def _line(row: PriceRow) -> str:
    return f"line {row.line}"


def _number(error: Invalid) -> int:
    return int(error.field.removeprefix("line "))
