"""An export that was killed goes on where it was."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.bundles.verification import verify
from core.domain.privacy.records import Page, Record, Subject
from core.domain.privacy.request import RequestKind
from entrepot.assembly.shop import Shop
from tests.loyalty import LoyaltyPoints
from tests.people import MARKED, register

pytestmark = pytest.mark.anyio

ENTRIES = {f"{number:03d}": number for number in range(20)}


class Killed(BaseException):
    """As hard as a signal: nobody catches it on the way."""


class Mortal(LoyaltyPoints):
    """Dies at a page, once."""

    dies_at = -1
    asked = 0

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        self.asked += 1
        if self.asked == self.dies_at:
            raise Killed
        return await super().export(subject, cursor)


@pytest.mark.parametrize("dies_at", range(1, 12))
async def test_a_killed_export_goes_on_and_asks_for_no_page_twice(
    shop: Shop, tmp_path: Path, dies_at: int
) -> None:
    await shop.vault().prepare()
    member = await register(shop, MARKED)
    points = Mortal(tmp_path / "points.json", {str(member): ENTRIES})
    data_providers = replace(shop.data_providers(), here=(points, *shop.data_providers().here))
    write = replace(shop.write_bundle(), data_providers=data_providers)
    who = Subject(customers=frozenset({member}))
    request = await shop.open_request()(RequestKind.ACCESS, who, "password")
    points.dies_at = dies_at
    folder = tmp_path / "bundles"
    with pytest.raises(Killed):
        await write(request, folder)
    assert not list(folder.glob("*.zip"))
    path, failures = await write(request, folder)
    assert failures == ()
    assert points.asked == 12
    assert verify(path, shop.is_signed()) == []
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("data/loyalty/points.jsonl").splitlines()
    assert [json.loads(line)["points"] for line in lines] == list(ENTRIES.values())
    assert [each.name for each in folder.iterdir()] == [path.name]
