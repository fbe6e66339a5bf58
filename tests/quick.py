"""Shared SQL statements make the tests faster."""

from sqlalchemy import Connection, Engine, event

LEASE_SECONDS = 0.05
"""An erasure waits for two leases of the key cache."""


class SharedStatements(dict[tuple[object, ...], object]):
    """Compiled SQL by the name of its dialect, so that every engine of the tests finds it.

    SQLAlchemy compiles each statement once per engine, and each test opens its own engines.
    """

    def __getitem__(self, key: tuple[object, ...]) -> object:
        return super().__getitem__(_named(key))

    def __setitem__(self, key: tuple[object, ...], value: object) -> None:
        super().__setitem__(_named(key), value)

    def get(self, key: tuple[object, ...], default: object = None) -> object:
        return super().get(_named(key), default)


def _named(key: tuple[object, ...]) -> tuple[object, ...]:
    """The key with the name of the dialect instead of the dialect object."""
    dialect, *rest = key
    return getattr(dialect, "name", dialect), *rest


def share_statements() -> None:
    statements = SharedStatements()

    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=statements)

    event.listen(Engine, "engine_connect", share)
