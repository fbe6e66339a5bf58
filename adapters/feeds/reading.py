"""Chooses the reader of a product file by the names of its columns."""

from dataclasses import dataclass
from pathlib import Path

from adapters.feeds.merchant import MerchantReader, is_merchant
from adapters.feeds.rows import read_rows, read_text
from adapters.feeds.shopify import ShopifyReader
from adapters.feeds.shopify_columns import is_shopify
from core.application.catalogue.feed_files import ReadProduct, UnreadableFile


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Reads a Shopify product export, or a Google Merchant feed.

    ``media_prefix`` is the address prefix of the shop's own pictures.
    """

    currency: str
    media_prefix: str

    def __call__(self, file: Path, language: str, assume_stock: int) -> list[ReadProduct]:
        text = read_text(file)
        first = text.split("\n", 1)[0]
        header, rows = read_rows(text, "\t" if "\t" in first else ",")
        if is_shopify(header):
            reader = ShopifyReader(language, self.currency, self.media_prefix)
            return list(reader.read(header, rows))
        if is_merchant(header):
            return list(MerchantReader(language, self.currency, assume_stock).read(header, rows))
        raise UnreadableFile(
            f"{file.name} is neither a Shopify product export (with the columns Handle and "
            "Variant Price) nor a Google Merchant feed (with id, title and price)."
        )
