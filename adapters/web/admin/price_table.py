"""The table of prices in a form: what was written in each row, and what the list has now.

The fields of a row end with its quantity and SKU: ``was:10:CUP`` is the price that was shown,
``price:10:CUP`` the one that was written. ``new-sku-0`` begins a row to add.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.web.forms import SubmittedForm
from core.application.pricing.price_edits import PriceEdit
from ports.pricing import ListedPrice

WAS, PRICE, REMOVE, NEW_SKU = "was:", "price:", "remove:", "new-sku-"
EMPTY_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A price of the list. ``written`` is in its field."""

    name: str
    listed: ListedPrice
    written: str
    is_removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """``row`` is its name in errors."""

    row: str = ""
    sku: str = ""
    quantity: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    rows: tuple[TableRow, ...]
    new_rows: tuple[NewRow, ...]


def table_of(prices: Sequence[ListedPrice], form: SubmittedForm) -> PriceTable:
    """The prices, with what ``form`` has for them.

    An edit of a price that the list does not have any more becomes a row to add.
    """
    rows = tuple(_row(each, form) for each in prices)
    shown = {each.name for each in rows}
    new = [
        NewRow(row=each.row, sku=each.sku, quantity=each.quantity, price=each.price)
        for each in edits_of(form)
        if not each.was
        or (each.price != each.was and not each.is_removed and _name_of(each) not in shown)
    ]
    return PriceTable(rows=rows, new_rows=(*new, *(NewRow() for _ in range(EMPTY_ROWS))))


def edits_of(form: SubmittedForm) -> Iterator[PriceEdit]:
    """The rows that were sent; those to add without empty ones. Raises `Invalid`."""
    for number in _new_rows(form):
        sku, quantity, price = (
            form.text(f"new-{name}-{number}") for name in ("sku", "quantity", "price")
        )
        if sku or quantity or price:
            yield PriceEdit(
                row=f"new-{number}", sku=sku, quantity=quantity or "1", was="", price=price
            )
    for field in form.values:
        if field.startswith(WAS):
            name = field.removeprefix(WAS)
            quantity, _, sku = name.partition(":")
            yield PriceEdit(
                row=f"{PRICE}{name}",
                sku=sku,
                quantity=quantity,
                was=form.text(field),
                price=form.text(f"{PRICE}{name}"),
                is_removed=bool(form.text(f"{REMOVE}{name}")),
            )


def _row(listed: ListedPrice, form: SubmittedForm) -> TableRow:
    name = f"{listed.quantity}:{listed.sku}"
    return TableRow(
        name=name,
        listed=listed,
        written=form.values.get(f"{PRICE}{name}", str(listed.price.decimal)),
        is_removed=bool(form.values.get(f"{REMOVE}{name}")),
    )


def _name_of(edit: PriceEdit) -> str:
    return edit.row.removeprefix(PRICE)


def _new_rows(form: SubmittedForm) -> Iterator[str]:
    return (field.removeprefix(NEW_SKU) for field in form.values if field.startswith(NEW_SKU))
