"""A fuzzer reads the OpenAPI document and tries every operation: it is as strict as the code.

It reports server errors, undocumented statuses and media types, answers that differ from their
schema, and requests that the schema refuses and the code accepts, or the other way round.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.served.conftest import STAFF, Farm

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.own_database,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

MEMBER = {"login": "mei@example.com", "password": "correct horse battery"}
FUZZER = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
EXAMPLES = 5
# The covering requests are the same for every role, and staff get furthest with them.
PHASES = {"anonymous": "fuzzing", "member": "fuzzing", "staff": "coverage,fuzzing"}
# 422 is for what JSON Schema cannot say, such as the regions of China; 410 for expired links.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "410", "422", "429", "503"]
"""


@pytest.fixture
def environment() -> Mapping[str, str]:
    return {"ENTREPOT_LOG_IN_ATTEMPTS_PER_MINUTE": "100000"}


async def token_of(farm: Farm, role: str) -> str:
    async with farm.client() as client:
        if role == "staff":
            return str((await client.post("/staff-sessions", json=STAFF)).json()["token"])
        member = {**MEMBER, "name": "李梅", "old_enough": True}
        return str((await client.post("/members", json=member)).json()["token"])


async def test_the_api_is_as_its_document_says(
    farm: Farm, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    for role, phases in PHASES.items():
        token = "" if role == "anonymous" else await token_of(farm, role)
        with subtests.test(role=role):
            run = fuzz(farm.addresses[0], tmp_path, phases, token)
            assert run.returncode == 0, run.stdout[-8_000:] + run.stderr[-2_000:]
            assert "Tested: " in run.stdout


def fuzz(address: str, folder: Path, phases: str, token: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *FUZZER,
            "--config-file=schemathesis.toml",
            "run",
            f"{address}/schema/openapi.json",
            f"--phases={phases}",
            f"--max-examples={EXAMPLES}",
            "--seed=1",
            "--generation-deterministic",
            "--request-timeout=60",
            "--max-failures=100",
            "--no-color",
            *([f"--header=Authorization: Bearer {token}"] if token else []),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
