"""What a settings class says about its fields, for a form and for the command line."""

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import chain
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretBytes, SecretStr, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from entrepot.plugin_settings import environment_fields, variable_of
from ports.plugin_settings import PluginSetting, SettingKind, SettingSource

SECRETS = (SecretStr, SecretBytes)
LONGEST_SHOWN = 1_000


def described(
    kind: type[BaseSettings], saved: Mapping[str, str], current: Any
) -> tuple[PluginSetting, ...]:
    """``current`` are the settings of the loaded plugin, or None."""
    in_environment = environment_fields(kind)
    return tuple(
        _described(kind, name, _source(field, name, saved, in_environment), saved, current)
        for name, field in kind.model_fields.items()
    )


def secrets_of(kind: type[BaseSettings], saved: Mapping[str, str]) -> list[str]:
    """The saved values that are secrets, and every text inside of them."""
    texts = [
        text
        for name, text in saved.items()
        if name in kind.model_fields and is_secret(kind.model_fields[name].annotation)
    ]
    return [*texts, *chain.from_iterable(map(_texts_in, texts))]


def is_secret(annotation: Any) -> bool:
    """Whether a value has a secret, also inside of a list or a model."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return any(is_secret(each.annotation) for each in annotation.model_fields.values())
    return annotation in SECRETS or any(is_secret(each) for each in get_args(annotation))


def _described(
    kind: type[BaseSettings],
    name: str,
    source: SettingSource,
    saved: Mapping[str, str],
    current: Any,
) -> PluginSetting:
    field = kind.model_fields[name]
    secret, required = is_secret(field.annotation), field.is_required()
    default = "" if required or secret else _text(field, _default(field))
    value = default
    if source is SettingSource.SAVED:
        value = saved[name]
    elif source is SettingSource.ENVIRONMENT:
        value = "" if current is None else _text(field, getattr(current, name))
    choices = tuple(_choices(field.annotation))
    return PluginSetting(
        name=name,
        variable=variable_of(kind, name),
        description=field.description or "",
        kind=SettingKind.CHOICE if choices else _kind(kind, field),
        choices=choices,
        secret=secret,
        required=required,
        source=source,
        value="" if secret else value,
        default=default[:LONGEST_SHOWN],
    )


def _source(
    field: FieldInfo, name: str, saved: Mapping[str, str], in_environment: frozenset[str]
) -> SettingSource:
    if name in in_environment:
        return SettingSource.ENVIRONMENT
    if name in saved:
        return SettingSource.SAVED
    return SettingSource.MISSING if field.is_required() else SettingSource.DEFAULT


def _kind(kind: type[BaseSettings], field: FieldInfo) -> SettingKind:
    if field.annotation is bool:
        return SettingKind.YES_NO
    if field.annotation is int:
        return SettingKind.NUMBER
    is_complex = EnvSettingsSource(kind).field_is_complex(field)
    return SettingKind.JSON if is_complex else SettingKind.TEXT


def _choices(annotation: Any) -> Iterator[str]:
    """The values of a literal of strings, or of an enumeration of them."""
    values: tuple[Any, ...] = ()
    if get_origin(annotation) is Literal:
        values = get_args(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        values = tuple(each.value for each in annotation)
    if all(isinstance(each, str) for each in values):
        yield from map(str, values)


def _texts_in(document: str) -> Iterator[str]:
    """The texts of a JSON document; none of one that is no JSON."""
    try:
        waiting = [json.loads(document)]
    except ValueError:
        return
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list | dict):
            waiting += each.values() if isinstance(each, dict) else each


def _default(field: FieldInfo) -> Any:
    return field.get_default(call_default_factory=True, validated_data={})


def _text(field: FieldInfo, value: Any) -> str:
    """As in an environment variable."""
    if value is None:
        return ""
    annotation: Any = field.annotation
    plain = TypeAdapter(annotation).dump_python(value, mode="json")
    if isinstance(plain, str):
        return plain
    return TypeAdapter(Any).dump_json(plain).decode()
