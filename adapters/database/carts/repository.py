"""The repository of carts, and the queries for reading carts outside a unit of work."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    bindparam,
    delete,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.data_keys import CONTACT, data_key_for
from adapters.database.documents import (
    cart_lines_from,
    cart_lines_to,
    delivery_from,
    delivery_to,
)
from adapters.database.engine import Database
from adapters.database.statements import delete_batch, save_versioned
from adapters.database.tables.carts import carts
from core.domain.carts import Cart
from core.domain.errors import AlreadyExists, StaleVersion
from core.domain.identifiers import CartId, CustomerId
from ports.encryption import DataKeys, Encryption

DELIVERY = "carts.delivery"


BY_TOKEN = select(carts).where(carts.c.token_hash == bindparam("key"))


BY_CUSTOMER = select(carts).where(carts.c.customer_id == bindparam("key"))


class SqlCarts:
    """A cart is one row; its lines are a JSON column."""

    def __init__(self, connection: AsyncConnection, vault: Encryption) -> None:
        self._connection = connection
        self._vault = vault

    async def find(self, token_hash: str) -> Cart | None:
        return await self._find(BY_TOKEN, token_hash)

    async def find_by_customer(self, customer_id: CustomerId) -> Cart | None:
        return await self._find(BY_CUSTOMER, customer_id)

    async def save(self, cart: Cart) -> None:
        if cart.delivery is not None and cart.data_key_id is None:
            cart.data_key_id = await data_key_for(self._connection, self._vault, cart.customer_id)
        keys = await self._vault.keys([cart.data_key_id])
        try:
            cart.version = await save_versioned(
                self._connection,
                carts,
                {
                    "id": cart.id,
                    "token_hash": cart.token_hash,
                    "customer_id": cart.customer_id,
                    "currency": cart.currency,
                    "lines": cart_lines_to(cart.lines),
                    "coupons": list(cart.coupons),
                    "points": cart.points,
                    **_delivery(cart, keys, self._vault),
                    "updated_at": cart.updated_at,
                },
                version=cart.version,
                kind="cart",
                key=cart.id,
            )
        except AlreadyExists as error:
            # A concurrent request made the same cart first: read it, and change it.
            raise StaleVersion("cart", cart.id) from error

    async def remove(self, cart: Cart) -> None:
        await self._connection.execute(delete(carts).where(carts.c.id == cart.id))

    async def purge(self, untouched_since: datetime) -> int:
        untouched = (carts.c.updated_at < untouched_since) & carts.c.customer_id.is_(None)
        return await delete_batch(self._connection, carts, untouched)

    async def _find(self, statement: Select[Any], key: object) -> Cart | None:
        row = (await self._connection.execute(statement, {"key": key})).first()
        return None if row is None else _cart(row, await self._vault.keys([row.data_key_id]))


def _delivery(cart: Cart, keys: DataKeys, vault: Encryption) -> dict[str, Any]:
    if cart.delivery is None or cart.data_key_id is None:
        return {"data_key_id": cart.data_key_id, "delivery": None, "contact_index": None}
    return {
        "data_key_id": cart.data_key_id,
        "delivery": keys.encrypt(cart.data_key_id, DELIVERY, cart.id, delivery_to(cart.delivery)),
        "contact_index": vault.index(CONTACT, cart.delivery.contact),
    }


def _cart(row: Row[Any], keys: DataKeys) -> Cart:
    return Cart(
        id=CartId(row.id),
        token_hash=row.token_hash,
        currency=row.currency,
        updated_at=row.updated_at,
        customer_id=row.customer_id,
        lines=cart_lines_from(row.lines, row.currency),
        coupons=tuple(row.coupons),
        points=row.points,
        delivery=delivery_from(keys.decrypt(DELIVERY, row.id, row.delivery)),
        data_key_id=row.data_key_id,
        version=row.version,
    )


class SqlCartQueries:
    def __init__(self, database: Database, vault: Encryption) -> None:
        self._reads = database.reads
        self._vault = vault

    async def find(self, token_hash: str) -> Cart | None:
        async with self._reads.connect() as connection:
            return await SqlCarts(connection, self._vault).find(token_hash)

    async def find_by_customer(self, customer_id: CustomerId) -> Cart | None:
        async with self._reads.connect() as connection:
            return await SqlCarts(connection, self._vault).find_by_customer(customer_id)
