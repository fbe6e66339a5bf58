"""The conformance kit for a kind of content blocks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.plugins.answers.content import describe_block_kind
from adapters.plugins.blocks import GuardedBlocks
from adapters.web.plugin_content import check_content
from core.domain.content.blocks import BlockFieldKind, BlockKind, checked_values
from core.domain.money import Money
from core.domain.text import LANGUAGES, Text
from entrepot.testing.content.rendering import (
    NAME,
    AttackedTemplates,
    guards_of_kit,
    has_script,
    templates_of,
)
from ports.content.blocks import PluginBlock
from ports.content.fragments import Fragment, RenderFragment, RichText
from ports.content.pages import ServedContent

CARD = {
    "title": "Pot",
    "path": "/p/pot",
    "price": Money(9_900, "CNY"),
    "picture": "/media/pot.webp",
    "in_stock": True,
}
FILLED: dict[BlockFieldKind, Any] = {
    BlockFieldKind.LINE: "One line",
    BlockFieldKind.RICH: RichText("<p>A text</p>"),
    BlockFieldKind.ADDRESS: "/c/teapots",
    BlockFieldKind.CATEGORY: [CARD, CARD],
    BlockFieldKind.PRODUCTS: [CARD],
}
EMPTY: dict[BlockFieldKind, Any] = {
    BlockFieldKind.LINE: "",
    BlockFieldKind.RICH: RichText(""),
    BlockFieldKind.ADDRESS: "",
    BlockFieldKind.CATEGORY: [],
    BlockFieldKind.PRODUCTS: [],
}
ENTERED: dict[BlockFieldKind, Any] = {
    BlockFieldKind.LINE: Text({"en": "One line"}),
    BlockFieldKind.RICH: Text({"en": "<p>A text</p>"}),
    BlockFieldKind.ADDRESS: "/c/teapots",
    BlockFieldKind.CATEGORY: "teapots",
    BlockFieldKind.PRODUCTS: ("pot",),
}


@dataclass(frozen=True, slots=True)
class _Home:
    """The home page of a shop with one block, and one with scripts in all texts."""

    blocks: GuardedBlocks
    attacked: GuardedBlocks


class BlocksSuite:
    """Override the fixtures ``block_kind`` and ``files``, the folder with its ``templates``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def block_kind(self) -> BlockKind:
        raise NotImplementedError("Override the fixture `block_kind`.")

    @pytest.fixture
    def files(self) -> Path:
        raise NotImplementedError("Override the fixture `files`.")

    @pytest.fixture
    async def home(self, files: Path) -> AsyncIterator[_Home]:
        templates = templates_of(files)
        with guards_of_kit() as guards:

            def rendered_by(render: RenderFragment) -> GuardedBlocks:
                return GuardedBlocks(guards, render)

            yield _Home(rendered_by(templates), rendered_by(AttackedTemplates(templates)))

    async def test_its_fields_templates_and_files_are_accepted(
        self, block_kind: BlockKind, files: Path
    ) -> None:
        assert describe_block_kind(block_kind) == block_kind
        check_content(
            ServedContent(plugin=NAME, files=files, pages=(), has_slots=True, routes=()), ()
        )

    async def test_staff_can_fill_every_field(self, block_kind: BlockKind) -> None:
        entered = {each.name: ENTERED[each.kind] for each in block_kind.fields}
        assert checked_values(block_kind, entered) == entered

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_it_is_shown_with_all_values(
        self, home: _Home, block_kind: BlockKind, language: str
    ) -> None:
        assert await home.blocks([_block(block_kind, language, complete=True)])

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_it_is_shown_with_the_required_values_alone(
        self, home: _Home, block_kind: BlockKind, language: str
    ) -> None:
        assert await home.blocks([_block(block_kind, language, complete=False)])

    async def test_texts_are_escaped(self, home: _Home, block_kind: BlockKind) -> None:
        shown = await home.attacked([_block(block_kind, "en", complete=True)])
        assert not has_script([each.html for each in shown.values()])


def _block(kind: BlockKind, language: str, *, complete: bool) -> PluginBlock:
    values = {
        each.name: (FILLED if complete or each.required else EMPTY)[each.kind]
        for each in kind.fields
    }
    fragment = Fragment(kind.template, values)
    return PluginBlock(id=UUID(int=1), plugin=NAME, fragment=fragment, language=language)
