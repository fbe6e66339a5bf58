"""Offers as lines of a price request."""

from core.domain.pricing.request import RequestLine
from ports.catalogue.queries import Offer


def request_line(key: str, offer: Offer, quantity: int = 1, added_by: str = "") -> RequestLine:
    return RequestLine(
        key=key,
        sku=offer.sku,
        quantity=quantity,
        list_price=offer.price.minor,
        product=offer.handle,
        categories=offer.categories,
        brand=offer.brand,
        tags=offer.tags,
        attributes=offer.attributes,
        tax_class=offer.tax_class,
        is_on_sale=offer.is_on_sale,
        added_by=added_by,
    )
