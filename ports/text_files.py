"""Decodes text files that people send."""

from typing import Protocol


class DecodeText(Protocol):
    def __call__(self, content: bytes) -> str:
        """Return the text without a byte order mark. The encoding is detected.

        Raises:
            Invalid: it is no text, or its encoding is not certain. ``field`` is ``file``.
        """
