"""`entrepot serve` and `entrepot worker`: the processes of the shop."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NewType, Protocol

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from adapters.cli.shop import AsgiApp, Assembly, pass_assembly, run
from adapters.web.pages import STATIC

KILL_TIMEOUT_SECONDS = 2
BACKPRESSURE = 512
HEADER_TIMEOUT_MS = 15_000
MAX_HEADER_BYTES = 65_536
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

MediaFolder = NewType("MediaFolder", Path)
"""The folder of the uploaded pictures."""


class BackgroundWork(Protocol):
    async def run(self) -> None:
        """Relay events and run jobs until the task is cancelled."""


@dataclass(frozen=True, slots=True)
class ServerCommands:
    media: MediaFolder


@dataclass(frozen=True, slots=True)
class WorkerCommands:
    work: BackgroundWork


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@pass_assembly
def serve(assembly: Assembly, host: str, port: int, workers: int) -> None:
    """Serve the shop until SIGTERM or Ctrl-C."""
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
    """Serve with granian, which answers static files and pictures without the app."""
    refuse_taken_port(host, port)
    media = assembly.open().part(ServerCommands).media
    server = Granian(
        "entrepot",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        workers_kill_timeout=KILL_TIMEOUT_SECONDS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=MAX_HEADER_BYTES
        ),
        websockets=False,
        log_level=LogLevels.warning,
        backpressure=BACKPRESSURE,
        static_path_mount=[STATIC, media],
        static_path_route=["/static", "/media"],
    )
    server.serve(target_loader=_loader(assembly))


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


def _loader(assembly: Assembly) -> Callable[[str], AsgiApp]:
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
        return assembly.create_app()

    return load
