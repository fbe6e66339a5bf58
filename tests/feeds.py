"""Imports and exports of product files in tests, and the published cases."""

import csv
import os
from io import StringIO
from pathlib import Path

import pytest

from adapters.cli.catalogue import ImportReport, import_products
from adapters.feeds.reading import FeedReader
from adapters.feeds.shopify_export import write
from core.application.catalogue.feed_files import FeedOptions
from core.application.catalogue.product_export import ExportProducts
from core.domain.catalogue.product import Product
from core.domain.identifiers import Sku
from core.domain.stock import StockLevel
from entrepot.assembly.shop import Shop

CASES = Path(os.environ.get("ENTREPOT_SHARED", Path(__file__).parents[2] / "shared")) / "cases"
PREFIX = "http://shop.test/media/"


def case(name: str) -> Path:
    """A published file. The test is skipped if it is missing."""
    path = CASES / name
    if not path.exists():
        pytest.skip(f"the published cases are not at {CASES}")
    return path


async def load_file(shop: Shop, file: Path, **options: object) -> ImportReport:
    feed = FeedOptions(**{"language": "en", "assume_stock": 5, **options})  # type: ignore[arg-type]
    return await import_products(shop.import_product(), FeedReader("CNY", PREFIX)(file, feed))


async def load(
    shop: Shop, content: str | bytes, tmp_path: Path, name: str = "file.csv", **options: object
) -> ImportReport:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return await load_file(shop, file, **options)


async def export(shop: Shop, language: str = "en") -> str:
    export = ExportProducts(
        shop.units(), shop.product_queries(), shop.catalogue_queries(), shop.location()
    )
    products = await export(language)
    return "".join(write(products, language, PREFIX, shop.declared_fields()))


def cells(text: str) -> list[dict[str, str]]:
    """Return the rows without empty cells, independent of the column order."""
    return [
        {name: value for name, value in row.items() if value}
        for row in csv.DictReader(StringIO(text))
    ]


async def find(shop: Shop, handle: str) -> Product:
    async with shop.units()() as unit:
        product = await unit.products.find(handle)
    assert product is not None, handle
    return product


async def level_of(shop: Shop, sku: str) -> StockLevel:
    async with shop.units()() as unit:
        (level,) = await unit.stock.levels([Sku(sku)])
    return level


def outcomes(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, len(report.refused)
