"""Content blocks: the parts of the home page that staff arrange."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from core.domain.errors import Invalid
from core.domain.identifiers import check_slug
from core.domain.text import Text, check_length, is_one_line

MAX_LINE = 200
MAX_RICH = 20_000
MAX_ADDRESS = 500
MAX_PRODUCTS = 12
MAX_BLOCKS = 30
"""A home page with more of them is slow for people, too."""

BlockValue: TypeAlias = Text | str | tuple[str, ...]


class BlockFieldKind(StrEnum):
    """What staff enter into a field of a block, and what its template gets.

    ``line`` and ``rich`` have a text for each language. ``address`` is a path of the shop or an
    https address. ``category`` is the last part of the address of a category, and ``products``
    are those of products: a template gets their cards.
    """

    LINE = "line"
    RICH = "rich"
    ADDRESS = "address"
    CATEGORY = "category"
    PRODUCTS = "products"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockField:
    """A field in the form of a block. ``name`` is that of the value in the template."""

    name: str
    label: Text
    kind: BlockFieldKind
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKind:
    """A kind of content block: typed fields, and the template that shows them."""

    code: str
    name: Text
    template: str
    fields: tuple[BlockField, ...]


@dataclass(slots=True, eq=False, kw_only=True)
class Block:
    """A block of the home page. ``values`` are those of the fields that are not empty."""

    id: UUID
    kind: str
    position: int
    values: Mapping[str, BlockValue] = field(default_factory=dict)
    published: bool = False
    version: int = 0


def checked_values(kind: BlockKind, values: Mapping[str, Any]) -> dict[str, BlockValue]:
    """The values of the fields that are not empty.

    Raises:
        Invalid: a required value is missing, too long, or not of its kind.
    """
    checked: dict[str, BlockValue] = {}
    for each in kind.fields:
        value = values.get(each.name)
        if value:
            CHECKS[each.kind](each.name, value)
            checked[each.name] = value
        elif each.required:
            raise Invalid(each.name, "This value is missing.")
    return checked


def _check_line(name: str, value: Text) -> None:
    for text in value.by_language.values():
        check_length(name, text, MAX_LINE)
        if not is_one_line(text):
            raise Invalid(name, "Write one line, without special characters.")


def _check_rich(name: str, value: Text) -> None:
    for text in value.by_language.values():
        check_length(name, text, MAX_RICH)


def _check_address(name: str, value: str) -> None:
    check_length(name, value, MAX_ADDRESS)
    is_path = value.startswith("/") and not value.startswith(("//", "/\\"))
    if not is_path and not value.startswith("https://"):
        raise Invalid(name, "Write an address such as /c/teapots or https://example.com.")


def _check_products(name: str, value: tuple[str, ...]) -> None:
    if len(value) > MAX_PRODUCTS:
        raise Invalid(name, "Choose at most {most} products.", most=MAX_PRODUCTS)
    for handle in value:
        check_slug(name, handle)


CHECKS: dict[BlockFieldKind, Callable[[str, Any], None]] = {
    BlockFieldKind.LINE: _check_line,
    BlockFieldKind.RICH: _check_rich,
    BlockFieldKind.ADDRESS: _check_address,
    BlockFieldKind.CATEGORY: check_slug,
    BlockFieldKind.PRODUCTS: _check_products,
}
