"""Promotions as documents: what JSON can hold, with names that do not change."""

from typing import Any

from core.domain.pricing.promotions.arguments import ArgumentType
from core.domain.pricing.promotions.documents.kinds import KIND, DeclaredArgument, arguments_of
from core.domain.pricing.promotions.documents.values import write_value
from core.domain.pricing.promotions.promotion import Promotion

Document = dict[str, Any]


def to_document(promotion: Promotion) -> Document:
    """The document of a promotion. An argument that has its default is left out."""
    return _record(promotion)


def _record(value: object) -> Document:
    document: Document = {}
    for argument in arguments_of(type(value)):
        each = getattr(value, argument.name)
        if argument.is_required or each != argument.default:
            document[argument.name] = written(argument, each)
    return document


def _node(value: Any) -> Document:
    return {KIND: value.kind, **_record(value)}


def written(argument: DeclaredArgument, value: Any) -> object:
    """A value of an argument as it stands in a document."""
    match argument.value_type:
        case ArgumentType.NODE:
            return _node(value)
        case ArgumentType.NODES:
            return [_node(each) for each in value]
        case ArgumentType.RECORD:
            return _record(value)
        case ArgumentType.RECORDS:
            return [_record(each) for each in value]
        case _:
            return write_value(argument.value_type, value)
