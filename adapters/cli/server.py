"""`entrepot serve` and `entrepot worker`."""

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

KILL_AFTER_SECONDS = 2
BACKPRESSURE = 512
HEADER_TIMEOUT_MS = 15_000
LONGEST_HEADERS = 65_536
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

MediaFolder = NewType("MediaFolder", Path)
"""Where the shop's own pictures are."""


class BackgroundWork(Protocol):
    async def run(self) -> None:
        """Relay events and run jobs until it is cancelled."""


@dataclass(frozen=True, slots=True)
class ServerCommands:
    media: MediaFolder


@dataclass(frozen=True, slots=True)
class WorkerCommands:
    work: BackgroundWork


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@pass_assembly
def serve(assembly: Assembly, host: str, port: int, workers: int) -> None:
    """Serve the shop until SIGTERM or Ctrl-C."""
    serve_forever(assembly, host, port, workers)


@click.command()
@pass_assembly
def worker(assembly: Assembly) -> None:
    """Relay events and run jobs, beside a server that does not (see ENTREPOT_WORKER_IN_SERVER)."""

    async def work(parts: WorkerCommands) -> None:
        task = asyncio.create_task(parts.work.run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    run(assembly, WorkerCommands, work)


def serve_forever(assembly: Assembly, host: str, port: int, workers: int) -> None:
    """Serve with granian: the app by its workers, static files and pictures by itself."""
    refuse_taken_port(host, port)
    media = assembly.open().part(ServerCommands).media
    server = Granian(
        "entrepot",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        workers_kill_timeout=KILL_AFTER_SECONDS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=LONGEST_HEADERS
        ),
        websockets=False,
        log_level=LogLevels.warning,
        backpressure=BACKPRESSURE,
        static_path_mount=[STATIC, media],
        static_path_route=["/static", "/media"],
    )
    server.serve(target_loader=_loader(assembly))


def refuse_taken_port(host: str, port: int) -> None:
    """Another server of ours would share the port without a word."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} is taken. Choose another, as in PORT=8123 make demo."
            ) from error


def _loader(assembly: Assembly) -> Callable[[str], AsgiApp]:
    def load(_target: str) -> AsgiApp:
        """Runs in each worker, which must not outlive its parent."""
        parent = os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        if sys.platform == "linux":
            import ctypes  # noqa: PLC0415 -- where there is a libc to call

            ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
            if os.getppid() != parent:
                raise SystemExit(1)
        return assembly.create_app()

    return load
