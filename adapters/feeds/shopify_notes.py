"""What the shop does differently from Shopify: said for each column, product and variant."""

from collections.abc import Iterator, Sequence

from adapters.feeds.rows import Row, Table
from adapters.feeds.shopify_columns import ShopifyHeader
from core.application.catalogue.feeds import NO_MEANING, RowNote

UNLISTED = "unlisted"
TRUE, FALSE = "true", "false"


def notes_on_columns(table: Table, header: ShopifyHeader) -> Iterator[RowNote]:
    """Name the columns that change prices or stock in Shopify and not here."""
    filled = {name for row in table.rows for name, value in row.cells.items() if value}
    for words, reason in (
        (("price", "included /"), "the shop has one price for each variant"),
        (("inventory available", "inventory /"), "import each warehouse by itself"),
        (("variant tax code",), "the tax class of the product counts"),
    ):
        names = [
            name
            for column, name in header.extras.items()
            if column in filled and any(word in column for word in words)
        ]
        if names:
            columns = ", ".join(f"“{name}”" for name in names)
            text = f"not used, and kept for the export: {columns}; {reason}"
            yield RowNote(table.line, text)
    if "variant compare at price" in filled:
        yield RowNote(table.line, f"“Variant Compare At Price” {NO_MEANING}")
    if "variant inventory qty" not in header.names:
        yield RowNote(table.line, "the file has no quantities; the stock does not change")


def notes_on_product(rows: Sequence[Row]) -> list[RowNote]:
    first = rows[0]
    notes = []
    if first["status"].lower() == UNLISTED:
        notes.append(
            RowNote(first.line, "an unlisted product is a draft here: the shop shows it to nobody")
        )
    if first["gift card"].lower() == TRUE:
        notes.append(RowNote(first.line, "a gift card is a draft here: the shop has no gift cards"))
    notes += [
        RowNote(row.line, f"the title “{row['title'][:60]}” is not that of line {first.line}")
        for row in rows[1:]
        if row["title"] and row["title"] != first["title"]
    ]
    return notes


def notes_on_variant(row: Row) -> Iterator[RowNote]:
    quantity = row["variant inventory qty"]
    if quantity.startswith("-"):
        yield RowNote(row.line, f"the quantity is {quantity}; nothing is for sale")
    if row["variant inventory policy"].lower() == "continue":
        yield RowNote(row.line, "sold without stock in Shopify; set a backorder limit here")
    is_uncounted = "variant inventory tracker" in row.cells and not row["variant inventory tracker"]
    if is_uncounted and quantity in {"", "0"}:
        yield RowNote(row.line, "Shopify does not count this variant; here it needs stock")
