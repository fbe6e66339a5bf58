"""Answers of slots and pages, and what their objects say about themselves."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date, datetime
from typing import Any

from adapters.plugins.answers.checks import (
    WrongAnswer,
    exactly,
    mapping_of,
    moment_of,
    names_of,
    number_of,
    optional,
    text_of,
    tuple_of,
)
from core.domain.content.blocks import BlockField, BlockFieldKind, BlockKind
from core.domain.money import MAX_MINOR, Money
from core.domain.text import LANGUAGES, Text
from ports.content.fragments import Fragment, RichText
from ports.content.pages import Page, PageAnswer, PageRedirect, page_fragment
from ports.content.slots import LISTED, VIEWS, Slot, SlotCache

TEMPLATE = re.compile(r"[a-z0-9_-]{1,60}(?:/[a-z0-9_-]{1,60}){0,3}\.html")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
PATH = re.compile(r"(?:/[a-z0-9]+(?:-[a-z0-9]+)*)(?:/(?:[a-z0-9]+(?:-[a-z0-9]+)*|\{[a-z_]+\}))*")
SHOP_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*")
MAX_PATH = 500
MAX_FIELDS = 30
MAX_DEPTH = 6
MAX_VALUES = 5_000
MAX_CHARACTERS = 200_000
MAX_NUMBER = 10**15
DAY_SECONDS = 86_400
STATUSES = frozenset({200, 403, 404, 409, 410, 422})


@dataclass(frozen=True, slots=True)
class FillDescription:
    """A plugin has one fill for each slot."""

    slot: Slot
    cache: SlotCache | None

    @property
    def code(self) -> str:
        return str(self.slot)


@dataclass(frozen=True, slots=True)
class PageDescription:
    """The path distinguishes the pages of a plugin."""

    code: str


def describe_fill(fill: Any) -> FillDescription:
    slot = exactly(fill.slot, Slot, "the slot")
    method = "fill_many" if slot in LISTED else "fill"
    if not callable(getattr(fill, method, None)):
        raise WrongAnswer(f"the slot {slot} needs a method “{method}”")
    return FillDescription(slot, optional(fill.cache, lambda cache: _cache_of(cache, slot)))


def describe_page(registered: Any) -> PageDescription:
    page = exactly(registered, Page, "a page")
    path = text_of(page.path, "a path", most=MAX_PATH)
    if not PATH.fullmatch(path):
        raise WrongAnswer(f"“{path}” is no path such as /group-buys/{{code}}")
    names_of(page.title, f"the title of {path}")
    for flag in (page.takes_forms, page.members_only):
        exactly(flag, bool, f"an option of {path}")
    number_of(page.shared_seconds, f"the seconds of {path}", most=DAY_SECONDS)
    if page.shared_seconds and (page.takes_forms or page.members_only):
        raise WrongAnswer(f"{path} is for one visitor, so it cannot have shared_seconds")
    if not callable(page.answer):
        raise WrongAnswer(f"the answer of {path} is no function")
    return PageDescription(path)


def describe_block_kind(registered: Any) -> BlockKind:
    kind = exactly(registered, BlockKind, "a kind of blocks")
    if not NAME.fullmatch(exactly(kind.code, str, "the code")):
        raise WrongAnswer(f"“{kind.code[:40]}” is no code of a kind of blocks")
    names_of(kind.name, f"the name of {kind.code}")
    if not TEMPLATE.fullmatch(exactly(kind.template, str, "the template")):
        raise WrongAnswer(f"“{kind.template[:80]}” is no name of a template")
    fields = tuple_of(kind.fields, f"the fields of {kind.code}", most=MAX_FIELDS)
    for field in fields:
        if not NAME.fullmatch(exactly(field, BlockField, "a field").name):
            raise WrongAnswer(f"“{field.name[:40]}” is no name of a field")
        names_of(field.label, f"the label of {field.name}")
        exactly(field.kind, BlockFieldKind, f"the kind of {field.name}")
        exactly(field.required, bool, f"the option of {field.name}")
    if len({field.name for field in fields}) < len(fields):
        raise WrongAnswer(f"two fields of {kind.code} have one name")
    return kind


def fragment_of(answer: Any) -> Fragment:
    """The fragment with a copy of its values, in which everything is of an allowed type."""
    fragment = exactly(answer, Fragment, "the fragment")
    template = text_of(fragment.template, "the template")
    if not TEMPLATE.fullmatch(template):
        raise WrongAnswer(f"“{template[:80]}” is no name of a template")
    values = mapping_of(fragment.values, "the values", most=MAX_VALUES)
    return Fragment(template, _ValueCheck().mapping(values, MAX_DEPTH))


def fragments_of(answer: Any, count: int) -> tuple[Fragment | None, ...]:
    """``count`` fragments, one for each view."""
    found = tuple_of(answer, "the fragments", most=count)
    if len(found) < count:
        raise WrongAnswer(f"there are {len(found)} fragments for {count} views")
    return tuple(optional(each, fragment_of) for each in found)


def page_answer(answer: Any, language: str) -> tuple[Fragment, str, int] | PageRedirect:
    """Fragment, title and status; the title is empty if it is the one of the page."""
    if type(answer) is PageRedirect:
        path = text_of(answer.path, "the path", most=MAX_PATH)
        if not SHOP_PATH.fullmatch(path) or path.startswith("//"):
            raise WrongAnswer("the redirect leads to no path of the shop")
        return PageRedirect(path)
    page = exactly(answer, PageAnswer, "the answer")
    if number_of(page.status, "the status") not in STATUSES:
        raise WrongAnswer(f"the status is {page.status}")
    names = optional(page.title, lambda title: names_of(title, "the title"))
    title = names.in_language(language) if names else ""
    return fragment_of(page_fragment(page)), title, page.status


def _cache_of(cache: Any, slot: Slot) -> SlotCache:
    exactly(cache, SlotCache, "the cache")
    known = {field.name for field in fields_of(VIEWS[slot])}
    for name in tuple_of(cache.by, "the fields of the cache", most=len(known)):
        if name not in known:
            raise WrongAnswer(f"the cache is by “{name}”, and the view of {slot} has no such field")
    return SlotCache(
        tuple(cache.by), number_of(cache.seconds, "the seconds", least=1, most=DAY_SECONDS)
    )


@dataclass(slots=True)
class _ValueCheck:
    """Copies plain values, and counts them. A list that contains itself is too deep."""

    values: int = 0
    characters: int = 0

    def mapping(self, values: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        return {self._name(name): self._value(value, depth) for name, value in values.items()}

    def _value(self, value: Any, depth: int) -> Any:
        self._count()
        kind = type(value)
        if kind is dict or kind is list or kind is tuple:
            if not depth:
                raise WrongAnswer(f"the values are nested more than {MAX_DEPTH} times")
            if kind is dict:
                return self.mapping(value, depth - 1)
            return [self._value(each, depth - 1) for each in value]
        if kind is str:
            return self._text(value)
        return self._scalar(value)

    def _scalar(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind is bool or kind is date:
            return value
        if kind is int:
            return number_of(value, "a number", least=-MAX_NUMBER, most=MAX_NUMBER)
        if kind is datetime:
            return moment_of(value, "a time")
        if kind is Money:
            minor = number_of(value.minor, "an amount", least=-MAX_MINOR, most=MAX_MINOR)
            return Money(minor, exactly(value.currency, str, "a currency"))
        if kind is RichText:
            return RichText(self._text(exactly(value.html, str, "a rich text")))
        if kind is Text:
            return Text(dict(self._texts(value)))
        raise WrongAnswer(f"a value is a {kind.__name__}")

    def _texts(self, text: Text) -> Iterator[tuple[str, str]]:
        for language, words in mapping_of(text.by_language, "a text", most=len(LANGUAGES)).items():
            if language not in LANGUAGES:
                raise WrongAnswer("a text has an unknown language")
            yield language, self._text(exactly(words, str, "a text"))

    def _text(self, text: str) -> str:
        self._count(len(text))
        return text

    def _name(self, name: Any) -> str:
        if not NAME.fullmatch(exactly(name, str, "a name of a value")):
            raise WrongAnswer(f"“{name[:40]}” is no name of a value")
        return str(name)

    def _count(self, characters: int = 0) -> None:
        self.values += 1
        self.characters += characters
        if self.values > MAX_VALUES or self.characters > MAX_CHARACTERS:
            raise WrongAnswer("the values are too many, or too long")
