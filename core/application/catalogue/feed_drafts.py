"""Converts products of a feed into drafts."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.application.catalogue.feeds import FeedProduct, FeedVariant
from core.domain.catalogue.attribute import Attribute
from core.domain.catalogue.category import Brand
from core.domain.catalogue.product import Picture, Product
from core.domain.catalogue.variant import OptionType, OptionValue
from core.domain.identifiers import MAX_SLUG_LENGTH, Sku
from core.domain.text import Text


def slug_of(name: str, context: str = "") -> str:
    """Returns a URL-safe slug. The same name has the same slug each time.

    >>> slug_of("Tea Pots"), slug_of("茶壶")[:2]
    ('tea-pots', 'c-')
    """
    plain = "".join(char if char.isascii() and char.isalnum() else " " for char in name.lower())
    slug = "-".join(plain.split())[:MAX_SLUG_LENGTH].strip("-")
    if slug and name.isascii():
        return slug
    return f"c-{sha256(f'{context}/{name}'.encode()).hexdigest()[:10]}"


def free_slug(name: str, parent: str, taken: set[str]) -> str:
    """Returns a slug that no other category has."""
    slug = slug_of(name, parent)
    if slug in taken:
        slug = slug_of(f"{parent} {name}", parent)
    if slug in taken:
        slug = f"{slug}-{sha256(f'{parent}/{name}'.encode()).hexdigest()[:6]}"
    return slug


def sku_of(handle: str, values: Sequence[str]) -> str:
    """Returns a SKU for a variant without one. The same variant has the same SKU each time."""
    if not values:
        return handle.upper()[:60]
    return f"{handle.upper()[:48]}-{sha256('/'.join(values).encode()).hexdigest()[:8].upper()}"


def draft_of(product: FeedProduct, existing: Product | None, category: str | None) -> ProductDraft:
    language = product.language
    options = _options(product, existing)
    codes = {option.name.in_language(language): option for option in options}
    return ProductDraft(
        handle=product.handle,
        title=Text({language: product.title}),
        category=category,
        description=None if product.description is None else Text({language: product.description}),
        brand_name=product.vendor,
        tags=_tags(product, existing),
        options=options,
        variants=tuple(_variant(each, codes, language) for each in product.variants),
        attributes=_attributes(product, existing),
        pictures=_pictures(product, existing),
        state=product.state,
        extras=_extras(product, category),
        keep=frozenset(Sku(sku) for sku in product.refused),
    )


def brand_slug(vendor: str, brands: Sequence[Brand]) -> str | None:
    """Returns the slug of the brand with this name in any language, or a new slug."""
    for brand in brands:
        if vendor == brand.slug or vendor in brand.name.by_language.values():
            return brand.slug
    return slug_of(vendor) if vendor else None


def _variant(each: FeedVariant, options: Mapping[str, OptionType], language: str) -> VariantDraft:
    chosen = {}
    for name, value in each.options.items():
        option = options[name]
        chosen[option.code] = next(
            candidate.code
            for candidate in option.values
            if candidate.name.in_language(language) == value
        )
    return VariantDraft(
        sku=Sku(each.sku),
        price=each.price,
        options=chosen,
        compare_at=each.compare_at,
        weight_grams=each.weight_grams,
        barcode=each.barcode,
        picture=each.picture,
        on_hand=each.on_hand,
        extras=each.extras,
    )


def _options(product: FeedProduct, existing: Product | None) -> tuple[OptionType, ...]:
    """Options in the feed's order. An option that the product has by this name keeps its codes."""
    by_name = {
        option.name.in_language(product.language): option
        for option in (existing.options if existing else ())
    }
    names = dict.fromkeys(name for each in product.variants for name in each.options)
    return tuple(_option(product, name, by_name.get(name)) for name in names)


def _option(product: FeedProduct, name: str, existing: OptionType | None) -> OptionType:
    language = product.language
    values_by_name = {
        value.name.in_language(language): value for value in (existing.values if existing else ())
    }
    labels = dict.fromkeys(each.options[name] for each in product.variants)
    values = tuple(
        values_by_name.get(label, OptionValue(label, Text({language: label}))) for label in labels
    )
    if existing is None:
        return OptionType(name, Text({language: name}), values)
    # Variants of refused rows stay, so the values of the existing option stay, too.
    others = tuple(each for each in existing.values if each not in values)
    return OptionType(existing.code, existing.name, (*values, *(others if product.refused else ())))


def _extras(product: FeedProduct, category: str | None) -> Mapping[str, str] | None:
    if product.extras is None or not product.type or product.type == category:
        return product.extras
    return {**product.extras, "Type": product.type}


def _tags(product: FeedProduct, existing: Product | None) -> tuple[str, ...] | None:
    if (
        product.tags is not None
        and existing is not None
        and set(product.tags) == set(existing.tags)
    ):
        return existing.tags
    return product.tags


def _attributes(product: FeedProduct, existing: Product | None) -> tuple[Attribute, ...] | None:
    """An attribute that the product has with this label stays; a new value is its own label."""
    if product.attributes is None:
        return None
    by_label = {
        (each.code, each.label.in_language(product.language)): each
        for each in (existing.attributes if existing else ())
    }
    return tuple(
        by_label.get((attribute.code, label))
        or Attribute(
            code=attribute.code,
            name=Text({product.language: attribute.name}),
            value=label,
            label=Text({product.language: label}),
        )
        for attribute in product.attributes
        for label in attribute.labels
    )


def _pictures(product: FeedProduct, existing: Product | None) -> tuple[Picture, ...] | None:
    if product.pictures is None:
        return None
    by_path = {each.path: each for each in (existing.pictures if existing else ())}
    pictures = []
    for place, each in enumerate(product.pictures):
        earlier = by_path.get(each.path)
        alt = earlier.alt.by_language if earlier else {}
        if each.alt:
            alt = {**alt, product.language: each.alt}
        pictures.append(Picture(path=each.path, alt=Text(alt), position=place))
    return tuple(pictures)
