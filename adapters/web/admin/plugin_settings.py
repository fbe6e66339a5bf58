"""The settings of one plugin, as a form. Secrets can be written and are never shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.conflicts import VERSION
from adapters.web.admin.context import AdminContext
from adapters.web.admin.plugin_settings_form import changes_of, errors_in_form, form_of, values_of
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.plugin_settings import ChangePluginSettings, ShowPluginSettings
from core.domain.shop_permissions import PLUGINS_MANAGE

TEMPLATE = "plugin_settings.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSettingsPage:
    show_plugin_settings: Given[ShowPluginSettings]

    async def variables(self, plugin: str) -> Mapping[str, Any]:
        view = await self.show_plugin_settings(plugin)
        return {"view": view, "form": form_of(view), "values": values_of(view), "saved": {}}


@get("/plugin-settings/{plugin:str}", include_in_schema=False, opt=needs(PLUGINS_MANAGE))
async def show(
    plugin: FromPath[str],
    context: Given[AdminContext],
    plugin_settings_page: Given[PluginSettingsPage],
) -> Response[bytes]:
    return context.page(TEMPLATE, **await plugin_settings_page.variables(plugin))


@post("/plugin-settings/{plugin:str}", include_in_schema=False, opt=needs(PLUGINS_MANAGE))
async def save(
    plugin: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    plugin_settings_page: Given[PluginSettingsPage],
    read_form: Given[ReadForm],
    change_plugin_settings: Given[ChangePluginSettings],
) -> Response[Any]:
    load = partial(plugin_settings_page.variables, plugin)
    loaded = await load()
    async with context.form_page(TEMPLATE, load, values=form.values):
        changes = changes_of(loaded["view"], read_form(loaded["form"], form))
        with errors_in_form():
            await change_plugin_settings(
                plugin, changes, version=form.number(VERSION, 0), actor=context.actor
            )
    return context.redirect(f"/plugin-settings/{plugin}?done=saved")


handlers = [show, save]
