"""Loads the privacy rules of each jurisdiction, with the shop's own versions."""

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.domain.privacy.policy import Policy, parse_policy


def load_policy(jurisdictions: Sequence[str], folder: Path | None = None) -> Policy:
    """Load the rules. A file in ``folder`` replaces the built-in file of the same name.

    Raises:
        ValueError: the law does not allow the policy.
    """
    rules = {each: _document(each, folder) for each in jurisdictions}
    return parse_policy(_document("notice", folder), rules)


def _document(name: str, folder: Path | None) -> dict[str, Any]:
    own = folder / f"{name}.toml" if folder else None
    builtin = files("adapters.policies").joinpath(f"{name}.toml")
    file = own if own is not None and own.exists() else builtin
    return tomllib.loads(file.read_text(encoding="utf-8"))
