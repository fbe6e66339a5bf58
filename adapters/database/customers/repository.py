"""The repository of customers, each with its log-in and address book."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.sessions.logins import owner_of, remove_login, save_login
from adapters.database.statements import replace_children, save_versioned
from adapters.database.tables.accounts import account_links, guesses
from adapters.database.tables.customers import addresses, customers
from adapters.database.tables.privacy import consents
from core.domain.accounts import AccountKind
from core.domain.address import Address
from core.domain.customers import AddressBookEntry, Customer, LoginState
from core.domain.errors import NotFound
from core.domain.events import Event
from core.domain.identifiers import AddressId, CustomerId, DataKeyId
from ports.encryption import DataKeys, Encryption

LOGIN_PLACE, NAME_PLACE = "customers.login", "customers.name"
FIELDS_PLACE = "customers.fields"


PURGE_BATCH_SIZE = 500
ADDRESS_PLACE = "addresses.address"


class SqlCustomers:
    def __init__(self, connection: AsyncConnection, events: list[Event], vault: Encryption) -> None:
        self._connection = connection
        self._events = events
        self._vault = vault

    async def get(self, customer_id: CustomerId) -> Customer:
        customer = await self._find(customers.c.id == customer_id)
        if customer is None:
            raise NotFound("customer", customer_id)
        return customer

    async def find(self, login: str) -> Customer | None:
        owner = await owner_of(self._connection, self._vault, AccountKind.CUSTOMER, login)
        return await self._find(customers.c.id == owner) if owner else None

    async def save(self, customer: Customer) -> None:
        data_key_id = customer.data_key_id = (
            customer.data_key_id or await self._vault.new_data_key()
        )
        keys = await self._vault.keys([data_key_id])
        customer.version = await save_versioned(
            self._connection,
            customers,
            {
                "id": customer.id,
                "data_key_id": data_key_id,
                "login": keys.encrypt(data_key_id, LOGIN_PLACE, customer.id, customer.login),
                "password_hash": customer.password_hash,
                "name": keys.encrypt(data_key_id, NAME_PLACE, customer.id, customer.name),
                "language": customer.language,
                "registered_at": customer.registered_at,
                "login_verified": customer.login_verified,
                "login_state": str(customer.login_state),
                "frozen": customer.frozen,
                "restricted": customer.restricted,
                "groups": sorted(customer.groups),
                "fields": keys.encrypt(
                    data_key_id, FIELDS_PLACE, customer.id, dict(customer.fields)
                )
                if customer.fields
                else None,
            },
            version=customer.version,
            kind="customer",
            key=customer.id,
        )
        await self._save_login(customer)
        await replace_children(
            self._connection,
            addresses,
            addresses.c.customer_id == customer.id,
            _address_rows(customer, data_key_id, keys),
        )
        self._events += customer.events
        customer.events.clear()

    async def purge_pending(self, before: datetime) -> Sequence[DataKeyId]:
        rows = (
            await self._connection.execute(
                select(customers.c.id, customers.c.data_key_id)
                .where(
                    customers.c.login_state == str(LoginState.PENDING),
                    customers.c.registered_at < before,
                )
                .limit(PURGE_BATCH_SIZE)
            )
        ).all()
        pending = [row.id for row in rows]
        # The entry stays in its hash chain, and leads to no person.
        await self._connection.execute(
            update(consents)
            .where(consents.c.customer_id.in_(pending))
            .values(customer_id=None, salt=None)
        )
        for table in (account_links, guesses):
            await self._connection.execute(delete(table).where(table.c.account_id.in_(pending)))
        await self._connection.execute(delete(customers).where(customers.c.id.in_(pending)))
        return [DataKeyId(row.data_key_id) for row in rows]

    async def _save_login(self, customer: Customer) -> None:
        if customer.login_state is LoginState.ACTIVE:
            await save_login(
                self._connection, self._vault, AccountKind.CUSTOMER, customer.id, customer.login
            )
        elif customer.login_state is LoginState.RELEASED:
            await remove_login(self._connection, customer.id)

    async def _find(self, condition: Any) -> Customer | None:
        row = (await self._connection.execute(select(customers).where(condition))).first()
        if row is None:
            return None
        entries = await self._connection.execute(
            select(addresses)
            .where(addresses.c.customer_id == row.id)
            .order_by(addresses.c.position)
        )
        keys = await self._vault.keys([row.data_key_id])
        return Customer(
            id=CustomerId(row.id),
            login=keys.decrypt(LOGIN_PLACE, row.id, row.login),
            password_hash=row.password_hash,
            name=keys.decrypt(NAME_PLACE, row.id, row.name),
            language=row.language,
            registered_at=row.registered_at,
            addresses=tuple(
                AddressBookEntry(
                    id=AddressId(entry.id),
                    address=Address(**keys.decrypt(ADDRESS_PLACE, entry.id, entry.address)),
                )
                for entry in entries
            ),
            data_key_id=row.data_key_id,
            login_verified=row.login_verified,
            login_state=LoginState(row.login_state),
            frozen=row.frozen,
            groups=frozenset(row.groups),
            fields=keys.decrypt(FIELDS_PLACE, row.id, row.fields) or {},
            restricted=row.restricted,
            version=row.version,
        )


def _address_rows(
    customer: Customer, data_key_id: DataKeyId, keys: DataKeys
) -> list[dict[str, Any]]:
    return [
        {
            "id": entry.id,
            "customer_id": customer.id,
            "position": position,
            "address": keys.encrypt(data_key_id, ADDRESS_PLACE, entry.id, asdict(entry.address)),
        }
        for position, entry in enumerate(customer.addresses)
    ]
