"""The plugin of the page on access to the shop does what the page says."""

import re
from pathlib import Path

import pytest

from core.domain.identifiers import LocationCode
from entrepot.assembly.shop import Shop
from tests.bank import SMALL, place
from tests.factories import stock_up
from tests.installed import install_plugin

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[2] / "docs" / "integrator" / "shop-access.md"


@pytest.fixture(autouse=True)
def _plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = re.findall(r"```python\n(.+?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    install_plugin(tmp_path / "site", "large_orders", source)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_holds_large_orders_until_staff_lift_the_hold(shop: Shop) -> None:
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), 100)
    small, large = await place(shop, "one"), await place(shop, "another", quantity=40)
    await shop.relay_events().drain()
    await shop.deliver_events().drain()
    holds = {}
    for placed in (small, large):
        order = await shop.order_queries().find(placed.number)
        assert order is not None
        holds[placed.number] = [each.code for each in order.holds]
    assert holds == {small.number: [], large.number: ["large_orders.review"]}
    await shop.lift_hold()(large.id, "large_orders.review", "staff:1")
