"""Recipients of personal data are recorded, disclosed, and not abroad without a legal path."""

import json
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from adapters.cli.notice import notice_of
from adapters.database.privacy.shop_records import fields
from adapters.plugins.guards import PluginGuards
from adapters.policies.documents import load_policy
from core.application.carts.ownership import CartOwner
from core.application.privacy.recipients import Recipients
from core.domain.privacy.inventory import Category
from core.domain.privacy.recipient import Recipient, Transfers
from core.domain.privacy.request import RequestKind
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from entrepot.plugin_manager import PluginManager
from tests.bank import BACK, PARCEL, SMALL, Bank, checkout
from tests.erasures import SUBJECT, erased
from tests.factories import stock_up
from tests.people import MARKED, bought, register

pytestmark = pytest.mark.anyio

BANK = Recipient(
    code="big-bank",
    name=Text({"zh": "大银行", "en": "Big Bank"}),
    country="CN",
    receives=(Category.BEHAVIOUR,),
)
POST = replace(BANK, code="post", name=Text({"zh": "邮局", "en": "Post"}))
BOTH = Recipients(by_gateway={"bank": BANK}, quoting=(POST,))


async def test_recipients_of_an_order_are_in_the_bundle_and_the_certificate(
    shop: Shop,
    bank: Bank,  # noqa: ARG001 -- receives the payment
    tmp_path: Path,
) -> None:
    await shop.vault().prepare()
    await stock_up(shop)
    owner = CartOwner(customer_id=await register(shop, MARKED))
    await shop.add_to_cart()(owner, SMALL, 1)
    await shop.set_delivery()(owner, MARKED.delivery)
    place = replace(shop.place_order(), recipients=BOTH)
    placed = await place(owner, await checkout(shop, owner))
    await replace(shop.start_payment(), recipients=BOTH)(placed.id, BACK)
    async with shop.units()() as unit:
        assert await unit.recipient_log.recipients(placed.id) == ("big-bank", "post")
    request = await shop.open_request()(RequestKind.ACCESS, SUBJECT, "password")
    path, _ = await replace(shop.write_bundle(), recipients=BOTH)(request, tmp_path)
    with zipfile.ZipFile(path) as archive:
        logged = [json.loads(x) for x in archive.read("data/shop/recipient_log.jsonl").splitlines()]
        information = json.loads(archive.read("information.json"))
    assert {each["recipient"] for each in logged} == {"big-bank", "post"}
    assert [each["country"] for each in information["recipients"]] == ["CN", "CN"]
    done = await erased(shop)
    assert done.certificate is not None
    assert done.certificate["certificate"]["recipients"] == ["big-bank", "post"]


async def test_a_carrier_is_a_recipient_from_the_shipment_on(shop: Shop, bank: Bank) -> None:
    await shop.vault().prepare()
    await stock_up(shop)
    placed = await bought(shop, bank, CartOwner(token="guest"), MARKED, MARKED.delivery)
    async with shop.units()() as unit:
        assert await unit.recipient_log.recipients(placed.id) == ()
    await shop.ship_order()(placed.id, PARCEL, "staff")
    async with shop.units()() as unit:
        assert await unit.recipient_log.recipients(placed.id) == ("sf",)


ABROAD = """
from entrepot import Capability, Manifest, Recipient, Text
from entrepot.privacy import Category
manifest = Manifest(
    name="acme",
    version="1",
    api=">=1,<2",
    capabilities=frozenset({Capability.PAYMENT}),
    recipient=Recipient(
        code="acme", name=Text({"en": "Acme"}), country="US", receives=(Category.CONTACT,)
    ),
)
"""


@pytest.mark.parametrize(
    ("paths", "loaded"),
    [({}, False), ({"acme": "  "}, False), ({"acme": "standard contract, filed"}, True)],
)
def test_a_plugin_abroad_is_refused_without_a_recorded_path(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    guards: PluginGuards,
    paths: dict[str, str],
    loaded: bool,  # noqa: FBT001 -- the expected result
) -> None:
    (tmp_path / "acme.py").write_text(ABROAD, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "acme", raising=False)
    manager = PluginManager(
        guards=guards,
        data=tmp_path,
        base_url="",
        currency="CNY",
        now=lambda: datetime.now(UTC),
        transfers=Transfers(home=load_policy(["cn"]).home, paths=paths),
    )
    manager.load([EntryPoint("acme", "acme", "entrepot.plugins")])
    assert ("acme" in manager.loaded) is loaded
    if not loaded:
        assert "US without a recorded path" in manager.refused[0].reason


def test_the_strictest_jurisdiction_defines_abroad() -> None:
    assert "CN" in (load_policy(["cn"]).home or ())
    assert "FR" in (load_policy(["eu"]).home or ())
    assert load_policy(["cn", "eu"]).home == frozenset()


def test_the_notice_lists_all_recipients(shop: Shop) -> None:
    assert {each.code for each in shop.recipients().all} <= {"alipay", "wechat", "unionpay"}
    page = notice_of(shop.policy(), fields(), "zh", BOTH.all)
    assert "大银行 (CN)" in page
