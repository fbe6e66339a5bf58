"""Reads the document of a promotion from its form.

A field has the name of the path of its value: ``benefits[0].reduction.amount.CNY``. An error of
the document therefore names the field at fault. A value that cannot be converted stays as it was
typed; the document is then refused at its path, and the form shows it again.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.web.admin.form_values import moment_in
from adapters.web.forms import SubmittedForm
from core.domain.pricing.promotions.arguments import ArgumentType, Family
from core.domain.pricing.promotions.documents.kinds import (
    KIND,
    KINDS,
    DeclaredArgument,
    arguments_of,
)
from core.domain.pricing.promotions.documents.reading import MAX_DEPTH
from core.domain.pricing.promotions.documents.writing import Document
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.text import LANGUAGES

SAVE = "save"
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,12}")


def is_save(form: SubmittedForm) -> bool:
    """Whether the button was that which saves, and none that changes the form."""
    return form.text("action") in {"", SAVE}


def document_of(form: SubmittedForm) -> Document:
    """The document, after the change that a button ``add``, ``remove`` or ``set`` makes.

    Raises `Invalid` if a text cannot be kept whole.
    """
    action, _, place = form.text("action").partition(" ")
    return FormReader(form, action, place).record(Promotion, "")


@dataclass(frozen=True, slots=True)
class FormReader:
    """``action`` changes the list or the kind at the path ``place``."""

    form: SubmittedForm
    action: str
    place: str

    def record(self, record: type, path: str) -> Document:
        return self.values(arguments_of(record), path)

    def values(self, arguments: Sequence[DeclaredArgument], path: str) -> Document:
        """The values of some arguments; one that is left out is missing."""
        values = {
            each.name: self._value(each, f"{path}.{each.name}" if path else each.name)
            for each in arguments
        }
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, argument: DeclaredArgument, path: str) -> object:
        """None if the value is left out."""
        match argument.value_type:
            case ArgumentType.NODE:
                return self._node(argument, path)
            case ArgumentType.NODES | ArgumentType.RECORDS:
                return list(self._listed(argument, path))
            case ArgumentType.RECORD:
                assert argument.record
                return self.record(argument.record, path) or None
            case _:
                return self._plain(argument, path)

    def _plain(self, argument: DeclaredArgument, path: str) -> object:
        match argument.value_type:
            case ArgumentType.LABEL:
                return self._texts(path, LANGUAGES) or None
            case ArgumentType.AMOUNTS:
                names = [name for name in self.form.values if name.startswith(f"{path}.")]
                return self._texts(path, [name[len(path) + 1 :] for name in names]) or None
            case ArgumentType.CHOICES:
                assert argument.choices
                return [str(each) for each in argument.choices if self._text(f"{path}.{each}")]
            case ArgumentType.FLAG:
                return self._flag(argument, path)
            case _:
                text = self._text(path)
                return _converted(argument.value_type, text) if text else None

    def _node(self, argument: DeclaredArgument, path: str) -> Document | None:
        assert argument.family
        if (self.action, self.place) == ("set", path):
            return blank_node(argument.family, self._text(f"choose:{path}"))
        return self._stored_node(argument.family, path) if self._has(f"{path}.{KIND}") else None

    def _listed(self, argument: DeclaredArgument, path: str) -> Iterator[Document]:
        index = 0
        while self._has(place := f"{path}[{index}]"):
            index += 1
            if (self.action, self.place) == ("remove", place):
                continue
            if argument.family:
                yield self._stored_node(argument.family, place)
            elif argument.record:
                yield self.record(argument.record, place)
        if (self.action, self.place) == ("add", path):
            if argument.family:
                yield blank_node(argument.family, self._text(f"choose:{path}"))
            elif argument.record:
                yield blank_record(argument.record)

    def _stored_node(self, family: Family, path: str) -> Document:
        kind = self._text(f"{path}.{KIND}")
        if kind not in KINDS[family] or path.count(".") > MAX_DEPTH:
            return {KIND: kind}
        return {KIND: kind, **self.record(KINDS[family][kind], path)}

    def _texts(self, path: str, names: "list[str] | tuple[str, ...]") -> dict[str, str]:
        texts = {name: self._text(f"{path}.{name}") for name in names}
        return {name: text for name, text in texts.items() if text}

    def _flag(self, argument: DeclaredArgument, path: str) -> bool | None:
        text = self._text(path)
        return text == "1" if text or argument.default is not None else None

    def _text(self, name: str) -> str:
        return self.form.text(name)

    def _has(self, name: str) -> bool:
        return name in self.form.values


def blank_node(family: Family, kind: str) -> Document:
    """A node of the kind, or of the first kind, as a form shows it first."""
    kinds = KINDS[family]
    name = kind if kind in kinds else next(iter(kinds))
    return {KIND: name, **blank_record(kinds[name])}


def blank_record(record: type) -> Document:
    blank: Document = {}
    for each in arguments_of(record):
        if not each.is_required:
            continue
        if each.family and each.value_type is ArgumentType.NODE:
            blank[each.name] = blank_node(each.family, "")
        elif each.record and each.value_type is ArgumentType.RECORDS:
            blank[each.name] = [blank_record(each.record)]
    return blank


def _converted(value_type: ArgumentType, text: str) -> object:
    match value_type:
        case ArgumentType.NUMBER:
            return _number(text)
        case ArgumentType.TEXTS:
            return _lines(text)
        case ArgumentType.MOMENT:
            return _moment(text)
        case ArgumentType.SHARES:
            pairs = (line.rpartition("=") for line in _lines(text))
            return {name.strip(): _number(share.strip()) for name, _, share in pairs}
        case _:
            return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(text: str) -> int | str:
    return int(text) if WHOLE_NUMBER.fullmatch(text) else text


def _moment(text: str) -> str:
    try:
        return moment_in(text).isoformat()
    except ValueError:
        return text
