"""Creates and changes categories."""

from dataclasses import dataclass

from core.application.retries import retried
from core.domain.catalogue.category import Category
from core.domain.errors import NotFound
from core.domain.identifiers import CategoryId
from core.domain.text import Text
from ports.clock import NewId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class SaveCategory:
    """Create a category, or rename and move the one with this slug. Idempotent.

    Raises:
        NotFound: the parent does not exist.
    """

    units: UnitsOfWork
    new_id: NewId

    @retried
    async def __call__(
        self, slug: str, name: Text, parent: str | None = None, position: int = 0
    ) -> CategoryId:
        async with self.units() as unit:
            parent_id = None
            if parent is not None:
                parent_category = await unit.categories.find(parent)
                if parent_category is None:
                    raise NotFound("category", parent)
                parent_id = parent_category.id
            category = await unit.categories.find(slug)
            content = (name, parent_id, position)
            if category is None:
                category = Category(id=CategoryId(self.new_id()), slug=slug, name=name)
            elif (category.name, category.parent_id, category.position) == content:
                return category.id
            category.name, category.parent_id, category.position = content
            await unit.categories.save(category)
            await unit.commit()
            return category.id
