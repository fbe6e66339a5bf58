"""A shop with the plugin of `tests.fields.plugin`, and its web app."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fields.plugin import NAME, SOURCE
from tests.installed import install_plugin
from tests.web.conftest import client, stocked

__all__ = ["client", "stocked"]


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    install_plugin(tmp_path / "site", NAME, SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    sys.modules.pop(NAME, None)
