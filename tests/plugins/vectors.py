"""Published test vectors: signatures made by the payment services themselves, and their kits."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("ENTREPOT_SHARED", Path(__file__).parents[3] / "shared")) / "vectors"


def vectors(file: str, *kinds: str) -> list[Any]:
    """Those of these kinds, as parameters of a test; visibly skipped where they are absent."""
    path = FOLDER / f"{file}.json"
    if not path.exists():
        reason = f"the published vectors are not at {FOLDER}"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason))]
    known = json.loads(path.read_text(encoding="utf-8"))
    return [
        pytest.param(each, id=each["id"]) for each in known if not kinds or each["kind"] in kinds
    ]


def the_vector(file: str, name: str) -> dict[str, Any]:
    path = FOLDER / f"{file}.json"
    if not path.exists():
        pytest.skip(f"the published vectors are not at {FOLDER}")
    found: dict[str, Any] = next(
        each for each in json.loads(path.read_text(encoding="utf-8")) if each["id"] == name
    )
    return found
