"""The example of the page on prices and order guards does what the page says."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.application.carts.ownership import CartOwner
from core.domain.orders.refusals import OrderRefused
from entrepot.assembly.shop import Shop
from tests.bank import CART, SMALL, checkout, fill
from tests.factories import stock_up, yuan
from tests.installed import install_plugin

PAGE = Path(__file__).parents[2] / "docs" / "integrator" / "prices-and-order-guards.md"
pytestmark = pytest.mark.anyio


@pytest.fixture
def example(_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (source,) = re.findall(
        r"```python\n(.+?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    install_plugin(tmp_path / "site", "half_price", source)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    sys.modules.pop("half_price", None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_example_sells_at_half_the_price_two_in_each_order(
    example: None, shop: Shop
) -> None:
    del example
    await shop.vault().prepare()
    await stock_up(shop)
    owner = CartOwner(token=CART)
    await fill(shop, quantity=2)
    assert (await shop.show_cart()(owner, "en")).goods_total == yuan(168)
    with pytest.raises(OrderRefused):
        await shop.add_to_cart()(owner, SMALL, 1)
    assert (await shop.place_order()(owner, await checkout(shop, owner))).number
    assert set(shop.promotion_kinds()) == {"spend-and-save"}
    assert [each.reason for each in shop.plugin_report()() if each.name == "half_price"] == [""]
