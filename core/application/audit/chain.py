"""Logs in which each entry is hashed with the one before it, and the last is signed at times.

``hash = SHA-256(previous ‖ canonical entry)``. A change breaks the chain where it was made; a
tail that was cut off is missed by the last signed head.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ports.signatures import Canonical, IsSigned

BEGINNING = "0" * 64
HEAD = ("number", "hash", "signed_at")
"""What is signed of a head."""


@dataclass(frozen=True, slots=True)
class Chain:
    """``content`` are the fields that are hashed. Erasing another field breaks nothing."""

    content: tuple[str, ...]

    def linked(
        self,
        rows: Iterable[Mapping[str, Any]],
        last: tuple[int, str],
        canonical: Canonical,
    ) -> list[dict[str, Any]]:
        """The rows as entries after ``last``, the number and hash of the last entry."""
        number, previous = last
        entries = []
        for row in rows:
            number += 1
            entry = {**row, "number": number, "previous": previous}
            previous = self.hash_of(entry, canonical)
            entries.append({**entry, "hash": previous})
        return entries

    def hash_of(self, entry: Mapping[str, Any], canonical: Canonical) -> str:
        content = {name: plain(entry[name]) for name in self.content}
        return hashlib.sha256(entry["previous"].encode() + canonical(content)).hexdigest()

    async def broken_at(
        self,
        entries: AsyncIterator[Mapping[str, Any]],
        heads: Sequence[Mapping[str, Any]],
        canonical: Canonical,
        is_signed: IsSigned,
    ) -> tuple[int, str] | None:
        """The first number at which a log is not what it was, and why; None if it is."""
        signed = {int(head["number"]): head for head in heads}
        for head in heads:
            if not is_signed({name: head[name] for name in HEAD}, head):
                return int(head["number"]), "the head is not signed with this key"
        previous, expected = BEGINNING, 1
        async for entry in entries:
            number = int(entry["number"])
            if number != expected:
                return expected, "the entry is missing"
            if entry["previous"] != previous or self.hash_of(entry, canonical) != entry["hash"]:
                return number, "the entry was changed"
            if number in signed and signed[number]["hash"] != entry["hash"]:
                return number, "the entry is not the one that was signed"
            previous, expected = entry["hash"], number + 1
        if signed and max(signed) >= expected:
            return expected, "entries were cut off"
        return None


AUDIT = Chain(("number", "event_id", "at", "kind", "payload"))
CONSENTS = Chain(
    (
        "number",
        "at",
        "subject_hash",
        "purpose",
        "given",
        "notice_version",
        "text_hash",
        "language",
        "channel",
    )
)
"""Whose consent it is, is outside the hash: erasing that does not break the chain."""

CHAINS = {"audit": AUDIT, "consents": CONSENTS}


def head_of(number: int, entry_hash: str, at: datetime) -> dict[str, Any]:
    """What is signed of the last entry."""
    return {"number": number, "hash": entry_hash, "signed_at": at.isoformat()}


def plain(value: Any) -> Any:
    """Times and identifiers as texts, which is how they are hashed."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
