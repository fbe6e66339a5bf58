"""Catalogue queries, and product admin."""

from adapters.cache.catalogue import CachedCatalogueQueries
from adapters.database.catalogue.admin_queries import SqlProductQueries
from adapters.database.catalogue.queries import SqlCatalogueQueries
from adapters.database.catalogue.shown_prices import ShownPrices
from core.application.catalogue.browsing import ShowProduct
from core.application.catalogue.categories import SaveCategory
from core.application.catalogue.feed_brands import FindFeedBrand
from core.application.catalogue.feed_categories import FindFeedCategory
from core.application.catalogue.product_admin import MoveProduct, SaveProduct
from core.application.catalogue.product_import import ImportProduct
from core.application.pricing.product_prices import PriceProduct
from entrepot.assembly.pricing import PricingParts
from entrepot.assembly.wiring import bound, made, wired
from ports.catalogue.queries import CatalogueQueries, ProductQueries


@wired
class CatalogueParts(PricingParts):
    shown_prices = made(ShownPrices)
    catalogue_queries = bound(CatalogueQueries, SqlCatalogueQueries)
    cached_catalogue_queries = made(CachedCatalogueQueries)
    product_queries = bound(ProductQueries, SqlProductQueries)
    price_product = made(PriceProduct)
    show_product = made(ShowProduct)
    save_product = made(SaveProduct)
    move_product = made(MoveProduct)
    save_category = made(SaveCategory)
    find_feed_category = made(FindFeedCategory)
    find_feed_brand = made(FindFeedBrand)
    import_product = made(ImportProduct)
