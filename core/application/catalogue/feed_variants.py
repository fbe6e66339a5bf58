"""Finds the variants that the rows of a feed describe, and gives the others a SKU."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from core.application.catalogue.feed_keys import is_sku, sku_of
from core.application.catalogue.feeds import FeedProduct, FeedVariant
from core.domain.catalogue.product import Product
from core.domain.catalogue.variant import Variant
from core.domain.identifiers import Sku

Item = TypeVar("Item")

Matches = dict[int, Variant]
"""The variant of the shop by the line of its row."""


def code_of(variant: Variant) -> str:
    """The SKU as the supplier writes it."""
    return variant.supplier_sku or variant.sku


def match_variants(product: FeedProduct, existing: Product | None) -> Matches:
    """Match rows and variants, each one once: the most certain signs come first.

    A language that the product does not have yet says nothing about its options, unless they are
    all the same: then the order decides between variants with one code or without a code.
    """
    matches: Matches = {}
    if existing is None:
        return matches
    labels = {each.id: _labels(existing, each, product.language) for each in existing.variants}
    is_new_language = bool(existing.options) and not any(
        product.language in option.name.by_language for option in existing.options
    )

    def match(
        row_key: Callable[[FeedVariant], object],
        variant_key: Callable[[Variant], object],
        *,
        in_order: bool = False,
    ) -> None:
        rows = _grouped((r for r in product.variants if r.line not in matches), row_key)
        taken = {variant.id for variant in matches.values()}
        left = _grouped((v for v in existing.variants if v.id not in taken), variant_key)
        for key, same_rows in rows.items():
            same = left.get(key, [])
            if key is not None and (len(same_rows) == len(same) == 1 or in_order):
                matches.update({row.line: each for row, each in zip(same_rows, same, strict=False)})

    wanted = {_bag(row.options.values()) for row in product.variants}
    has_labels = not is_new_language or wanted == set(labels.values())
    if has_labels:
        match(
            lambda row: (row.code, _bag(row.options.values())) if row.code else None,
            lambda variant: (code_of(variant), labels[variant.id]),
        )
    match(lambda row: row.code or None, code_of, in_order=is_new_language)
    if has_labels:
        match(
            lambda row: None if row.code else _bag(row.options.values()),
            lambda variant: labels[variant.id],
        )
    if is_new_language and len(product.variants) == len(existing.variants):
        match(lambda row: None if row.code else "", lambda _: "", in_order=True)
    return matches


def staying_variants(
    product: FeedProduct, variants: Sequence[Variant], matches: Matches
) -> tuple[Variant, ...]:
    """Variants without a readable row: the import does not change and not remove them."""
    matched = {variant.id for variant in matches.values()}
    return tuple(
        each
        for each in variants
        if each.id not in matched and (code_of(each) in product.refused or "" in product.refused)
    )


def skus_of(
    product: FeedProduct, matches: Matches, owners: Mapping[Sku, object], own: object
) -> dict[int, Sku]:
    """Returns the SKU of each row by its line.

    ``owners`` are the products that have the codes of the rows; ``own`` is this product, or
    None. The first row with a code has it as its SKU, if it is one and no other product has it.
    """
    skus = {line: variant.sku for line, variant in matches.items()}
    taken = set(skus.values())
    for row in product.variants:
        if row.line in skus:
            continue
        sku = Sku(row.code)
        if not is_sku(sku) or sku in taken or owners.get(sku, own) != own:
            sku = sku_of(row.code or product.handle, product.handle, *row.options.values())
        taken.add(sku)
        skus[row.line] = sku
    return skus


def _labels(product: Product, variant: Variant, language: str) -> frozenset[tuple[str, int]]:
    names = [
        value.name.in_language(language)
        for option in product.options
        for value in option.values
        if value.code == variant.options.get(option.code)
    ]
    return _bag(names)


def _bag(values: Iterable[str]) -> frozenset[tuple[str, int]]:
    """The values in any order."""
    return frozenset(Counter(value.strip() for value in values).items())


def _grouped(
    items: Iterable[Item], key: Callable[[Item], object]
) -> Mapping[object, Sequence[Item]]:
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
