"""What a command says when a setting or the database is wrong: one line, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = {
    "ENTREPOT_SECRET_KEY": "a secret of the tests, long enough",
    "ENTREPOT_PAYMENT_SANDBOX_SECRET": "a secret of the tests, long enough",
}


YEN = "Error: ENTREPOT_FALLBACK_SHIPPING is 15.00 CNY. Set an amount in JPY, such as 1500 JPY."


@pytest.mark.parametrize(
    ("settings", "code", "line"),
    [
        ({}, 1, "Error: The database has no tables yet, or old ones. Run: entrepot db upgrade"),
        (
            {"ENTREPOT_DATABASE_URL": "postgresql://root@127.0.0.1:1/shop"},
            1,
            "Error: The database does not answer. Check ENTREPOT_DATABASE_URL.",
        ),
        (
            {"ENTREPOT_CURRENCY": "JPY"},
            2,
            YEN,
        ),
    ],
    ids=["no tables", "no server", "another currency"],
)
def test_a_wrong_environment_is_one_line(
    tmp_path: Path, settings: dict[str, str], code: int, line: str
) -> None:
    folder = {
        "ENTREPOT_DATA_DIR": str(tmp_path),
        "ENTREPOT_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "entrepot", "events", "dead"],
        env={**os.environ, **SETTINGS, **folder, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr.strip()) == (code, line)
