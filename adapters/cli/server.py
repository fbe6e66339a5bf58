"""`entrepot serve` and `entrepot worker`: the processes of the shop."""

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from adapters.cli.shop import AsgiApp, Assembly, CreateApp, pass_assembly, run
from adapters.cli.supervisor import Supervisor
from ports.plugins import TakeWorkerRecord

KILL_TIMEOUT_SECONDS = 2
CONNECTIONS = 4_096
"""Of one process, idle ones included: granian accepts no more, and the rest wait unanswered."""
OTHER_FILES = 256
"""File descriptors for the databases, the log and files that are sent."""
HEADER_TIMEOUT_MS = 10_000
"""For the headers of a request, and for an idle connection."""
MAX_HEADER_BYTES = 32_768
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class BackgroundWork(Protocol):
    async def run(self) -> None:
        """Relay events and run jobs until the task is cancelled."""


@dataclass(frozen=True, slots=True)
class ServerCommands:
    take_record: TakeWorkerRecord


@dataclass(frozen=True, slots=True)
class WorkerCommands:
    work: BackgroundWork


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--socket",
    "unix_socket",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A Unix socket to listen on, instead of host and port.",
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@pass_assembly
def serve(assembly: Assembly, host: str, port: int, unix_socket: Path | None, workers: int) -> None:
    """Serve the shop until SIGTERM or Ctrl-C."""
    if unix_socket is not None:
        _serve(assembly, workers, uds=unix_socket)
        return
    serve_forever(assembly, host, port, workers)


@click.command()
@pass_assembly
def worker(assembly: Assembly) -> None:
    """Relay events and run jobs. Only needed with ENTREPOT_WORKER_IN_SERVER=false."""

    async def work(parts: WorkerCommands) -> None:
        task = asyncio.create_task(parts.work.run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    run(assembly, WorkerCommands, work)


def serve_forever(assembly: Assembly, host: str, port: int, workers: int) -> None:
    refuse_taken_port(host, port)
    _serve(assembly, workers, address=host, port=port)


def _serve(assembly: Assembly, workers: int, **listen: Any) -> None:
    # Wrong settings end the command before a worker starts.
    parts = assembly.open().part(ServerCommands)
    server = Supervisor(
        take_record=parts.take_record,
        interface=Interfaces.ASGI,
        workers=workers,
        workers_kill_timeout=KILL_TIMEOUT_SECONDS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=MAX_HEADER_BYTES
        ),
        websockets=False,
        log_level=LogLevels.warning,
        backpressure=_connections(),
        **listen,
    )
    server.serve(target_loader=_loader(assembly.load_web_app()))


def _connections() -> int:
    """Raise the limit of file descriptors as far as allowed, and return what connections may use.

    Without a file descriptor, granian could accept no connection at all.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return CONNECTIONS if soft == resource.RLIM_INFINITY else min(CONNECTIONS, soft - OTHER_FILES)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise if the port is in use: granian sets SO_REUSEPORT, so two servers would share it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} is in use. Choose another, such as PORT=8123 make demo."
            ) from error


def _loader(create_app: CreateApp) -> Callable[[str], AsgiApp]:
    def load(_target: str) -> AsgiApp:
        # Runs in each worker process. A worker must not outlive its parent.
        parent = os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        if sys.platform == "linux":
            import ctypes  # noqa: PLC0415 -- Linux only

            ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
            if os.getppid() != parent:
                raise SystemExit(1)
        return create_app()

    return load
