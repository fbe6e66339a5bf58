"""Conversion between a product and the text fields of its form, in both directions lossless.

Each line of the options is ``code | 颜色/Colour | red=红/Red, blue=蓝/Blue``. Each line of
the variants is ``SKU | price | red | m | weight | suggested price | barcode | evidence``, with
one value for each option, so that staff can paste a table from a spreadsheet. The evidence proves
the suggested retail price. Each line of the pictures is ``path | 正面/Front``. A separator inside
a text is written with a backslash.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from adapters.web.admin.escaping import escape, split, unescape
from adapters.web.field_texts import changes_in
from adapters.web.forms import SubmittedForm
from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.application.fields.inputs import texts_of
from core.domain.catalogue.product import Picture, Product, ProductState, ReturnException
from core.domain.catalogue.variant import OptionType, OptionValue
from core.domain.errors import Invalid
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.text import LANGUAGES, Text
from ports.catalogue.queries import CategoryView

OPTION_PARTS = 3
FIXED_PARTS = 6
MAX_WEIGHT_DIGITS = 9
NO_FIELDS = DeclaredFields()


def draft_of(
    form: SubmittedForm, handle: str, currency: str, declared: DeclaredFields = NO_FIELDS
) -> ProductDraft:
    """Raises `Invalid` with the number of the wrong line."""
    options = _options(form.text("options"))
    title = _texts(form, "title")
    return ProductDraft(
        handle=handle.lower(),
        title=title,
        category=form.text("category"),
        description=Text({each: form.whole(f"description-{each}") for each in LANGUAGES}),
        brand=form.text("brand") or None,
        tags=tuple(unescape(tag) for tag in split(form.text("tags"), ",") if tag),
        options=options,
        variants=tuple(
            replace(
                each,
                fields=changes_in(form, declared, FieldOwner.VARIANT, variant_prefix(each.sku)),
            )
            for each in _variants(form.text("variants"), options, currency)
        ),
        pictures=tuple(
            _picture(line, position, title)
            for position, line in enumerate(_lines(form.text("pictures")))
        ),
        state=ProductState(form.text("state")) if form.text("state") in set(ProductState) else None,
        return_exception=_return_exception(form.text("return_exception")),
        tax_class=form.text("tax_class") or None,
        version=form.number("version", 0) or None,
        fields=changes_in(form, declared, FieldOwner.PRODUCT),
        every_language=True,
    )


def variant_prefix(sku: Sku) -> str:
    """Before the names of the fields of a variant."""
    return f"variants.{sku}."


def field_values_of(product: Product, declared: DeclaredFields) -> dict[str, str]:
    """The inputs of the fields of the product and of its variants."""
    texts = dict(texts_of(declared.of(FieldOwner.PRODUCT), product.fields))
    for each in product.variants:
        of_variants = declared.of(FieldOwner.VARIANT)
        texts |= texts_of(of_variants, each.fields, variant_prefix(each.sku))
    return texts


def values_of(product: Product, tree: Sequence[CategoryView]) -> dict[str, str]:
    slugs = {each.id: each.slug for each in tree}
    return {
        "handle": product.handle,
        **{f"title-{each}": product.title.by_language.get(each, "") for each in LANGUAGES},
        **{
            f"description-{each}": product.description.by_language.get(each, "")
            for each in LANGUAGES
        },
        "category": slugs.get(product.category_id, ""),
        "tags": ", ".join(escape(tag, ",") for tag in product.tags),
        "options": "\n".join(_option_line(option) for option in product.options),
        "variants": "\n".join(_variant_lines(product)),
        "pictures": "\n".join(
            f"{escape(picture.path, '|')} | {_joined(picture.alt)}" for picture in product.pictures
        ),
        "state": str(product.state),
        "return_exception": product.return_exception or "",
        "tax_class": product.tax_class,
        "version": str(product.version),
    }


def _return_exception(text: str) -> ReturnException | Literal[""]:
    return ReturnException(text) if text in set(ReturnException) else ""


def _texts(form: SubmittedForm, name: str) -> Text:
    return Text({each: form.text(f"{name}-{each}") for each in LANGUAGES})


def _picture(line: str, position: int, title: Text) -> Picture:
    """A picture without a text of its own gets the title."""
    path, *alt = split(line, "|")
    return Picture(
        path=unescape(path), alt=_names("|".join(alt)) if alt else title, position=position
    )


def _options(text: str) -> tuple[OptionType, ...]:
    options = []
    for line_number, line in enumerate(_lines(text), 1):
        parts = split(line, "|")
        if len(parts) != OPTION_PARTS:
            raise Invalid("options", "Line {line}: enter code | name | values.", line=line_number)
        code, name, values = parts
        options.append(
            OptionType(unescape(code), _names(name), _option_values(values, line_number))
        )
    return tuple(options)


def _option_values(text: str, line_number: int) -> tuple[OptionValue, ...]:
    values = []
    for each in split(text, ","):
        code, *name = split(each, "=")
        if not code:
            raise Invalid("options", "Line {line}: a value is empty.", line=line_number)
        values.append(OptionValue(unescape(code), _names("=".join(name) if name else code)))
    return tuple(values)


def _variants(
    text: str, options: tuple[OptionType, ...], currency: str
) -> tuple[VariantDraft, ...]:
    variants = []
    for line_number, line in enumerate(_lines(text), 1):
        parts = [unescape(part) for part in split(line, "|")]
        required_parts = 2 + len(options)
        if not required_parts <= len(parts) <= len(options) + FIXED_PARTS:
            raise Invalid(
                "variants",
                "Line {line}: enter SKU | price | one value per option | grams | suggested price"
                " | barcode | evidence.",
                line=line_number,
            )
        values = dict(zip([each.code for each in options], parts[2:required_parts], strict=True))
        weight, compare_at, barcode, evidence = [*parts[required_parts:], "", "", "", ""][:4]
        variants.append(
            VariantDraft(
                sku=Sku(parts[0]),
                price=_price(parts[1], currency, line_number),
                options=values,
                compare_at=_price(compare_at, currency, line_number) if compare_at else None,
                suggested_by=evidence,
                weight_grams=_grams(weight, line_number),
                barcode=barcode,
            )
        )
    return tuple(variants)


def _price(text: str, currency: str, line_number: int) -> Money:
    try:
        return Money.parse(text, currency)
    except Invalid as error:
        raise Invalid(
            "variants", "Line {line}: “{value}” is not a price.", line=line_number, value=text[:40]
        ) from error


def _grams(text: str, line_number: int) -> int:
    if not text:
        return 0
    if not text.isdecimal() or len(text) > MAX_WEIGHT_DIGITS:
        raise Invalid(
            "variants", "Line {line}: the weight must be in whole grams.", line=line_number
        )
    return int(text)


def _option_line(option: OptionType) -> str:
    values = ", ".join(f"{_escaped(value.code)}={_joined(value.name)}" for value in option.values)
    return f"{_escaped(option.code)} | {_joined(option.name)} | {values}"


def _variant_lines(product: Product) -> list[str]:
    return [
        " | ".join(
            escape(part, "|")
            for part in (
                each.sku,
                str(each.price.decimal),
                *(each.options[option.code] for option in product.options),
                str(each.weight_grams),
                str(each.compare_at.decimal) if each.compare_at else "",
                each.barcode,
                *filter(None, [each.compare_at_evidence]),
            )
        )
        for each in product.variants
    ]


def _names(text: str) -> Text:
    """``红/Red``, or one name for both languages; ``红/`` and ``/Red`` are in one language."""
    names = [unescape(part) for part in split(text, "/")]
    if len(names) > len(LANGUAGES):
        raise Invalid("options", "“{value}” has more than two names.", value=text[:40])
    return Text(dict(zip(LANGUAGES, names * 2, strict=False)))


def _joined(name: Text) -> str:
    return "/".join(_escaped(name.by_language.get(each, "")) for each in LANGUAGES)


def _escaped(text: str) -> str:
    return escape(text, "|,=/")


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]
