"""Starts and stops servers with the command that an operator uses."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

READY_WITHIN_SECONDS = 180
STOPPED_WITHIN_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**changes: str) -> dict[str, str]:
    """The environment of this process with ``changes`` and without other settings of a shop."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("ENTREPOT_")}
    return {**others, "PYTHONWARNINGS": "default", **changes}


@contextmanager
def served(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path, port: int | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run ``entrepot ARGUMENTS --port …``. Yields the address and the process.

    At the end, SIGTERM must stop it with exit code 0, unless the test stopped it.
    """
    port = port or free_port()
    with log.open("ab") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "entrepot", *arguments, "--port", str(port)],
            env=dict(environment),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_ready(base, server, log)
        yield base, server
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=STOPPED_WITHIN_SECONDS) == 0, log.read_text()
    finally:
        server.kill()
        server.wait()


def wait_until_ready(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urlopen(f"{base}/health/ready", timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(log.read_text())
