"""Published test vectors: signatures of the payment services and of their SDKs."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("ENTREPOT_SHARED", Path(__file__).parents[3] / "shared")) / "vectors"


def vectors(file: str, *kinds: str) -> list[Any]:
    """Vectors of these kinds as test parameters. The test is skipped if the file is missing."""
    path = FOLDER / f"{file}.json"
    if not path.exists():
        reason = f"the published vectors are not at {FOLDER}"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason))]
    every = json.loads(path.read_text(encoding="utf-8"))
    return [
        pytest.param(each, id=each["id"]) for each in every if not kinds or each["kind"] in kinds
    ]


def the_vector(file: str, name: str) -> dict[str, Any]:
    path = FOLDER / f"{file}.json"
    if not path.exists():
        pytest.skip(f"the published vectors are not at {FOLDER}")
    vector: dict[str, Any] = next(
        each for each in json.loads(path.read_text(encoding="utf-8")) if each["id"] == name
    )
    return vector
