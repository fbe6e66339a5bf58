"""Several processes upgrade one database at the same time."""

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import SECRET
from tests.servers import clean_environment

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.own_database]

PROCESSES = 2
DONE, CURRENT = "The database was upgraded.", "The database is up to date."


@pytest.fixture
async def empty_url(database_url: str, tmp_path: Path) -> str:
    """A database without tables."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'empty.db'}"
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    return database_url


async def upgraded(url: str, folder: Path) -> list[tuple[int, str]]:
    """Upgrade in several processes at once. Returns their exit codes and last lines."""
    environment = clean_environment(
        ENTREPOT_SECRET_KEY=SECRET,
        ENTREPOT_DATABASE_URL=url,
        ENTREPOT_DATA_DIR=str(folder),
        ENTREPOT_PAYMENT_SANDBOX_SECRET=SECRET,
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "entrepot", "db", "upgrade"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    shown = [await asyncio.to_thread(each.communicate) for each in processes]
    return [
        (each.returncode, out.strip().splitlines()[-1])
        for each, (out, _) in zip(processes, shown, strict=True)
    ]


async def test_one_process_upgrades_and_the_others_wait(empty_url: str, tmp_path: Path) -> None:
    results = await upgraded(empty_url, tmp_path / "data")
    assert Counter(results) == {(0, DONE): 1, (0, CURRENT): PROCESSES - 1}
