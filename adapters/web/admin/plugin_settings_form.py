"""Turns the settings of a plugin into a form, and a submission into changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from adapters.web.admin.conflicts import VERSION
from adapters.web.language import shop_text
from core.application.plugin_settings import PluginSettingsView
from core.domain.errors import Invalid, InvalidFields
from core.domain.text import LANGUAGES, Text
from ports.admin.forms import (
    Choice,
    ChoiceField,
    Form,
    FormField,
    LongTextField,
    NumberField,
    SecretField,
    Section,
    TextField,
    YesNoField,
)
from ports.plugin_settings import PluginSetting, SettingKind, SettingSource

PREFIX, REMOVE = "setting-", "remove-"
MOST = 20_000
TRUE = {"1", "true", "t", "yes", "y", "on"}
"""As pydantic reads them."""
SMALLEST = -(10**9)
YES_NO = (Choice("true", shop_text("Yes")), Choice("false", shop_text("No")))


def form_of(view: PluginSettingsView) -> Form:
    """A field for each setting. Those of the environment are read-only."""
    fields = tuple(field for each in view.settings for field in _fields(each))
    return Form(sections=(Section(fields=fields),))


def values_of(view: PluginSettingsView) -> dict[str, Any]:
    """What is saved. A default stands in the help of its field."""
    shown = {SettingSource.ENVIRONMENT, SettingSource.SAVED}
    values = {
        f"{PREFIX}{each.name}": _shown(each)
        for each in view.settings
        if each.source in shown and not each.secret
    }
    return {**values, VERSION: str(view.version)}


def _shown(setting: PluginSetting) -> str:
    """A command can save ``yes``; the form has ``true``."""
    if setting.kind is not SettingKind.YES_NO:
        return setting.value
    return "true" if setting.value.strip().lower() in TRUE else "false"


def changes_of(view: PluginSettingsView, sent: Mapping[str, Any]) -> dict[str, str | None]:
    """The settings that differ from what is saved. None: the default counts again."""
    changes: dict[str, str | None] = {}
    for each in view.settings:
        name = f"{PREFIX}{each.name}"
        if each.source is SettingSource.ENVIRONMENT or name not in sent:
            continue
        is_saved = each.source is SettingSource.SAVED
        text = "" if sent[name] is None else str(sent[name])
        if each.secret:
            if sent.get(f"{REMOVE}{each.name}"):
                changes[each.name] = None
            elif text:
                changes[each.name] = text
        elif not text and is_saved:
            changes[each.name] = None
        elif text and (not is_saved or text != _shown(each)):
            changes[each.name] = text
    return changes


@contextmanager
def errors_in_form() -> Iterator[None]:
    """Give errors the names of the form's fields."""
    try:
        yield
    except InvalidFields as error:
        raise InvalidFields(tuple(_renamed(each) for each in error.fields)) from error
    except Invalid as error:
        raise _renamed(error) from error


def _renamed(error: Invalid) -> Invalid:
    name = f"{PREFIX}{error.field}" if error.field else ""
    return Invalid(name, error.template, **error.details)


def _fields(setting: PluginSetting) -> tuple[FormField, ...]:
    field = _field(setting)
    if not (setting.secret and setting.source is SettingSource.SAVED):
        return (field,)
    remove = YesNoField(
        name=f"{REMOVE}{setting.name}",
        label=_named(shop_text("Delete the saved {name}"), setting.name),
    )
    return field, remove


def _field(setting: PluginSetting) -> FormField:
    is_fixed = setting.source is SettingSource.ENVIRONMENT
    common: dict[str, Any] = {
        "name": f"{PREFIX}{setting.name}",
        "label": Text(dict.fromkeys(LANGUAGES, setting.name)),
        "help": _help(setting),
        "required": setting.required and not is_fixed,
        "read_only": is_fixed,
    }
    if setting.secret:
        is_set = setting.source in {SettingSource.ENVIRONMENT, SettingSource.SAVED}
        return SecretField(**common, is_set=is_set, most=MOST)
    if setting.kind is SettingKind.YES_NO:
        return ChoiceField(**common, choices=YES_NO, none=shop_text("Default"))
    if setting.kind is SettingKind.CHOICE:
        choices = tuple(
            Choice(each, Text(dict.fromkeys(LANGUAGES, each))) for each in setting.choices
        )
        return ChoiceField(**common, choices=choices, none=shop_text("Default"))
    if setting.kind is SettingKind.NUMBER:
        return NumberField(**common, least=SMALLEST)
    if setting.kind is SettingKind.JSON:
        return LongTextField(**common, rows=3)
    return TextField(**common, most=MOST)


def _help(setting: PluginSetting) -> Text:
    """The plugin's description, and where the value comes from."""
    unset = shop_text("Not set")
    default = _named(shop_text("Default: {name}"), setting.default) if setting.default else unset
    sources = {
        SettingSource.ENVIRONMENT: _named(
            shop_text("Set by the environment variable {name}"), setting.variable
        ),
        SettingSource.SAVED: shop_text("Saved here"),
        SettingSource.DEFAULT: default,
        SettingSource.MISSING: unset,
    }
    source = sources[setting.source]
    return Text(
        {
            each: " · ".join(filter(None, (setting.description, source.in_language(each))))
            for each in LANGUAGES
        }
    )


def _named(text: Text, name: str) -> Text:
    return Text({each: text.in_language(each).format(name=name) for each in LANGUAGES})
