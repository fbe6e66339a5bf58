"""Promotions from documents. An error names the path of a value: ``condition.of[1].at_least``."""

from collections.abc import Mapping

from core.domain.errors import Invalid
from core.domain.pricing.promotions.arguments import ArgumentType, Family
from core.domain.pricing.promotions.documents.kinds import (
    KIND,
    KINDS,
    DeclaredArgument,
    arguments_of,
)
from core.domain.pricing.promotions.documents.values import read_list, read_value
from core.domain.pricing.promotions.promotion import Promotion

MAX_DEPTH = 12
MAX_OBJECTS = 500
MAX_ITEMS = 5_000
"""Every cart is priced by all parts of a document."""


def from_document(document: Mapping[str, object]) -> Promotion:
    """The promotion of a document.

    Raises:
        Invalid: a value is missing, unknown or wrong, or there are too many; ``field`` is its
            path.
    """
    _check_size(document)
    promotion = _read_record(Promotion, document, "")
    assert isinstance(promotion, Promotion)
    return promotion


def _check_size(document: Mapping[str, object]) -> None:
    objects = items = 0
    rest: list[object] = [document]
    while rest:
        each = rest.pop()
        if isinstance(each, Mapping):
            objects += 1
            rest += each.values()
        elif isinstance(each, list | tuple):
            items += len(each)
            rest += each
    if objects > MAX_OBJECTS or items > MAX_ITEMS:
        raise Invalid(
            "document",
            "The promotion has more than {objects} parts, or {items} values in lists.",
            objects=MAX_OBJECTS,
            items=MAX_ITEMS,
        )


def _read_record(record: type, value: object, path: str, *, ignored: str = "") -> object:
    if not isinstance(value, Mapping):
        raise Invalid(path, "This must be an object with named values.")
    if path.count(".") > MAX_DEPTH:
        raise Invalid(path, "The conditions are nested too deeply.")
    arguments = {argument.name: argument for argument in arguments_of(record)}
    for name in value:
        if name not in arguments and name != ignored:
            short = str(name)[:40]
            raise Invalid(_inside(path, short), "“{name}” is not known here.", name=short)
    read = {}
    for name, argument in arguments.items():
        if name in value:
            read[name] = _read(argument, value[name], _inside(path, name))
        elif argument.is_required:
            raise Invalid(_inside(path, name), "This value is missing.")
    try:
        return record(**read)
    except Invalid as error:
        raise Invalid(_inside(path, error.field), error.template, **error.details) from error


def _read_node(family: Family, value: object, path: str) -> object:
    kinds = KINDS[family]
    name = value.get(KIND) if isinstance(value, Mapping) else None
    if not isinstance(name, str) or name not in kinds:
        raise Invalid(
            _inside(path, KIND), "Use one of these kinds: {known}.", known=", ".join(kinds)
        )
    return _read_record(kinds[name], value, path, ignored=KIND)


def _read(argument: DeclaredArgument, value: object, path: str) -> object:
    if value is None and not argument.is_required and argument.default is None:
        return None
    family, record = argument.family, argument.record
    if family and argument.value_type is ArgumentType.NODES:
        return read_list(value, path, lambda each, place: _read_node(family, each, place))
    if family:
        return _read_node(family, value, path)
    if record and argument.value_type is ArgumentType.RECORDS:
        return read_list(value, path, lambda each, place: _read_record(record, each, place))
    if record:
        return _read_record(record, value, path)
    return read_value(argument.value_type, argument.choices, value, path)


def _inside(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)
