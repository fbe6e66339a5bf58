"""Data keys of new rows, and the fields that have blind indexes."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.tables.customers import customers
from core.domain.identifiers import CustomerId, DataKeyId
from ports.encryption import Encryption

CONTACT, PHONE, TRACKING, LOGIN = "contact", "phone", "tracking", "login"
"""Fields of blind indexes. Carts and orders share ``contact``, so one search finds both."""


OF_CUSTOMER = select(customers.c.data_key_id).where(customers.c.id == bindparam("key"))


async def data_key_for(
    connection: AsyncConnection, vault: Encryption, customer_id: CustomerId | None
) -> DataKeyId:
    """The customer's data key; a new one for a guest."""
    if customer_id is not None:
        data_key_id = await connection.scalar(OF_CUSTOMER, {"key": customer_id})
        if data_key_id is not None:
            return DataKeyId(data_key_id)
    return await vault.new_data_key()
