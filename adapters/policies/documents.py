"""The rules that come with the shop, and those that a shop puts in their place."""

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.domain.privacy.policy import Policy, parse_policy

JURISDICTIONS = ("cn", "eu")


def load_policy(jurisdictions: Sequence[str], folder: Path | None = None) -> Policy:
    """From our own files, and before them those of the same name in a shop's ``folder``.

    Raises `ValueError` for a policy that the law does not allow.
    """
    rules = {each: _document(each, folder) for each in jurisdictions}
    return parse_policy(_document("notice", folder), rules)


def _document(name: str, folder: Path | None) -> dict[str, Any]:
    own = folder / f"{name}.toml" if folder else None
    ours = files("adapters.policies").joinpath(f"{name}.toml")
    file = own if own is not None and own.exists() else ours
    return tomllib.loads(file.read_text(encoding="utf-8"))
