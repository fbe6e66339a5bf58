"""Products and categories: what is shown, and what the back office changes."""

from adapters.cache.shelf import CachedShelf
from adapters.database.backoffice import SqlCatalogue
from adapters.database.shelf import SqlShelf
from core.application.browsing import ShowProduct
from core.application.importing import ImportProduct
from core.application.merchandising import MoveProduct, SaveProduct
from core.application.storekeeping import KeepCategory
from entrepot.assembly.storage import StorageParts
from entrepot.assembly.wiring import bound, made, wired
from ports.storage.shelf import Catalogue, Shelf


@wired
class CatalogueParts(StorageParts):
    shelf = bound(Shelf, SqlShelf)
    pages_shelf = made(CachedShelf)
    catalogue = bound(Catalogue, SqlCatalogue)
    show_product = made(ShowProduct)
    save_product = made(SaveProduct)
    move_product = made(MoveProduct)
    keep_category = made(KeepCategory)
    import_product = made(ImportProduct)
