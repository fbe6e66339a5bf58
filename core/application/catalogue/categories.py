"""Creating and changing categories."""

from dataclasses import dataclass

from core.domain.catalogue.category import Category
from core.domain.errors import NotFound
from core.domain.identifiers import CategoryId
from core.domain.text import Text
from ports.clock import NewId
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class SaveCategory:
    """Make a category, or rename and move the one with this slug. The same again is no change."""

    units: UnitsOfWork
    new_id: NewId

    async def __call__(
        self, slug: str, name: Text, parent: str | None = None, position: int = 0
    ) -> CategoryId:
        async with self.units() as unit:
            above = None
            if parent is not None:
                above = await unit.categories.find(parent)
                if above is None:
                    raise NotFound("category", parent)
            parent_id = above.id if above else None
            known = await unit.categories.find(slug)
            if known is None:
                known = Category(id=CategoryId(self.new_id()), slug=slug, name=name)
            elif (known.name, known.parent_id, known.position) == (name, parent_id, position):
                return known.id
            known.name, known.parent_id, known.position = name, parent_id, position
            await unit.categories.save(known)
            await unit.commit()
            return known.id
