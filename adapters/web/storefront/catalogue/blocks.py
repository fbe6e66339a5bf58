"""The content blocks of the home page: the shop's own, and those of plugins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from markupsafe import Markup

from adapters.web.storefront.context import StorefrontContext
from core.application.content.home import BlockView
from core.domain.content.blocks import BlockFieldKind
from ports.catalogue.queries import ProductCard
from ports.content.blocks import PluginBlock
from ports.content.filling import FilledSlot, FilledSlots
from ports.content.fragments import Fragment, RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBlock:
    """``html`` is that of a plugin's template; otherwise ``template`` shows the ``values``."""

    template: str
    values: Mapping[str, Any]
    html: Markup


async def rendered_blocks(
    context: StorefrontContext, views: Sequence[BlockView]
) -> Mapping[UUID, FilledSlot]:
    """The blocks of plugins. What fails is missing."""
    blocks = [_of_plugin(view, context.language) for view in views if view.owned.plugin]
    return await context.services.content.blocks(blocks)


def shown_blocks(
    views: Sequence[BlockView], rendered: Mapping[UUID, FilledSlot]
) -> list[ShownBlock]:
    return [
        ShownBlock(
            template=f"storefront/blocks/{view.owned.kind.template}",
            values=view.values,
            html=_markup(view, rendered),
        )
        for view in views
        if not view.owned.plugin or view.id in rendered
    ]


def with_blocks(slots: FilledSlots, rendered: Mapping[UUID, FilledSlot]) -> FilledSlots:
    """The slots of a page that also has blocks of plugins."""
    return replace(slots, plugins=slots.plugins | {each.plugin for each in rendered.values()})


def cards_of(views: Sequence[BlockView]) -> list[ProductCard]:
    return [
        card
        for view in views
        for value in view.values.values()
        if isinstance(value, tuple)
        for card in value
    ]


def _markup(view: BlockView, rendered: Mapping[UUID, FilledSlot]) -> Markup:
    if view.id not in rendered:
        return Markup()
    html = Markup(rendered[view.id].html)  # noqa: S704 -- rendered with autoescape, and complete
    return Markup('<section data-block="{}">{}</section>').format(view.owned.code, html)


def _of_plugin(view: BlockView, language: str) -> PluginBlock:
    """Every field has a value: an empty one is an empty string or list."""
    values: dict[str, Any] = {}
    for each in view.owned.kind.fields:
        value = view.values.get(each.name, "")
        if each.kind in {BlockFieldKind.PRODUCTS, BlockFieldKind.CATEGORY}:
            values[each.name] = [_card(card) for card in value if isinstance(card, ProductCard)]
        else:
            values[each.name] = RichText(str(value)) if each.kind is BlockFieldKind.RICH else value
    fragment = Fragment(view.owned.kind.template, values)
    return PluginBlock(id=view.id, plugin=view.owned.plugin, fragment=fragment, language=language)


def _card(card: ProductCard) -> dict[str, Any]:
    return {
        "title": card.title,
        "path": f"/p/{card.handle}",
        "price": card.price,
        "picture": card.picture,
        "in_stock": card.in_stock,
    }
