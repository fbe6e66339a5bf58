"""A keyring lock behind the plugin guard."""

from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers.checks import WrongAnswer, exactly
from adapters.plugins.guard import PluginGuard
from ports.keys import KeyringLock

MAX_KEYRING_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class GuardedKeyringLock:
    """Blocks the caller until the service answers: a process cannot start without its keyring."""

    keyring_lock: KeyringLock
    guard: PluginGuard
    code: str

    def lock(self, keyring: bytes) -> bytes:
        return self.guard.call_and_wait(lambda: self.keyring_lock.lock(keyring), _bytes)

    def unlock(self, locked: bytes) -> bytes:
        return self.guard.call_and_wait(lambda: self.keyring_lock.unlock(locked), _bytes)


def _bytes(answer: Any) -> bytes:
    if not 0 < len(exactly(answer, bytes, "the keyring")) <= MAX_KEYRING_BYTES:
        raise WrongAnswer("the keyring is empty or too long")
    return answer  # type: ignore[no-any-return]
