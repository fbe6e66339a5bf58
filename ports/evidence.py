"""Files that prove themselves."""

from pathlib import Path
from typing import Protocol


class WriteEvidence(Protocol):
    async def __call__(self, folder: Path, /) -> Path:
        """Write the evidence pack into ``folder``; where it is. It names nobody."""
