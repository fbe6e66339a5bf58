"""Hash chains: each entry contains the hash of the previous one, and the head is signed.

``hash = SHA-256(previous ‖ canonical entry)``. A changed entry breaks the chain at its number;
a signed head shows that later entries were removed.
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
"""The signed fields of a head."""


@dataclass(frozen=True, slots=True)
class Chain:
    """``content`` are the hashed fields. Other fields can be erased without breaking the chain."""

    content: tuple[str, ...]

    def linked(
        self,
        rows: Iterable[Mapping[str, Any]],
        last: tuple[int, str],
        canonical: Canonical,
    ) -> list[dict[str, Any]]:
        """Returns the rows as entries after ``last``: the number and hash of the last entry."""
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
        """Returns the first wrong entry number and the reason; None if the log is intact."""
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
"""The customer is not hashed, so erasing a customer does not break the chain."""

CHAINS = {"audit": AUDIT, "consents": CONSENTS}


def head_of(number: int, entry_hash: str, at: datetime) -> dict[str, Any]:
    """Returns the signed fields of the last entry."""
    return {"number": number, "hash": entry_hash, "signed_at": at.isoformat()}


def plain(value: Any) -> Any:
    """Convert times and UUIDs to strings, the form that is hashed."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
