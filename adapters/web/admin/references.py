"""Products, SKUs and categories by text: suggestions for fields, and the check of what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import get
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.dependencies import Given
from core.domain.errors import Invalid, NotFound, raise_if_invalid
from core.domain.shop_permissions import CATALOGUE_READ
from ports.admin.forms import Form, Reference, ReferenceField
from ports.catalogue.queries import CatalogueQueries, ProductQueries
from ports.pagination import Slice

SUGGESTIONS = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ResolveReferences:
    """Finds what the reference fields of a form name."""

    language: Given[str]
    product_queries: Given[ProductQueries]
    catalogue_queries: Given[CatalogueQueries]

    async def __call__(self, form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with codes in place of texts that fit one thing alone.

        Raises:
            Invalid: a text fits nothing, or more than one thing.
            InvalidFields: several texts do.
        """
        resolved, errors = dict(values), []
        for field in form.fields():
            if isinstance(field, ReferenceField) and values.get(field.name):
                try:
                    resolved[field.name] = await self._code(field, values[field.name])
                except Invalid as error:
                    errors.append(error)
        raise_if_invalid(errors)
        return resolved

    async def found(self, to: Reference, words: str) -> tuple[Suggestion, ...]:
        """At most 20 things whose code or name contains ``words``."""
        match to:
            case Reference.PRODUCT:
                part = Slice(limit=SUGGESTIONS)
                page = await self.product_queries.listed(words, None, part, self.language)
                return tuple(Suggestion(each.handle, each.title) for each in page.rows)
            case Reference.SKU:
                skus = await self.product_queries.skus(words, self.language, SUGGESTIONS)
                return tuple(Suggestion(sku, title) for sku, title in skus)
        tree = await self.catalogue_queries.categories(self.language)
        named = (each for each in tree if words.lower() in f"{each.slug} {each.name}".lower())
        return tuple(Suggestion(each.slug, each.name) for each in named)[:SUGGESTIONS]

    async def _code(self, field: ReferenceField, text: str) -> str:
        found = await self.found(field.to, text)
        exact = [each.value for each in found if each.value == text]
        if exact or len(found) == 1:
            return (exact or [found[0].value])[0]
        if found:
            shown = ", ".join(each.value for each in found[:5])
            raise Invalid(
                field.name, "“{value}” fits more than one: {found}.", value=text[:40], found=shown
            )
        raise Invalid(field.name, "Nothing fits “{value}”. Try other words.", value=text[:40])


@get("/lookup/{kind:str}", include_in_schema=False, opt=needs(CATALOGUE_READ))
async def look_up(
    kind: FromPath[str],
    context: Given[AdminContext],
    resolve_references: Given[ResolveReferences],
) -> list[Suggestion]:
    """For the suggestions of a field."""
    if kind not in set(Reference):
        raise NotFound("page", kind)
    words = context.query("q")
    return list(await resolve_references.found(Reference(kind), words)) if words else []


handlers = [look_up]
