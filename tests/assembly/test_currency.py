"""Amounts of settings have a currency: 800 fen are not 800 yen."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from entrepot.settings import Settings
from plugins.logistics.settings import LogisticsSettings

SECRET = "a secret of the tests, long enough"


def settings(**values: str) -> Settings:
    return Settings(secret_key=SECRET, **values)  # type: ignore[arg-type]


def test_a_shop_in_yen_needs_a_shipping_price_in_yen() -> None:
    with pytest.raises(ValidationError, match=r"ENTREPOT_FALLBACK_SHIPPING is 15\.00 CNY") as error:
        settings(currency="JPY")
    assert "such as 1500 JPY" in str(error.value)
    assert settings(currency="JPY", fallback_shipping="800 JPY").currency == "JPY"


@pytest.mark.parametrize("amount", ["1500", "15.00", "15.005 CNY", "-1 CNY", "CNY", "15 cny", ""])
def test_an_amount_without_a_currency_or_of_a_wrong_form_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError, match="ENTREPOT_FALLBACK_SHIPPING"):
        settings(fallback_shipping=amount)


def test_freight_templates_of_another_currency_are_refused() -> None:
    assert len(LogisticsSettings().read("CNY")) > 1
    with pytest.raises(ValueError, match=r"first_fee is in CNY, and the shop sells in JPY"):
        LogisticsSettings().read("JPY")


@pytest.mark.parametrize("fee", ["800", '"8.00"', '"-8.00 CNY"', '"8.005 CNY"'])
def test_a_fee_needs_an_amount_and_a_currency(tmp_path: Path, fee: str) -> None:
    file = tmp_path / "templates.toml"
    file.write_text(
        '[[template]]\ncode = "a"\nname = {en = "A"}\ncharge = "piece"\n'
        f'[[template.region]]\nmatch = ["*"]\nfirst_fee = {fee}\n'
    )
    with pytest.raises(ValueError, match="freight template 1"):
        LogisticsSettings(templates=file).read("CNY")
