"""Sealing rows that were written before personal data was encrypted."""

from collections import deque
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, inspect, text

from core.domain.identifiers import PersonId
from ports.encryption import DataKeys, Encryption

PLAIN = ("customers", "staff", "orders", "carts", "notifications")


class Sealing:
    """People made beforehand, since a migration cannot wait for a database of its own."""

    def __init__(self, vault: Encryption, people: list[PersonId], keys: DataKeys) -> None:
        self._vault = vault
        self._people = deque(people)
        self._keys = keys
        self.logins: list[dict[str, Any]] = []

    def new_person(self) -> PersonId:
        return self._people.popleft()

    def seal(self, person: PersonId, place: str, row: UUID, value: Any) -> bytes | None:
        return None if value is None else self._keys.seal(person, place, row, value)

    def indexes(self, field: str, value: str) -> list[bytes]:
        return self._vault.indexes(field, value)

    def index(self, field: str, value: str) -> bytes | None:
        return self._vault.index(field, value)


def rows_to_seal(connection: Connection) -> int:
    """How many people's keys a database needs that is not sealed yet; at most."""
    inspector = inspect(connection)
    tables = set(inspector.get_table_names())
    if "orders" not in tables or "logins" in tables:
        return 0
    counts = (
        connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 -- ours
        for table in PLAIN
    )
    return sum(counts)


async def sealing_of(vault: Encryption | None, count: int) -> Sealing | None:
    """Raises `ValueError` if there is something to seal and nothing to seal it with."""
    if not count:
        return None
    if vault is None:
        raise ValueError("The database has personal data to seal: it needs a vault.")
    people = await vault.new_people(count)
    return Sealing(vault, people, await vault.keys(people))
