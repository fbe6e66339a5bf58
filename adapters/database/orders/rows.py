"""Rows of orders and shipments, from and to the domain. Personal data is encrypted."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from adapters.database.data_keys import CONTACT, PHONE, TRACKING
from adapters.database.documents import (
    history_from,
    history_to,
    holds_from,
    holds_to,
    instalments_from,
    instalments_to,
)
from adapters.database.orders.fields import fields_from, fields_to
from adapters.database.orders.frozen_prices import pricing_columns, pricing_of
from adapters.database.orders.lines import line_of, shipping_columns, shipping_of, units_of
from adapters.database.pricing.order_prices import grants_from, grants_to
from core.domain.address import Address
from core.domain.fulfillment import FulfillmentState, Shipment
from core.domain.identifiers import OrderId, ShipmentId
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from ports.encryption import DataKeys, Encryption

CONTACT_PLACE, ADDRESS_PLACE = "orders.contact", "orders.address"
FIELDS_PLACE = "orders.personal_fields"
ENCRYPTED_COLUMNS = (
    "data_key_id",
    "contact",
    "address",
    "contact_index",
    "phone_index",
    "personal_fields",
)
TRACKING_PLACE = "shipments.tracking_number"


def encrypted_columns(order: Order, keys: DataKeys, vault: Encryption) -> dict[str, Any]:
    if order.data_key_id is None or order.address is None:
        return dict.fromkeys(ENCRYPTED_COLUMNS)
    personal = fields_to(each for each in order.fields if each.is_personal)
    return {
        "data_key_id": order.data_key_id,
        "personal_fields": keys.encrypt(order.data_key_id, FIELDS_PLACE, order.id, personal)
        if personal
        else None,
        "contact": keys.encrypt(order.data_key_id, CONTACT_PLACE, order.id, order.contact),
        "address": keys.encrypt(order.data_key_id, ADDRESS_PLACE, order.id, asdict(order.address)),
        "contact_index": vault.index(CONTACT, order.contact),
        "phone_index": vault.index(PHONE, order.address.phone),
    }


def order_row(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "checkout_key": order.checkout_key,
        "customer_id": order.customer_id,
        **shipping_columns(order.shipping),
        "total_minor": order.total.minor,
        "currency": order.currency,
        "language": order.language,
        "state": str(order.state),
        "fulfillment": str(order.fulfillment),
        "replaces": order.replaces,
        "purchase_id": order.purchase_id,
        "instalments": instalments_to(order.instalments),
        "placed_at": order.placed_at,
        "pay_before": order.pay_before,
        **(
            {"expire_at": order.pay_before, "shipping_refunded_minor": 0}
            if order.version == 0
            else {}
        ),
        **pricing_columns(order.pricing),
        "grants": grants_to(order.grants),
        "history": history_to(order.history),
        "fields": fields_to(each for each in order.fields if not each.is_personal),
        "holds": holds_to(order.holds),
        "hold_ends_at": min((each.until for each in order.holds if each.until), default=None),
    }


def shipment_rows(order: Order, keys: DataKeys, vault: Encryption) -> list[dict[str, Any]]:
    data_key_id = order.data_key_id
    return [
        {
            "id": shipment.id,
            "order_id": order.id,
            "carrier": shipment.carrier,
            "tracking_number": data_key_id
            and keys.encrypt(data_key_id, TRACKING_PLACE, shipment.id, shipment.tracking_number),
            "tracking_index": vault.index(TRACKING, shipment.tracking_number),
            "quantities": dict(shipment.quantities),
            "shipped_at": shipment.shipped_at,
            "delivered_at": shipment.delivered_at,
        }
        for shipment in order.shipments
    ]


def order_of(
    row: Row[Any], lines: Sequence[Row[Any]], shipped: Sequence[Row[Any]], keys: DataKeys
) -> Order:
    address = keys.decrypt(ADDRESS_PLACE, row.id, row.address)
    return Order(
        id=OrderId(row.id),
        number=row.number,
        checkout_key=row.checkout_key,
        contact=keys.decrypt(CONTACT_PLACE, row.id, row.contact) or "",
        address=Address(**address) if address else None,
        lines=tuple(line_of(line, row.currency) for line in lines),
        shipping=shipping_of(row),
        language=row.language,
        placed_at=row.placed_at,
        pay_before=row.pay_before,
        customer_id=row.customer_id,
        data_key_id=row.data_key_id,
        replaces=row.replaces,
        combined_in=row.purchase_id if row.purchase_id != row.id else None,
        instalments=instalments_from(row.instalments, row.currency),
        state=OrderState(row.state),
        fulfillment=FulfillmentState(row.fulfillment),
        shipments=tuple(_shipment(each, keys) for each in shipped),
        refunded=units_of(lines, "refunded"),
        cancelled=units_of(lines, "cancelled"),
        shipping_refunded=row.shipping_refunded_minor > 0,
        pricing=pricing_of(row),
        grants=grants_from(row.grants),
        holds=holds_from(row.holds),
        history=history_from(row.history),
        fields=fields_from(
            [*row.fields, *(keys.decrypt(FIELDS_PLACE, row.id, row.personal_fields) or ())]
        ),
        version=row.version,
    )


def _shipment(row: Row[Any], keys: DataKeys) -> Shipment:
    return Shipment(
        id=ShipmentId(row.id),
        carrier=row.carrier,
        tracking_number=keys.decrypt(TRACKING_PLACE, row.id, row.tracking_number) or "",
        quantities=row.quantities,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
    )
