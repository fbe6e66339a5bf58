"""What other processes read about the plugins of a server process: running calls, and health.

The running calls are in a file that is mapped into memory. It outlives a process that a plugin
ends with `os._exit` or a fault of a C library, and then names the plugin.
"""

import mmap
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import msgspec

from adapters.plugins.breaker import OPEN_FOR, Health
from ports.plugins import PluginHealth, WorkerRecord

SLOT_BYTES = 128
SLOTS = 256
READY = b"\x01"
CALLS, HEALTH = ".calls", ".health"
FORGOTTEN_SECONDS = 3_600.0


class ProcessRecord:
    """Records nothing until `open`. Calls begin and end in the threads of the plugins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._running: Counter[str] = Counter()
        self._slots: dict[str, int] = {}
        self._memory: mmap.mmap | None = None

    def open(self) -> None:
        """Create the file of this process. Only a server needs it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        _remove_forgotten(self._folder)
        with self._path(CALLS).open("w+b") as file:
            file.truncate(SLOT_BYTES * SLOTS)
            self._memory = mmap.mmap(file.fileno(), SLOT_BYTES * SLOTS)

    def close(self) -> None:
        if self._memory is not None:
            self._memory = None
            for kind in (CALLS, HEALTH):
                self._path(kind).unlink(missing_ok=True)

    def started(self) -> None:
        """The process has started, and serves requests."""
        if self._memory is not None:
            self._memory[:1] = READY

    def begin(self, call: str) -> None:
        with self._lock:
            self._running[call] += 1
            if self._running[call] == 1:
                self._write(call, call.encode())

    def end(self, call: str) -> None:
        with self._lock:
            self._running[call] -= 1
            if self._running[call] == 0:
                self._write(call, b"")

    def report(self, plugins: Sequence[PluginHealth]) -> None:
        """Replace the health of the plugins in this process."""
        if self._memory is not None:
            partial = self._path(HEALTH).with_suffix(".partial")
            partial.write_bytes(msgspec.json.encode(plugins))
            partial.replace(self._path(HEALTH))

    def _write(self, call: str, text: bytes) -> None:
        # The first slot says whether the process has started.
        slot = self._slots.setdefault(call, len(self._slots) + 1)
        if self._memory is not None and slot < SLOTS:
            start = slot * SLOT_BYTES
            self._memory[start : start + SLOT_BYTES] = text[:SLOT_BYTES].ljust(SLOT_BYTES, b"\0")

    def _path(self, kind: str) -> Path:
        return self._folder / f"{os.getpid()}{kind}"


def take_record(folder: Path, pid: int) -> WorkerRecord:
    """Read and delete the record of a process that ended."""
    path = folder / f"{pid}{CALLS}"
    (folder / f"{pid}{HEALTH}").unlink(missing_ok=True)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return WorkerRecord(started=False, running=())
    path.unlink(missing_ok=True)
    slots = (content[at : at + SLOT_BYTES] for at in range(SLOT_BYTES, len(content), SLOT_BYTES))
    running = (slot.rstrip(b"\0").decode(errors="replace") for slot in slots)
    return WorkerRecord(
        started=content[:1] == READY, running=tuple(each for each in running if each)
    )


def servers_health(folder: Path) -> Iterator[Mapping[str, PluginHealth]]:
    """The health of the plugins in each running server process of this machine, by name."""
    for path in sorted(folder.glob(f"*{HEALTH}")):
        if _is_running(int(path.stem)):
            plugins = msgspec.json.decode(path.read_bytes(), type=list[PluginHealth])
            expired = _age_seconds(path) > OPEN_FOR.total_seconds()
            yield {each.name: _later(each) if expired else each for each in plugins}


def _later(plugin: PluginHealth) -> PluginHealth:
    """A quarantine ends by itself, and no call has changed the health since then."""
    if plugin.state == Health.QUARANTINED:
        return replace(plugin, state=str(Health.FAILING))
    return plugin


def _remove_forgotten(folder: Path) -> None:
    """Delete the records of processes that were killed together with their supervisor."""
    for path in (*folder.glob(f"*{CALLS}"), *folder.glob(f"*{HEALTH}")):
        if not _is_running(int(path.stem)) and _age_seconds(path) > FORGOTTEN_SECONDS:
            path.unlink(missing_ok=True)


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
