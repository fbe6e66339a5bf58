"""The columns of a Google Merchant feed. Source: Google's product data specification."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.feeds.field_columns import is_field
from adapters.feeds.rows import Row, Table
from core.application.catalogue.feed_files import UnreadableFile
from core.application.catalogue.feeds import NO_MEANING, RowNote

AXES: Mapping[str, Mapping[str, str]] = {
    "color": {"en": "Color", "zh": "颜色"},
    "size": {"en": "Size", "zh": "尺码"},
    "material": {"en": "Material", "zh": "材质"},
    "pattern": {"en": "Pattern", "zh": "图案"},
    "age_group": {"en": "Age group", "zh": "年龄段"},
    "gender": {"en": "Gender", "zh": "性别"},
}
"""The columns that become options or properties, with their names for display."""

REQUIRED = ("id", "title", "price")
READ = {
    *REQUIRED,
    *AXES,
    "item_group_id",
    "description",
    "link",
    "image_link",
    "additional_image_link",
    "availability",
    "sale_price",
    "sale_price_effective_date",
    "brand",
    "gtin",
    "product_type",
    "google_product_category",
    "shipping_weight",
    "tax_category",
}


def normal_header(name: str) -> str:
    """Return the name that Google defines for a spelling of an attribute.

    >>> normal_header("Image link [image_link]"), normal_header("g:sale price")
    ('image_link', 'sale_price')
    """
    _, bracket, inside = name.strip().lower().partition("[")
    plain = inside.rstrip("] ") if bracket else name.strip().lower()
    return plain.removeprefix("g:").replace(" ", "_")


def is_merchant(header: Sequence[str]) -> bool:
    return set(REQUIRED) <= {normal_header(name) for name in header}


def normal_rows(table: Table) -> list[Row]:
    """Raises `UnreadableFile` if two columns have one meaning."""
    names = {name.lower(): normal_header(name) for name in table.header}
    seen: set[str] = set()
    for name in names.values():
        if name and name in seen:
            raise UnreadableFile(f"The column “{name}” is in the header twice.")
        seen.add(name)
    return [
        Row(
            row.line,
            {names.get(name, name): value for name, value in row.cells.items()},
            row.problem,
        )
        for row in table.rows
    ]


def notes_on_columns(line: int, rows: Sequence[Row]) -> Iterator[RowNote]:
    """Name the columns that have values and are not read."""
    names = dict.fromkeys(
        name
        for row in rows
        for name, value in row.cells.items()
        if value and name not in READ and not is_field(name)
    )
    names.pop("", None)
    if names:
        yield RowNote(line, f"not read: {', '.join(f'“{name}”' for name in names)}")
    if any(row["sale_price"] and not row["sale_price_effective_date"] for row in rows):
        yield RowNote(line, f"the regular price of a sale without dates {NO_MEANING}")
