"""Fixtures of pytest. A plugin's ``conftest.py`` names this module in ``pytest_plugins``."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entrepot.testing.gateway_fixture import TestClock
from entrepot.testing.shop.fixture import ShopFixture, opened_shop
from entrepot.testing.shop.opening import migrate


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def empty_shop_database(
    anyio_backend: str,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A SQLite file that each test copies."""
    path = tmp_path_factory.mktemp("empty-shop") / "shop.db"
    await migrate(path)
    return path


@pytest.fixture
async def shop_fixture(empty_shop_database: Path, tmp_path: Path) -> AsyncIterator[ShopFixture]:
    """A whole shop with the installed plugins, and without products."""
    shutil.copy(empty_shop_database, tmp_path / "shop.db")
    async with opened_shop(tmp_path, TestClock()) as fixture:
        yield fixture
