"""The health of plugins, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginHealth:
    """``reason`` says why a plugin was refused, or what failed last."""

    name: str
    version: str
    state: str
    reason: str


class PluginReport(Protocol):
    def __call__(self) -> Sequence[PluginHealth]:
        """Every plugin, loaded or refused, with its health in this process."""
