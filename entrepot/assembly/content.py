"""The content of plugins: slots, pages, templates and static files. For the web app alone."""

from functools import partial

from adapters.plugins.blocks import GuardedBlocks
from adapters.plugins.limits import Purpose
from adapters.plugins.pages import GuardedPage
from adapters.plugins.slots import GuardedFill, GuardedSlots
from adapters.web.content.services import PluginContent
from adapters.web.content.static_files import STATIC, prefix_of
from adapters.web.content.templates import PluginTemplates, TemplateTools
from adapters.web.one_time import one_time_field
from entrepot.assembly.shop import Shop
from entrepot.plugin_contract import PAGES, SLOTS
from ports.content.fragments import RenderFragment
from ports.content.pages import PluginPage


def plugin_content_of(shop: Shop) -> PluginContent:
    loaded = shop.plugins().loaded
    files = {name: each.manifest.files for name, each in loaded.items() if each.manifest.files}
    tools = TemplateTools(
        sanitise=shop.sanitise(), one_time_field=partial(one_time_field, shop.new_token())
    )
    render = PluginTemplates(files, tools)
    return PluginContent(
        slots=_slots_of(shop, render),
        blocks=GuardedBlocks(shop.plugin_guards(), render),
        pages=_pages_of(shop, render),
        policies={name: each.manifest.csp for name, each in loaded.items() if each.manifest.csp},
        static={prefix_of(name): folder / STATIC for name, folder in files.items()},
    )


def _slots_of(shop: Shop, render: RenderFragment) -> GuardedSlots:
    guards = shop.plugin_guards()
    fills = [
        GuardedFill(
            plugin=name,
            fill=fill,
            description=description,
            guard=guards.of(name, Purpose.SLOTS),
            render=render,
        )
        for name, fill, description in shop.plugins().described(SLOTS)
    ]
    return GuardedSlots(fills, guards.limits.fill_seconds)


def _pages_of(shop: Shop, render: RenderFragment) -> list[PluginPage]:
    guards = shop.plugin_guards()
    return [
        PluginPage(
            plugin=name,
            page=page,
            ask=GuardedPage(
                plugin=name, page=page, guard=guards.of(name, Purpose.PAGES), render=render
            ),
        )
        for name, page in shop.plugins().registered(PAGES)
    ]
