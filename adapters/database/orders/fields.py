"""The values of fields of plugins in orders, to and from JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from adapters.database.documents import text_to
from core.domain.fields.values import FrozenField
from core.domain.text import Text


def fields_to(fields: Iterable[FrozenField]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "label": text_to(each.label),
            "kind": each.kind,
            "value": each.value,
            "text": text_to(each.text),
            "is_personal": each.is_personal,
            "shown": each.shown,
        }
        for each in fields
    ]


def fields_from(documents: Iterable[Mapping[str, Any]]) -> tuple[FrozenField, ...]:
    return tuple(
        FrozenField(**{**each, "label": Text(each["label"]), "text": Text(each["text"])})
        for each in documents
    )
