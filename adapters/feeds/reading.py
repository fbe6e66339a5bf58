"""Chooses the reader of a product file by the names of its columns."""

from dataclasses import dataclass
from pathlib import Path

from adapters.feeds.encodings import read_text
from adapters.feeds.merchant import MerchantReader
from adapters.feeds.merchant_columns import is_merchant
from adapters.feeds.rows import first_cells, read_table
from adapters.feeds.shopify import ShopifyReader
from adapters.feeds.shopify_columns import is_shopify
from core.application.catalogue.feed_files import FeedOptions, ReadFile, UnreadableFile

CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Reads a Shopify product export, or a Google Merchant feed.

    ``media_prefix`` is the address prefix of the shop's own pictures.
    """

    currency: str
    media_prefix: str

    def __call__(self, file: Path, options: FeedOptions) -> ReadFile:
        text = read_text(file, options.encoding, is_in_chinese=options.language == CHINESE)
        table = read_table(text, is_shopify)
        if table is not None:
            return ShopifyReader(options.language, self.currency, self.media_prefix).read(table)
        table = read_table(text, is_merchant)
        if table is not None:
            return MerchantReader(options, self.currency).read(table)
        raise UnreadableFile(
            f"{file.name} is neither a Shopify product export (with the columns Handle and "
            "Variant Price) nor a Google Merchant feed (with id, title and price). It begins "
            f"with “{first_cells(text)}”."
        )
