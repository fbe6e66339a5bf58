"""Changes single prices of a list, as staff wrote them in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.application.pricing.price_lists import NO_SKU, known_skus, price_step
from core.application.retries import retried
from core.domain.errors import Invalid, raise_if_invalid
from core.domain.money import Money
from ports.pricing import ForgetRules, PriceChange
from ports.unit_of_work import UnitOfWork, UnitsOfWork

CHANGED_MEANWHILE = "Another person has changed this price. Check it, then save again."
LISTED_ALREADY = "The list already has a price of this SKU from this quantity."


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEdit:
    """A row of the table. ``row`` names it in errors.

    ``was`` is the price that was shown; empty for a price to add. ``price`` and ``quantity`` are
    as written.
    """

    row: str
    sku: str
    quantity: str
    was: str
    price: str
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class ChangePrices:
    """Add, change and remove prices of a list, all or nothing. Returns how many changed.

    A price that another person has changed since it was shown stays: the call is refused. Two
    persons can change different prices of a list at the same time.

    Raises:
        NotFound: there is no such list.
        Invalid, InvalidFields: wrong rows, or prices that are not ``was`` any more.
    """

    units: UnitsOfWork
    forget_rules: ForgetRules

    @retried
    async def __call__(self, code: str, edits: Sequence[PriceEdit]) -> int:
        async with self.units() as unit:
            price_list = await unit.price_lists.get(code)
            errors = await _unknown(unit, edits)
            changes = _changes(edits, price_list.currency, errors)
            if not changes:
                return 0
            await unit.price_lists.renew(price_list.id)
            refused = await unit.price_lists.change_prices(price_list.id, list(changes.values()))
            raise_if_invalid(
                [_refusal(row, each) for row, each in changes.items() if each in refused]
            )
            await unit.commit()
        self.forget_rules()
        return len(changes)


async def _unknown(unit: UnitOfWork, edits: Sequence[PriceEdit]) -> list[Invalid]:
    added = [each for each in edits if not each.was]
    known = await known_skus(unit, {each.sku for each in added})
    return [
        Invalid(each.row, NO_SKU, value=each.sku[:60]) for each in added if each.sku not in known
    ]


def _changes(
    edits: Sequence[PriceEdit], currency: str, errors: list[Invalid]
) -> dict[str, PriceChange]:
    """By row, without those that change nothing. Raises ``errors`` and those of the values."""
    changes: dict[str, PriceChange] = {}
    for edit in edits:
        try:
            change = _change(edit, currency)
        except Invalid as error:
            errors.append(Invalid(edit.row, error.template, **error.details))
            continue
        if change.now != change.was:
            changes[edit.row] = change
    raise_if_invalid(errors)
    return changes


def _change(edit: PriceEdit, currency: str) -> PriceChange:
    was = Money.parse(edit.was, currency).minor if edit.was else None
    if edit.is_removed:
        step = price_step(edit.quantity, edit.was, currency)
        return PriceChange(sku=edit.sku, quantity=step.quantity, was=was, now=None)
    step = price_step(edit.quantity, edit.price, currency)
    return PriceChange(sku=edit.sku, quantity=step.quantity, was=was, now=step.minor)


def _refusal(row: str, change: PriceChange) -> Invalid:
    return Invalid(row, LISTED_ALREADY if change.was is None else CHANGED_MEANWHILE)
