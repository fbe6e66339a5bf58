"""The content blocks of the home page."""

from adapters.database.content.blocks import SqlBlockQueries
from adapters.database.content.row_products import SqlRowProducts
from core.application.content.blocks import AddBlock, MoveBlock, RemoveBlock, SaveBlock
from core.application.content.home import ShowBlocks
from core.domain.content.shop_kinds import SHOP_KINDS
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_contract import BLOCKS
from entrepot.plugin_manager import PluginManager
from ports.content.blocks import BlockKinds, BlockQueries, FindRowProducts, OwnedKind


def block_kinds_of(plugins: PluginManager) -> BlockKinds:
    own = [OwnedKind(kind=kind) for kind in SHOP_KINDS]
    others = [OwnedKind(kind=kind, plugin=name) for name, kind in plugins.registered(BLOCKS)]
    return BlockKinds({each.code: each for each in (*own, *others)})


@wired
class BlockParts(CatalogueParts):
    block_kinds = bound(BlockKinds, block_kinds_of)
    block_queries = bound(BlockQueries, SqlBlockQueries)
    find_row_products = bound(FindRowProducts, SqlRowProducts)
    add_block = made(AddBlock)
    save_block = made(SaveBlock)
    move_block = made(MoveBlock)
    remove_block = made(RemoveBlock)
    show_blocks = made(ShowBlocks)
