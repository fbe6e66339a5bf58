"""Catalogue queries, and product admin."""

from adapters.cache.catalogue import CachedCatalogueQueries
from adapters.database.catalogue.admin_queries import SqlProductQueries
from adapters.database.catalogue.queries import SqlCatalogueQueries
from core.application.catalogue.browsing import ShowProduct
from core.application.catalogue.categories import SaveCategory
from core.application.catalogue.product_admin import MoveProduct, SaveProduct
from core.application.catalogue.product_import import ImportProduct
from entrepot.assembly.storage import StorageParts
from entrepot.assembly.wiring import bound, made, wired
from ports.catalogue.queries import CatalogueQueries, ProductQueries


@wired
class CatalogueParts(StorageParts):
    catalogue_queries = bound(CatalogueQueries, SqlCatalogueQueries)
    cached_catalogue_queries = made(CachedCatalogueQueries)
    product_queries = bound(ProductQueries, SqlProductQueries)
    show_product = made(ShowProduct)
    save_product = made(SaveProduct)
    move_product = made(MoveProduct)
    save_category = made(SaveCategory)
    import_product = made(ImportProduct)
