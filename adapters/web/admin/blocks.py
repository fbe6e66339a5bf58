"""The blocks of the home page: list, add, edit, order, publish and remove them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.form_values import codes_in
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.content.blocks import AddBlock, MoveBlock, RemoveBlock, SaveBlock
from core.domain.content.blocks import Block, BlockFieldKind, BlockKind, BlockValue
from core.domain.errors import NotFound
from core.domain.shop_permissions import CATALOGUE_CHANGE, CATALOGUE_READ
from core.domain.text import LANGUAGES, Text
from ports.content.blocks import BlockKinds, BlockQueries

LIST, EDITOR = "blocks.html", "block.html"
TRANSLATED = {BlockFieldKind.LINE, BlockFieldKind.RICH}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksPage:
    block_queries: Given[BlockQueries]
    block_kinds: Given[BlockKinds]

    async def variables(self) -> Mapping[str, Any]:
        blocks = await self.block_queries.blocks()
        return {"blocks": blocks, "kinds": self.block_kinds, "values": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPage:
    block_id: FromPath[UUID]
    block_queries: Given[BlockQueries]
    block_kinds: Given[BlockKinds]

    async def block(self) -> Block:
        """Raises `NotFound`."""
        found = [each for each in await self.block_queries.blocks() if each.id == self.block_id]
        if not found or found[0].kind not in self.block_kinds:
            raise NotFound("block", str(self.block_id))
        return found[0]

    async def variables(self) -> Mapping[str, Any]:
        block = await self.block()
        kind = self.block_kinds[block.kind].kind
        return {"block": block, "kind": kind, "values": fields_of(block)}


@get("/blocks", include_in_schema=False, opt=needs(CATALOGUE_READ))
async def list_blocks(
    context: Given[AdminContext], blocks_page: Given[BlocksPage]
) -> Response[bytes]:
    return context.page(LIST, **await blocks_page.variables())


@post("/blocks", include_in_schema=False, opt=needs(CATALOGUE_CHANGE))
async def add(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    blocks_page: Given[BlocksPage],
    add_block: Given[AddBlock],
) -> Response[Any]:
    async with context.form_page(LIST, blocks_page.variables):
        block_id = await add_block(form.text("kind"))
    return context.redirect(f"/blocks/{block_id}")


@get("/blocks/{block_id:uuid}", include_in_schema=False, opt=needs(CATALOGUE_READ))
async def show(context: Given[AdminContext], block_page: Given[BlockPage]) -> Response[bytes]:
    return context.page(EDITOR, **await block_page.variables())


@post("/blocks/{block_id:uuid}", include_in_schema=False, opt=needs(CATALOGUE_CHANGE))
async def save(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    block_page: Given[BlockPage],
    save_block: Given[SaveBlock],
) -> Response[Any]:
    async with context.form_page(EDITOR, block_page.variables, values=form.values):
        block = await block_page.block()
        values = values_of(form, block_page.block_kinds[block.kind].kind)
        published, version = bool(form.text("published")), form.number("version", 0)
        await save_block(block.id, values, version, published=published)
    return context.redirect("/blocks?done=saved")


@post("/blocks/{block_id:uuid}/move", include_in_schema=False, opt=needs(CATALOGUE_CHANGE))
async def move(
    block_id: FromPath[UUID],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    move_block: Given[MoveBlock],
) -> Response[Any]:
    await move_block(block_id, up=form.text("to") == "up")
    return context.redirect("/blocks")


@post("/blocks/{block_id:uuid}/remove", include_in_schema=False, opt=needs(CATALOGUE_CHANGE))
async def remove(
    block_id: FromPath[UUID],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    blocks_page: Given[BlocksPage],
    remove_block: Given[RemoveBlock],
) -> Response[Any]:
    async with context.form_page(LIST, blocks_page.variables):
        await remove_block(block_id, form.number("version", 0))
    return context.redirect("/blocks?done=removed")


def values_of(form: SubmittedForm, kind: BlockKind) -> dict[str, BlockValue]:
    """Raises `Invalid`."""
    values: dict[str, BlockValue] = {}
    for each in kind.fields:
        if each.kind in TRANSLATED:
            values[each.name] = Text({one: form.text(f"{each.name}-{one}") for one in LANGUAGES})
        elif each.kind is BlockFieldKind.PRODUCTS:
            values[each.name] = codes_in(form.text(each.name))
        else:
            values[each.name] = form.text(each.name)
    return values


def fields_of(block: Block) -> dict[str, str]:
    """The values as the form shows them."""
    fields = {"published": "1" if block.published else "", "version": str(block.version)}
    for name, value in block.values.items():
        if isinstance(value, Text):
            fields |= {f"{name}-{one}": text for one, text in value.by_language.items()}
        else:
            fields[name] = " ".join(value) if isinstance(value, tuple) else value
    return fields


handlers = [list_blocks, add, show, save, move, remove]
