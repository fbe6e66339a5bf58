"""Compares a product with a draft, and merges the languages of both."""

from dataclasses import replace

from core.domain.catalogue.product import Product
from core.domain.catalogue.variant import OptionType
from core.domain.text import Text


def merge_text(existing: Text, drafted: Text) -> Text:
    """Returns the drafted text, with the existing text in other languages."""
    return Text({**existing.by_language, **drafted.by_language})


def replace_text(_existing: Text, drafted: Text) -> Text:
    """Returns the drafted text alone: a language that it lacks was removed."""
    return drafted


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
                name=merge_text(before.name, option.name),
                values=tuple(
                    replace(value, name=merge_text(labels.get(value.code, Text({})), value.name))
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
        "tag_languages",
        "options",
        "variants",
        "attributes",
        "pictures",
        "extras",
        "fields",
        "return_exception",
        "tax_class",
    )
    return all(getattr(left, name) == getattr(right, name) for name in names)
