"""Bundles for access and portability, also after an export was killed."""

import json
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from adapters.bundles.verification import verify
from adapters.security.signatures import verify_signature
from core.domain.privacy.records import Page, Record, Subject
from core.domain.privacy.request import RequestKind
from entrepot.assembly.shop import Shop
from tests.erasures import SUBJECT
from tests.loyalty import LoyaltyPoints
from tests.people import ALIKE, MARKED, register

pytestmark = pytest.mark.anyio


ENTRIES = {f"{number:03d}": number for number in range(20)}


class Killed(BaseException):
    """Stands for SIGKILL: no code catches it."""


class KilledProvider(LoyaltyPoints):
    """Is killed once, at page ``killed_at``."""

    killed_at = -1
    pages = 0

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:
        self.pages += 1
        if self.pages == self.killed_at:
            raise Killed
        return await super().export(subject, cursor)


@pytest.mark.parametrize("killed_at", range(1, 12))
async def test_a_killed_export_continues_and_reads_no_page_twice(
    shop: Shop, tmp_path: Path, killed_at: int
) -> None:
    await shop.vault().prepare()
    member = await register(shop, MARKED)
    points = KilledProvider(tmp_path / "points.json", {str(member): ENTRIES})
    data_providers = replace(shop.data_providers(), here=(points, *shop.data_providers().here))
    write = replace(shop.write_bundle(), data_providers=data_providers)
    subject = Subject(customers=frozenset({member}))
    request = await shop.open_request()(RequestKind.ACCESS, subject, "password")
    points.killed_at = killed_at
    folder = tmp_path / "bundles"
    with pytest.raises(Killed):
        await write(request, folder)
    assert not list(folder.glob("*.zip"))
    path, failures = await write(request, folder)
    assert failures == ()
    assert points.pages == 12
    assert verify(path, shop.is_signed()) == []
    with zipfile.ZipFile(path) as archive:
        lines = archive.read("data/loyalty/points.jsonl").splitlines()
    assert [json.loads(line)["points"] for line in lines] == list(ENTRIES.values())
    assert [each.name for each in folder.iterdir()] == [path.name]


async def test_a_bundle_has_all_data_of_the_person_and_of_no_other(
    lives: Shop, tmp_path: Path
) -> None:
    request = await lives.open_request()(RequestKind.ACCESS, SUBJECT, "password")
    path, failures = await lives.answer_access()(request, tmp_path / "bundles")
    assert failures == ()
    key = lives.vault().keyring.signer.public_key()
    assert verify(path, partial(verify_signature, key)) == []
    with zipfile.ZipFile(path) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
    counts = {each["path"]: each["records"] for each in manifest["files"] if "records" in each}
    assert counts == {
        "data/shop/addresses.jsonl": 1,
        "data/shop/carts.jsonl": 2,
        "data/shop/claims.jsonl": 2,
        "data/shop/consents.jsonl": 2,
        "data/shop/coupons.jsonl": 1,
        "data/shop/customers.jsonl": 1,
        "data/shop/ledger_accounts.jsonl": 1,
        "data/shop/ledger_lines.jsonl": 1,
        "data/shop/logins.jsonl": 1,
        "data/shop/notifications.jsonl": 2,
        "data/shop/order_lines.jsonl": 2,
        "data/shop/orders.jsonl": 2,
        "data/shop/recipient_log.jsonl": 1,
        "data/shop/payments.jsonl": 2,
        "data/shop/quota_uses.jsonl": 2,
        "data/shop/returns.jsonl": 1,
        "data/shop/shipments.jsonl": 1,
    }
    expected = set(MARKED.marks) - {"answer", "told"}
    assert expected <= set(MARKED.marks_in(content))
    assert ALIKE.marks_in(content) == []
    assert b"argon2" not in content
    assert manifest["data_providers"]["failed"] == []
    assert {"place": "customers.password_hash", "reason": "a secret"} in manifest["omissions"]


async def test_a_portable_bundle_has_only_data_from_the_person(lives: Shop, tmp_path: Path) -> None:
    request = await lives.open_request()(RequestKind.PORTABILITY, SUBJECT, "password")
    path, _ = await lives.answer_access()(request, tmp_path / "bundles")
    with zipfile.ZipFile(path) as archive:
        names = {name.rpartition("/")[2] for name in archive.namelist()}
    assert "orders.jsonl" in names
    assert "payments.jsonl" not in names
