"""Creates the settings of a plugin: environment before saved values before defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from pydantic import AliasChoices, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    SecretsSettingsSource,
)

from core.domain.errors import Invalid, raise_if_invalid
from entrepot.plugin_manifest import PluginRefused, one_line
from ports.plugin_settings import NOT_VALID

HIDDEN = "…"
SHORTEST_HIDDEN = 4
"""Shorter secrets would hide words of a message."""


@dataclass(frozen=True, slots=True)
class CreatedSettings:
    """``problems`` say which saved values are not used, one line each, without a value."""

    value: Any
    problems: tuple[str, ...] = ()


class SecretsUnreadable(PluginRefused):
    """Saved secrets cannot be decrypted before another plugin unlocks the keyring."""


def unreadable_secret(name: str) -> str:
    return f"the saved secret {name} is not used: another keyring encrypted it; save it again"


def settings_of(kind: type[Any] | None, saved: Mapping[str, str]) -> CreatedSettings:
    """The settings of a plugin that is loaded; None if it has no class. Raises `PluginRefused`.

    A saved value that is not valid is not used: the default counts.
    """
    if kind is None:
        return CreatedSettings(None)
    try:
        return created(kind, saved)
    except ValidationError as error:
        wrong = ", ".join(
            variable_of(kind, _field_of(kind, each["loc"]) or "_".join(map(str, each["loc"])))
            + (" is not set" if each["type"] == "missing" else f": {each['msg']}")
            for each in error.errors(include_input=False, include_context=False)
        )
        raise PluginRefused(f"needs its settings: {wrong}") from error
    except Exception as error:
        raise PluginRefused(f"cannot read its settings: {one_line(error)}") from error


def created(kind: type[Any], saved: Mapping[str, str]) -> CreatedSettings:
    """As `settings_of`. Raises `ValidationError` if it is not valid without saved values."""
    if not has_fields(kind):
        return CreatedSettings(kind())
    values, unreadable = _decoded(kind, saved)
    problems = [_problem(kind, name) for name in unreadable]
    while True:
        try:
            value = kind(**{_key_of(kind, name): each for name, each in values.items()})
        except ValidationError as error:
            named = {_field_of(kind, each["loc"]) for each in error.errors()}
            unused = [name for name in values if name in named] or list(values)
            if not unused:
                raise
            for name in unused:
                del values[name]
            problems += [_problem(kind, name) for name in unused]
        else:
            return CreatedSettings(value, tuple(problems))


def check(kind: type[Any], saved: Mapping[str, str], secrets: Sequence[str]) -> None:
    """Validate all settings together. ``secrets`` are values that no message may contain.

    Raises:
        Invalid, InvalidFields: names the settings that are wrong.
    """
    values, unreadable = _decoded(kind, saved)
    raise_if_invalid([Invalid(name, NOT_VALID) for name in unreadable])
    try:
        kind(**{_key_of(kind, name): each for name, each in values.items()})
    except ValidationError as error:
        raise_if_invalid(
            [
                Invalid(
                    _field_of(kind, each["loc"]) or "",
                    "{message}",
                    message=_without(secrets, each["msg"].removeprefix("Value error, ")),
                )
                for each in error.errors(include_input=False, include_context=False)
            ]
        )


def environment_fields(kind: type[BaseSettings]) -> frozenset[str]:
    """The names of the fields that the environment has, in the ways that the class reads it."""
    sources = kind.settings_customise_sources(
        kind,
        init_settings=InitSettingsSource(kind, {}),
        env_settings=EnvSettingsSource(kind),
        dotenv_settings=DotEnvSettingsSource(kind),
        file_secret_settings=SecretsSettingsSource(kind),
    )
    keys = {key for source in sources for key in source()}
    return frozenset(name for name in kind.model_fields if keys & {name, *_aliases(kind, name)})


def variable_of(kind: type[Any], name: str) -> str:
    """The environment variable of a field."""
    if aliases := _aliases(kind, name):
        return aliases[0].upper()
    return f"{kind.model_config.get('env_prefix', '')}{name}".upper()


def has_fields(kind: Any) -> TypeGuard[type[BaseSettings]]:
    return isinstance(kind, type) and issubclass(kind, BaseSettings)


def _decoded(
    kind: type[BaseSettings], saved: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """The saved values that count, read as environment variables are; and unreadable names."""
    source, values, unreadable = EnvSettingsSource(kind), {}, []
    taken = environment_fields(kind) if saved else frozenset()
    for name, text in saved.items():
        if name not in kind.model_fields or name in taken:
            continue
        try:
            values[name] = source.prepare_field_value(
                name, kind.model_fields[name], text, value_is_complex=False
            )
        except ValueError:
            unreadable.append(name)
    return values, unreadable


def _problem(kind: type[Any], name: str) -> str:
    return f"the saved value of {variable_of(kind, name)} is not valid and not used"


def _field_of(kind: type[Any], place: Sequence[int | str]) -> str | None:
    """The field that an error is about; None if it is about several of them."""
    if not place or not has_fields(kind):
        return None
    for name in kind.model_fields:
        if place[0] in {name, *_aliases(kind, name)}:
            return str(name)
    return None


def _key_of(kind: type[BaseSettings], name: str) -> str:
    return (*_aliases(kind, name), name)[0]


def _aliases(kind: type[Any], name: str) -> tuple[str, ...]:
    field = kind.model_fields.get(name)
    alias = field.validation_alias if field else None
    if isinstance(alias, AliasChoices):
        return tuple(each for each in alias.choices if isinstance(each, str))
    return (alias,) if isinstance(alias, str) else ()


def _without(secrets: Sequence[str], message: str) -> str:
    for secret in secrets:
        if len(secret) >= SHORTEST_HIDDEN:
            message = message.replace(secret, HIDDEN)
    return message
