"""Global state of the process that a plugin must not change while it is loaded."""

import asyncio
import builtins
import gc
import locale
import logging
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of the process, such as the working directory."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]


SETTINGS = (
    Setting("the working directory", os.getcwd, os.chdir),
    Setting("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    Setting("the switch interval", sys.getswitchinterval, sys.setswitchinterval),
    Setting("the timeout of sockets", socket.getdefaulttimeout, socket.setdefaulttimeout),
    Setting(
        "the locale",
        lambda: locale.setlocale(locale.LC_ALL),
        lambda value: locale.setlocale(locale.LC_ALL, value),
    ),
    Setting("garbage collection", gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    Setting("logging", lambda: logging.root.manager.disable, logging.disable),
)
# Objects that other code finds by their name, and their owners.
NAMED = {
    "sys.stdin": (sys, "stdin"),
    "sys.stderr": (sys, "stderr"),
    "sys.excepthook": (sys, "excepthook"),
    "threading.excepthook": (threading, "excepthook"),
    "asyncio.new_event_loop": (asyncio, "new_event_loop"),
}
# Names may be added to these. Those that are there must stay.
SHARED: dict[str, MutableMapping[str, Any]] = {
    "sys.modules": sys.modules,
    "builtins": vars(builtins),
    "the environment": os.environ,
}


@contextmanager
def kept_process_state() -> Iterator[list[str]]:
    """Restore what the code inside changes. The list has the names of the changes afterwards.

    Filters of warnings are restored without a word, because many packages add some. What the
    code prints goes to standard error: the output of a command stays readable.
    """
    changes: list[str] = []
    settings = [(each, each.read()) for each in SETTINGS]
    named = {name: getattr(owner, key) for name, (owner, key) in NAMED.items()}
    shared = {name: dict(values) for name, values in SHARED.items()}
    with warnings.catch_warnings(), redirect_stdout(sys.stderr):
        try:
            yield changes
        finally:
            for setting, before in settings:
                if setting.read() != before:
                    setting.write(before)
                    changes.append(setting.name)
            for name, (owner, key) in NAMED.items():
                if getattr(owner, key) is not named[name]:
                    setattr(owner, key, named[name])
                    changes.append(name)
            for name, values in SHARED.items():
                if _restored(values, shared[name]):
                    changes.append(name)


def _restored(values: MutableMapping[str, Any], before: dict[str, Any]) -> bool:
    missing = object()
    changed = [
        name
        for name, value in before.items()
        if values.get(name, missing) is not value and values.get(name, missing) != value
    ]
    for name in changed:
        values[name] = before[name]
    return bool(changed)
