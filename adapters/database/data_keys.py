"""Whose key seals a row, and what finds a sealed value."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.tables.customers import customers
from core.domain.identifiers import CustomerId, DataKeyId
from ports.encryption import Encryption

CONTACT, PHONE, TRACKING, LOGIN = "contact", "phone", "tracking", "login"
"""The fields of blind indexes; a contact is found wherever it stands."""


OF_CUSTOMER = select(customers.c.data_key_id).where(customers.c.id == bindparam("key"))


async def data_key_for(
    connection: AsyncConnection, vault: Encryption, customer_id: CustomerId | None
) -> DataKeyId:
    """The customer's own person, or somebody new."""
    if customer_id is not None:
        known = await connection.scalar(OF_CUSTOMER, {"key": customer_id})
        if known is not None:
            return DataKeyId(known)
    return await vault.new_data_key()
