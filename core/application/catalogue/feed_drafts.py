"""Translates a product of a feed into a draft of this shop."""

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
    """Something that can stand in an address, the same each time.

    >>> slug_of("Tea Pots"), slug_of("茶壶")[:2]
    ('tea-pots', 'c-')
    """
    plain = "".join(email if email.isascii() and email.isalnum() else " " for email in name.lower())
    slug = "-".join(plain.split())[:MAX_SLUG_LENGTH].strip("-")
    if slug and name.isascii():
        return slug
    return f"c-{sha256(f'{context}/{name}'.encode()).hexdigest()[:10]}"


def free_slug(name: str, above: str, taken: set[str]) -> str:
    """A new category never takes the slug, and so the place, of another one."""
    slug = slug_of(name, above)
    if slug in taken:
        slug = slug_of(f"{above} {name}", above)
    if slug in taken:
        slug = f"{slug}-{sha256(f'{above}/{name}'.encode()).hexdigest()[:6]}"
    return slug


def sku_of(handle: str, values: Sequence[str]) -> str:
    """A SKU for a variant that a feed gives none, the same each time."""
    if not values:
        return handle.upper()[:60]
    return f"{handle.upper()[:48]}-{sha256('/'.join(values).encode()).hexdigest()[:8].upper()}"


def draft_of(product: FeedProduct, known: Product | None, category: str | None) -> ProductDraft:
    language = product.language
    options = _options(product, known)
    codes = {option.name.in_language(language): option for option in options}
    return ProductDraft(
        handle=product.handle,
        title=Text({language: product.title}),
        category=category,
        description=None if product.description is None else Text({language: product.description}),
        brand_name=product.vendor,
        tags=_tags(product, known),
        options=options,
        variants=tuple(_variant(each, codes, language) for each in product.variants),
        attributes=_attributes(product, known),
        pictures=_pictures(product, known),
        state=product.state,
        extras=_extras(product, category),
        keep=frozenset(Sku(sku) for sku in product.refused),
    )


def brand_slug(vendor: str, brands: Sequence[Brand]) -> str | None:
    """The slug of the brand of that name in any language, or of a new one."""
    for brand in brands:
        if vendor == brand.slug or vendor in brand.name.by_language.values():
            return brand.slug
    return slug_of(vendor) if vendor else None


def _variant(each: FeedVariant, options: Mapping[str, OptionType], language: str) -> VariantDraft:
    chosen = {}
    for name, value in each.options.items():
        option = options[name]
        chosen[option.code] = next(
            known.code for known in option.values if known.name.in_language(language) == value
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


def _options(product: FeedProduct, known: Product | None) -> tuple[OptionType, ...]:
    """Options in the feed's order; one that the product has by that name keeps its codes."""
    language = product.language
    before = {
        option.name.in_language(language): option for option in (known.options if known else ())
    }
    names = list(dict.fromkeys(name for each in product.variants for name in each.options))
    options = []
    for name in names:
        mine = before.get(name)
        values = list(dict.fromkeys(each.options[name] for each in product.variants))
        if mine is None:
            options.append(
                OptionType(
                    name,
                    Text({language: name}),
                    tuple(OptionValue(value, Text({language: value})) for value in values),
                )
            )
            continue
        known_values = {value.name.in_language(language): value for value in mine.values}
        kept = tuple(
            known_values.get(value, OptionValue(value, Text({language: value}))) for value in values
        )
        refused = product.refused and tuple(value for value in mine.values if value not in kept)
        options.append(OptionType(mine.code, mine.name, (*kept, *(refused or ()))))
    return tuple(options)


def _extras(product: FeedProduct, category: str | None) -> Mapping[str, str] | None:
    if product.extras is None or not product.type or product.type == category:
        return product.extras
    return {**product.extras, "Type": product.type}


def _tags(product: FeedProduct, known: Product | None) -> tuple[str, ...] | None:
    if product.tags is not None and known is not None and set(product.tags) == set(known.tags):
        return known.tags
    return product.tags


def _attributes(product: FeedProduct, known: Product | None) -> tuple[Attribute, ...] | None:
    """Values that the product has by the same label stay; new ones are their own value."""
    if product.attributes is None:
        return None
    before = {
        (each.code, each.label.in_language(product.language)): each
        for each in (known.attributes if known else ())
    }
    return tuple(
        before.get((attribute.code, label))
        or Attribute(
            code=attribute.code,
            name=Text({product.language: attribute.name}),
            value=label,
            label=Text({product.language: label}),
        )
        for attribute in product.attributes
        for label in attribute.labels
    )


def _pictures(product: FeedProduct, known: Product | None) -> tuple[Picture, ...] | None:
    if product.pictures is None:
        return None
    before = {each.path: each for each in (known.pictures if known else ())}
    pictures = []
    for place, each in enumerate(product.pictures):
        mine = before.get(each.path)
        alt = mine.alt.by_language if mine else {}
        if each.alt:
            alt = {**alt, product.language: each.alt}
        pictures.append(Picture(path=each.path, alt=Text(alt), position=place))
    return tuple(pictures)
