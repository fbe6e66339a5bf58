"""Finds the category of a product in a feed, and creates what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.application.catalogue.categories import SaveCategory
from core.application.catalogue.feed_keys import free_slug
from core.application.catalogue.feed_texts import is_untranslated
from core.application.catalogue.feeds import FeedProduct, RowNote
from core.domain.catalogue.category import Category
from core.domain.catalogue.product import Product
from core.domain.identifiers import CategoryId
from core.domain.text import Text
from ports.unit_of_work import UnitsOfWork

UNSORTED = "unsorted"
LAST_POSITION = 10_000
UNSORTED_NAME = Text({"zh": "未分类", "en": "Unsorted"})


@dataclass(frozen=True, slots=True)
class FeedCategory:
    """``notes`` say what was created or named."""

    slug: str
    notes: tuple[RowNote, ...] = ()


@dataclass(frozen=True, slots=True)
class FindFeedCategory:
    """Find or create the category: by the path, else by the type, else the present one.

    If the path has the depth of the present category and that has no names in this language
    yet, the path names it: one tree has names in all languages.
    """

    units: UnitsOfWork
    save_category: SaveCategory

    async def __call__(self, product: FeedProduct, existing: Product | None) -> FeedCategory:
        async with self.units() as unit:
            tree = {each.id: each for each in await unit.categories.list()}
        present = _chain(tree, existing.category_id) if existing else []
        if not product.category:
            for each in tree.values():
                if product.type in {each.slug, *each.name.by_language.values()}:
                    return FeedCategory(each.slug)
        path = product.category or ((product.type,) if product.type else ())
        if not path and present:
            return FeedCategory(present[-1].slug)
        if not path:
            await self.save_category(UNSORTED, UNSORTED_NAME, None, LAST_POSITION)
            return FeedCategory(UNSORTED)
        shown = [each.name.in_language(product.language) for each in present]
        if " > ".join(shown) == " > ".join(path):
            return FeedCategory(present[-1].slug)
        if len(present) == len(path) and all(
            name == path[place] or is_untranslated(present[place].name, product.language)
            for place, name in enumerate(shown)
        ):
            return await self._name(product, present, path)
        return await self._create(product, path, list(tree.values()))

    async def _name(
        self, product: FeedProduct, present: Sequence[Category], path: Sequence[str]
    ) -> FeedCategory:
        parent = None
        for category, name in zip(present, path, strict=True):
            names = {**category.name.by_language, product.language: name}
            await self.save_category(category.slug, Text(names), parent, category.position)
            parent = category.slug
        text = (
            f"the category “{present[-1].slug}” is named “{' > '.join(path)}” ({product.language})"
        )
        return FeedCategory(present[-1].slug, (RowNote(product.line, text),))

    async def _create(
        self, product: FeedProduct, path: Sequence[str], tree: Sequence[Category]
    ) -> FeedCategory:
        category_id: CategoryId | None = None
        slug, created = "", False
        for name in path:
            matches = [
                each
                for each in tree
                if each.parent_id == category_id and each.name.in_language(product.language) == name
            ]
            # Siblings of one name: an export has the slug as the type.
            matches.sort(key=lambda each: each.slug != product.type)
            if matches:
                category_id, slug = matches[0].id, matches[0].slug
                continue
            parent, slug = slug, free_slug(name, slug, {each.slug for each in tree})
            category_id = await self.save_category(
                slug, Text({product.language: name}), parent or None
            )
            created = True
        if not created:
            return FeedCategory(slug)
        text = f"the category “{' > '.join(path)}” was created"
        return FeedCategory(slug, (RowNote(product.line, text),))


def _chain(tree: Mapping[CategoryId, Category], category_id: CategoryId) -> list[Category]:
    """The category after its ancestors."""
    chain: list[Category] = []
    current = tree.get(category_id)
    while current is not None:
        chain.insert(0, current)
        current = tree.get(current.parent_id) if current.parent_id else None
    return chain
