"""Merges the options of a feed into those of a product: names in one language, and values."""

from collections.abc import Iterable, Mapping, Sequence

from core.application.catalogue.feed_texts import NO_TEXT, is_untranslated, translated
from core.application.catalogue.feed_variants import Matches, staying_variants
from core.application.catalogue.feeds import FeedProduct, FeedVariant
from core.domain.catalogue.product import Product
from core.domain.catalogue.variant import OptionType, OptionValue, Variant

Chosen = dict[int, dict[str, str]]
"""The option values of each row: line → option code → value code."""


def merge_options(
    product: FeedProduct, existing: Product | None, matches: Matches
) -> tuple[tuple[OptionType, ...], Chosen]:
    """An option or value that the product has, under this name or for this SKU, keeps its code."""
    before = existing.options if existing else ()
    names = list(dict.fromkeys(name for row in product.variants for name in row.options))
    pairs = _pairs(names, before, product.language)
    variants = existing.variants if existing else ()
    stay = staying_variants(product, variants, matches)
    chosen: Chosen = {row.line: {} for row in product.variants}
    options = []
    for name in names:
        option = pairs.get(name) or OptionType(_free(name, before), NO_TEXT, ())
        values = _values(option, name, product.variants, matches, product.language)
        for row in product.variants:
            chosen[row.line][option.code] = values[row.line].code
        options.append(
            OptionType(
                option.code,
                translated(option.name, product.language, name),
                _ordered(option, values.values(), variants, stay),
            )
        )
    places = {option.code: place for place, option in enumerate(before)}
    if places.keys() == {option.code for option in options}:
        options.sort(key=lambda option: places[option.code])
    return tuple(options), chosen


def _pairs(
    names: Sequence[str], before: Sequence[OptionType], language: str
) -> Mapping[str, OptionType]:
    """The option of each name; one without a name in this language is found by its place."""
    by_name = {option.name.in_language(language).strip(): option for option in before}
    pairs = {name: by_name[name] for name in names if name in by_name}
    for name, option in zip(names, before, strict=False):
        is_free = name not in pairs and option not in pairs.values()
        if is_free and is_untranslated(option.name, language):
            pairs[name] = option
    return pairs


def _values(
    option: OptionType,
    name: str,
    rows: Sequence[FeedVariant],
    matches: Matches,
    language: str,
) -> Mapping[int, OptionValue]:
    """The value of each row by its line."""
    values = {value.code: value for value in option.values}
    codes: dict[int, str] = {}
    for row in rows:
        label = row.options[name]
        match = matches.get(row.line)
        value = values.get(match.options.get(option.code, "")) if match else None
        if value is None or not (
            value.name.in_language(language).strip() == label
            or is_untranslated(value.name, language)
        ):
            same = [v for v in values.values() if v.name.in_language(language).strip() == label]
            value = same[0] if same else OptionValue(_free(label, values.values()), NO_TEXT)
        values[value.code] = OptionValue(value.code, translated(value.name, language, label))
        codes[row.line] = value.code
    return {line: values[code] for line, code in codes.items()}


def _ordered(
    option: OptionType,
    used: Iterable[OptionValue],
    variants: Sequence[Variant],
    stay: Sequence[Variant],
) -> tuple[OptionValue, ...]:
    """The values in the order of the product, then the new ones.

    A value goes with its last variant. One that no variant had stays.
    """
    now = {value.code: value for value in used}
    had = {each.options.get(option.code) for each in variants}
    stays = {each.options.get(option.code) for each in stay}
    old = [
        now.get(value.code, value)
        for value in option.values
        if value.code in now or value.code in stays or value.code not in had
    ]
    new = [
        value for code, value in now.items() if code not in {each.code for each in option.values}
    ]
    return (*old, *new)


def _free(code: str, taken: Iterable[OptionType | OptionValue]) -> str:
    codes = {each.code for each in taken}
    while code in codes:
        code += "+"
    return code
