"""Opens a shop on a copy of an empty database, with quick passwords and a clock of the test."""

from pathlib import Path

from argon2 import PasswordHasher
from dependency_injector import providers

from adapters.database.engine import open_database
from adapters.database.migration import upgrade
from adapters.database.stock.repository import ensure_location
from adapters.security.passwords import Argon2Passwords
from core.domain.identifiers import LocationCode
from entrepot.assembly.shop import Shop, open_shop
from entrepot.settings import Settings
from ports.clock import Clock

SECRET = "a secret key for tests alone, long enough"
BASE_URL = "http://shop.test"
LOCATION = LocationCode("main")
MANY = 100_000
"""No limit that a test could reach."""


def quick_passwords() -> Argon2Passwords:
    """Argon2id with 1 ms of work instead of 100 ms."""
    return Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def migrate(path: Path) -> None:
    """Create a SQLite file with the tables of the shop and its location."""
    database = open_database(f"sqlite:///{path}")
    await upgrade(database)
    async with database.writes.begin() as connection:
        await ensure_location(connection, LOCATION, {"zh": "主仓", "en": "Main"})
    await database.close()


def open_test_shop(folder: Path, now: Clock) -> Shop:
    """A shop with ``folder/shop.db``, with the installed plugins, and without its worker.

    The environment has the settings of the plugins.
    """
    shop = open_shop(
        Settings(
            secret_key=SECRET,  # type: ignore[arg-type]
            database_url=f"sqlite:///{folder / 'shop.db'}",
            data_dir=folder / "data",
            base_url=BASE_URL,
            location=LOCATION,
            page_cache_seconds=0,
            worker_in_server=False,
            log_in_attempts_per_minute=MANY,
            unpaid_orders_per_contact=MANY,
            unpaid_orders_per_client=MANY,
            unpaid_units=MANY,
            metrics_address="shop",
        )
    )
    shop.now.override(providers.Object(now))
    shop.passwords.override(providers.Object(quick_passwords()))
    return shop
