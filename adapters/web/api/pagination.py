"""Cursor pagination."""

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from litestar.params import QueryParameter

Row = TypeVar("Row")

Cursor = Annotated[
    str, QueryParameter(max_length=300, description="The `cursor` of the previous page.")
]
Limit = Annotated[int, QueryParameter(ge=1, le=100, description="Rows on a page.")]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """``cursor`` is for the next page; it is empty on the last page."""

    rows: tuple[Row, ...]
    cursor: str
