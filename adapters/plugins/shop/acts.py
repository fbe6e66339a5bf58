"""Changes by plugins: each is in the audit log, and takes effect once for each idempotency key."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, TypeVar

from adapters.plugins.own_names import within_plugin
from core.application.audit.staff_actions import RecordStaffAction
from core.application.retries import retrying
from core.domain.errors import AlreadyDone, Invalid
from ports.idempotency import Claim, claiming

KEY = re.compile(r"[A-Za-z0-9._:/-]{1,120}")
KEPT = timedelta(days=400)
"""A dead delivery can be revived long after the first attempt. Its keys must still be known."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """``name`` is such as ``orders.cancel``. ``reference`` is the object, for the audit log.

    ``arguments`` are those that a repetition has too.
    """

    plugin: str
    name: str
    reference: str
    key: str
    arguments: tuple[Any, ...]

    def __post_init__(self) -> None:
        check_key(self.key)

    @property
    def actor(self) -> str:
        return actor_of(self.plugin)

    def claim(self) -> Claim:
        return Claim(
            scope=f"{self.actor} {self.name}",
            key=hash_of(self.key),
            fingerprint=fingerprint_of(self.arguments),
            kept_for=KEPT,
        )


def actor_of(plugin: str) -> str:
    """The actor of a plugin's changes, in the audit log and in the history of an order."""
    return within_plugin(plugin)


def hash_of(key: str) -> str:
    """What is stored of a key: a plugin chooses it, and it may lead to a person."""
    return hashlib.sha256(key.encode()).hexdigest()


def check_key(key: object) -> None:
    if type(key) is not str or not KEY.fullmatch(key):
        raise Invalid(
            "idempotency_key", "Use 1 to 120 letters, digits and the characters . _ : / and -."
        )


@dataclass(frozen=True, slots=True)
class PluginActs:
    """The audit log has an act before it happens, so it has refused ones too."""

    record_staff_action: RecordStaffAction

    async def once(
        self,
        act: Act,
        work: Callable[[], Awaitable[Answer]],
        again: Callable[[str], Awaitable[Answer]],
    ) -> Answer:
        """Record the act, and do it as `once_for_key`."""
        await self.record(act.plugin, act.name, act.reference)
        return await once_for_key(act, work, again)

    async def record(self, plugin: str, name: str, reference: str) -> None:
        await self.record_staff_action(actor_of(plugin), name, reference)


async def once_for_key(
    act: Act, work: Callable[[], Awaitable[Answer]], again: Callable[[str], Awaitable[Answer]]
) -> Answer:
    """Do ``work`` in units of work that store the key.

    If the key is stored already, ``again`` gets what the unit recorded as made. The work runs
    again after a commit without an answer: the key says whether it took effect.
    """

    async def attempt() -> Answer:
        with claiming(act.claim()):
            return await work()

    try:
        return await retrying(attempt, repeatable=True)
    except AlreadyDone as done:
        return await again(done.made)


def fingerprint_of(arguments: object) -> str:
    """A hash of values that is the same in every process."""
    return hashlib.sha256(_canonical(arguments).encode()).hexdigest()


def _canonical(value: Any) -> str:
    if isinstance(value, Enum):
        return _canonical(value.value)
    if is_dataclass(value):
        return _canonical({each.name: getattr(value, each.name) for each in fields(value)})
    if isinstance(value, Mapping):
        pairs = sorted((_canonical(key), _canonical(each)) for key, each in value.items())
        return json.dumps(["mapping", *pairs])
    if isinstance(value, set | frozenset):
        return json.dumps(["set", *sorted(map(_canonical, value))])
    if isinstance(value, list | tuple):
        return json.dumps(["list", *map(_canonical, value)])
    return json.dumps([type(value).__name__, str(value)])
