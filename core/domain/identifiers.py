"""Identifiers: UUIDv7 internally, short codes for people and gateways."""

import re
from typing import NewType
from uuid import UUID

from core.domain.errors import Invalid

BrandId = NewType("BrandId", UUID)
CategoryId = NewType("CategoryId", UUID)
"""UUIDv7 of a category."""

ProductId = NewType("ProductId", UUID)
"""UUIDv7 of a product."""

VariantId = NewType("VariantId", UUID)
CartId = NewType("CartId", UUID)
CustomerId = NewType("CustomerId", UUID)
"""UUIDv7 of a member: an opaque key, which says nothing about the person."""

AddressId = NewType("AddressId", UUID)
OrderId = NewType("OrderId", UUID)
"""UUIDv7 of an order."""

PurchaseId = NewType("PurchaseId", UUID)
"""What is paid together. The id of an order that is paid alone."""

PaymentId = NewType("PaymentId", UUID)
RefundId = NewType("RefundId", UUID)
ReturnId = NewType("ReturnId", UUID)
ShipmentId = NewType("ShipmentId", UUID)
"""UUIDv7 of a parcel that was shipped."""

StaffId = NewType("StaffId", UUID)
DataKeyId = NewType("DataKeyId", UUID)
RequestId = NewType("RequestId", UUID)
DisclosureId = NewType("DisclosureId", UUID)
PromotionId = NewType("PromotionId", UUID)
PriceListId = NewType("PriceListId", UUID)

Sku = NewType("Sku", str)
"""The code of a variant, unique in the shop."""

LineKey = NewType("LineKey", str)
"""Names a line in its cart or order: hexadecimal digits in a cart, ``1``, ``2``, … in an order."""

LocationCode = NewType("LocationCode", str)

Currency = NewType("Currency", str)
"""The ISO 4217 code of the currency that the shop sells in."""

BaseUrl = NewType("BaseUrl", str)
"""The shop's public address, without a trailing slash."""

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
COUNTRY = re.compile(r"[A-Z]{2}")
SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MAX_SLUG_LENGTH = 120


def check_slug(field: str, value: str) -> None:
    """Raises `Invalid` unless the value can be part of a URL.

    >>> check_slug("handle", "celadon-teapot")
    """
    if len(value) > MAX_SLUG_LENGTH or not SLUG.fullmatch(value):
        raise Invalid(
            field,
            "“{value}” must be lowercase letters, digits and single hyphens, such as tea-pot.",
            value=value[:60],
        )


def check_country(field: str, value: str) -> None:
    """Raises `Invalid` unless it has the form of a country of ISO 3166.

    >>> check_country("countries", "CN")
    """
    if not COUNTRY.fullmatch(value):
        raise Invalid(
            field, "“{value}” is not a country such as CN (two capital letters).", value=value[:40]
        )


def check_sku(value: str) -> None:
    """Raises `Invalid` unless it is 1 to 64 letters, digits and ``. _ -``."""
    if not SKU.fullmatch(value):
        raise Invalid(
            "sku",
            "“{value}” is no valid SKU: use up to 64 letters, digits and . _ - without spaces.",
            value=value[:60],
        )
