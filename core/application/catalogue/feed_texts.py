"""Merges the texts of a feed, which has one language, into a product, which has several.

A text that the shop shows in this language already is no change. Nor is another order.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.application.catalogue.feeds import FeedAttribute, FeedProduct
from core.domain.catalogue.attribute import Attribute
from core.domain.catalogue.product import Picture, Product
from core.domain.text import Text

NO_TEXT = Text({})
LABEL_SEPARATOR = "; "


def labels_in(cell: str) -> tuple[str, ...]:
    """The values of a property, which stand in one cell."""
    return tuple(label.strip() for label in re.split(r"[;\n]", cell) if label.strip())


def translated(before: Text, language: str, words: str) -> Text:
    """Returns the text with these words in this language; empty words remove the language."""
    if before.in_language(language).strip() == words.strip():
        return before
    return Text({**before.by_language, language: words})


def is_untranslated(text: Text, language: str) -> bool:
    return bool(text) and language not in text.by_language


def merge_tags(
    product: FeedProduct, existing: Product | None
) -> tuple[tuple[str, ...] | None, Mapping[str, str] | None]:
    """Returns the tags and their languages. Tags of the other languages stay."""
    if product.tags is None:
        return None, None
    before = existing.tags if existing else ()
    languages = existing.tag_languages if existing else {}
    own = tags_in(before, languages, product.language)
    if set(", ".join(own).split(", ")) == set(product.tags or ("",)):
        return before, languages
    merged = {tag: languages[tag] for tag in before if tag not in {*own, *product.tags}}
    stay = tuple(tag for tag in before if tag in merged or tag in product.tags)
    for tag in product.tags:
        # A tag without a language is in all of them.
        if tag not in before or languages.get(tag) == product.language:
            merged[tag] = product.language
    return tuple(dict.fromkeys((*stay, *product.tags))), merged


def tags_in(tags: Sequence[str], languages: Mapping[str, str], language: str) -> tuple[str, ...]:
    return tuple(tag for tag in tags if languages.get(tag, language) == language)


def merge_extras(
    before: Mapping[str, Text], product: FeedProduct, cells: Mapping[str, str]
) -> Mapping[str, Text]:
    """Columns that the feed does not have stay. An empty cell removes the language."""
    merged: dict[str, Text] = {}
    for name in {**before, **cells}:
        text = before.get(name, NO_TEXT)
        if name in cells:
            merged[name] = translated(text, product.language, cells[name])
        elif name in product.columns:
            merged[name] = Text({**text.by_language, product.language: ""})
        else:
            merged[name] = text
    return {name: text for name, text in merged.items() if text}


def merge_attributes(product: FeedProduct, existing: Product | None) -> tuple[Attribute, ...]:
    """An attribute without a column in the feed stays."""
    before = existing.attributes if existing else ()
    feed: dict[str, list[FeedAttribute]] = {}
    for each in product.attributes:
        feed.setdefault(each.code, []).append(each)
    merged: list[Attribute] = []
    for code in dict.fromkeys([*(each.code for each in before), *feed]):
        own = [each for each in before if each.code == code]
        if code in feed:
            for each in feed[code]:
                merged += _values(each, own, product.language)
        elif code not in product.attribute_codes or all(
            is_untranslated(each.label, product.language) for each in own
        ):
            merged += own
    if len(merged) == len(before) and all(each in before for each in merged):
        return before
    return tuple(merged)


def _values(feed: FeedAttribute, own: Sequence[Attribute], language: str) -> list[Attribute]:
    shown = [each.label.in_language(language).strip() for each in own]
    if labels_in(LABEL_SEPARATOR.join(shown)) == feed.labels:
        return [replace(each, name=translated(each.name, language, feed.name)) for each in own]
    values = []
    for place, label in enumerate(feed.labels):
        if label in shown:
            attribute = own[shown.index(label)]
        elif len(own) == len(feed.labels) and is_untranslated(own[place].label, language):
            attribute = own[place]
        else:
            attribute = Attribute(
                code=feed.code, name=own[0].name if own else NO_TEXT, value=label, label=NO_TEXT
            )
        values.append(
            Attribute(
                code=feed.code,
                name=translated(attribute.name, language, feed.name),
                value=attribute.value,
                label=translated(attribute.label, language, label),
                kind=attribute.kind,
            )
        )
    return values


def merge_pictures(product: FeedProduct, existing: Product | None) -> tuple[Picture, ...] | None:
    if product.pictures is None:
        return None
    before = existing.pictures if existing else ()
    by_path = {each.path: each for each in before}
    is_same_order = [each.path for each in product.pictures] == [each.path for each in before]
    pictures = []
    for place, each in enumerate(product.pictures):
        earlier = by_path.get(each.path)
        alt = earlier.alt if earlier else NO_TEXT
        pictures.append(
            Picture(
                path=each.path,
                alt=translated(alt, product.language, each.alt) if each.alt else alt,
                position=earlier.position if earlier and is_same_order else place,
            )
        )
    return tuple(pictures)
