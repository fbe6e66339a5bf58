"""The keyed hash of a person in `quota_uses`."""

from ports.encryption import BlindIndexes


def person_index(vault: BlindIndexes, person: str) -> bytes:
    """A hash that is not rotated: the value that it was made of is not stored."""
    return vault.fingerprint(f"claims of {person}")
