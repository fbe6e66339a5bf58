"""Sales channels: where a buyer places an order. Prices can depend on them."""

from enum import StrEnum


class SalesChannel(StrEnum):
    """``WEB`` are the pages of the shop, ``API`` are the programs of others, such as an app."""

    WEB = "web"
    API = "api"
