"""A wheel has every file of the packages and the marker of typed packages."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "ports", "adapters", "plugins", "entrepot")
MADE_BY_TOOLS = {".pyc", ".mo"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with ZipFile(built) as archive:
        return set(archive.namelist())


def test_every_package_of_a_wheel_is_marked_as_typed(wheel: set[str]) -> None:
    """PEP 561: without the marker, type checkers ignore the annotations."""
    assert {f"{package}/py.typed" for package in PACKAGES} <= wheel


def test_a_wheel_has_every_file_of_the_packages(wheel: set[str]) -> None:
    files = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in MADE_BY_TOOLS
    }
    assert "entrepot/skeletons/payment.py.txt" in files
    assert files - wheel == set()
    assert {name for name in wheel if name.startswith(("tests/", "docs/"))} == set()
