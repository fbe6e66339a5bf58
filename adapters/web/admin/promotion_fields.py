"""The fields of the form of a promotion, built from the declared arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.web.admin.form_values import local_text, moment_in
from adapters.web.language import translator
from core.domain.pricing.promotions.arguments import ArgumentType, Family
from core.domain.pricing.promotions.documents.kinds import (
    KIND,
    KINDS,
    LABELS,
    DeclaredArgument,
    arguments_of,
)
from core.domain.pricing.promotions.documents.writing import Document, written
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.text import LANGUAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A nested object. ``kind`` and ``label`` are empty for one without kinds."""

    path: str
    kind: str
    label: str
    fields: Sequence["FieldView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """``value`` is as the form shows it: a text, a flag, or texts by the end of their paths.

    ``can_be_unset`` is for a flag that can also be neither.

    ``choices`` has the values of the enum ``choice_set``. ``kinds`` are labels by kind of what
    can be nested in ``parts``.
    """

    path: str
    label: str
    type: ArgumentType
    required: bool
    value: Any
    can_be_unset: bool
    choice_set: str
    choices: Sequence[str]
    kinds: Mapping[str, str]
    parts: Sequence[PartView]


@dataclass(frozen=True, slots=True)
class PromotionFields:
    language: str
    currency: str

    def of(self, document: Document) -> Sequence[FieldView]:
        return self._record(Promotion, document, "")

    def of_arguments(
        self, arguments: Sequence[DeclaredArgument], values: Document, path: str
    ) -> Sequence[FieldView]:
        return [self._field(each, values, path) for each in arguments]

    def _record(self, record: type, value: Document, path: str) -> Sequence[FieldView]:
        return self.of_arguments(arguments_of(record), value, path)

    def _field(self, argument: DeclaredArgument, document: Document, path: str) -> FieldView:
        default = None
        if not argument.is_required and argument.default is not None:
            default = written(argument, argument.default)
        value = document.get(argument.name, default)
        place = f"{path}.{argument.name}" if path else argument.name
        return FieldView(
            path=place,
            label=self._translated(argument.label),
            type=argument.value_type,
            required=argument.is_required,
            value=self._shown(argument, value),
            can_be_unset=not argument.is_required and argument.default is None,
            choice_set=argument.choices.__name__ if argument.choices else "",
            choices=[each.value for each in argument.choices or ()],
            kinds=self._kinds(argument.family),
            parts=list(self._parts(argument, value, place)),
        )

    def _parts(self, argument: DeclaredArgument, value: Any, path: str) -> Sequence[PartView]:
        match argument.value_type:
            case ArgumentType.NODE | ArgumentType.RECORD:
                return [self._part(argument, value or {}, path)]
            case ArgumentType.NODES | ArgumentType.RECORDS:
                return [
                    self._part(argument, each, f"{path}[{index}]")
                    for index, each in enumerate(value or ())
                ]
            case _:
                return ()

    def _part(self, argument: DeclaredArgument, value: Document, path: str) -> PartView:
        family = argument.family
        kind = value.get(KIND, "") if family else ""
        record = KINDS[family].get(kind) if family else argument.record
        return PartView(
            path=path,
            kind=kind,
            label=self._kinds(family).get(kind, kind),
            fields=self._record(record, value, path) if record else (),
        )

    def _shown(self, argument: DeclaredArgument, value: Any) -> Any:
        match argument.value_type:
            case ArgumentType.LABEL:
                return {each: (value or {}).get(each, "") for each in LANGUAGES}
            case ArgumentType.AMOUNTS:
                return {self.currency: "", **(value or {})}
            case ArgumentType.FLAG | ArgumentType.CHOICES:
                return value
            case ArgumentType.TEXTS | ArgumentType.SHARES:
                return "\n".join(_lines(value or ()))
            case ArgumentType.MOMENT:
                return _local(value) if value else ""
            case _:
                return "" if value is None else str(value)

    def _kinds(self, family: Family | None) -> Mapping[str, str]:
        if family is None:
            return {}
        return {
            name: self._translated(LABELS[family][kind]) for name, kind in KINDS[family].items()
        }

    def _translated(self, label: str) -> str:
        return translator(self.language)(label)


def _lines(value: Sequence[str] | Mapping[str, Any]) -> Sequence[str]:
    if isinstance(value, Mapping):
        return [f"{name}={share}" for name, share in value.items()]
    return value


def _local(text: str) -> str:
    """A text that is no moment stays."""
    try:
        return local_text(moment_in(text))
    except ValueError:
        return text
