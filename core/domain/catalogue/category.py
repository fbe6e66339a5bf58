"""The tree of categories, and the brands."""

from dataclasses import dataclass, field

from core.domain.errors import Invalid
from core.domain.fields.declared import FieldValues
from core.domain.identifiers import BrandId, CategoryId, check_slug
from core.domain.text import Text, require

MAX_NAME_LENGTH = 80


@dataclass(slots=True, eq=False, kw_only=True)
class Category:
    """``position`` orders the children of one parent, smallest first.

    ``fields`` are the values of the fields of plugins, by their names.
    """

    id: CategoryId
    slug: str
    name: Text
    parent_id: CategoryId | None = None
    position: int = 0
    fields: FieldValues = field(default_factory=dict)
    version: int = 0

    def __post_init__(self) -> None:
        check_slug("slug", self.slug)
        require("name", self.name, most=MAX_NAME_LENGTH)
        if self.parent_id == self.id:
            raise Invalid("parent", "A category cannot be its own parent.")


@dataclass(slots=True, eq=False, kw_only=True)
class Brand:
    id: BrandId
    slug: str
    name: Text
    version: int = 0

    def __post_init__(self) -> None:
        check_slug("slug", self.slug)
        require("name", self.name, most=MAX_NAME_LENGTH)
