"""Compares a product with a draft, and merges the languages of both."""

from dataclasses import replace

from core.domain.catalogue.product import Product
from core.domain.catalogue.variant import OptionType
from core.domain.text import Text


def merge_options(
    existing: tuple[OptionType, ...], drafted: tuple[OptionType, ...]
) -> tuple[OptionType, ...]:
    """Returns the draft's options, with the existing names in other languages."""
    names = {option.code: option for option in existing}
    merged = []
    for option in drafted:
        before = names.get(option.code)
        if before is None:
            merged.append(option)
            continue
        labels = {value.code: value.name for value in before.values}
        merged.append(
            replace(
                option,
                name=Text({**before.name.by_language, **option.name.by_language}),
                values=tuple(
                    replace(
                        value,
                        name=Text(
                            {
                                **labels.get(value.code, Text({})).by_language,
                                **value.name.by_language,
                            }
                        ),
                    )
                    for value in option.values
                ),
            )
        )
    return tuple(merged)


def has_same_content(left: Product, right: Product) -> bool:
    names = (
        "title",
        "description",
        "category_id",
        "brand_id",
        "tags",
        "options",
        "variants",
        "attributes",
        "pictures",
        "extras",
        "return_exception",
    )
    return all(getattr(left, name) == getattr(right, name) for name in names)
