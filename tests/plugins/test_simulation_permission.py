"""Who has a code, and when a gateway can be simulated."""

import json
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import system
from adapters.plugins.guards import PluginGuards
from entrepot.plugin_manager import PluginManager
from entrepot.simulation.keys import private_pem, public_pem
from tests.gateway_fixtures import APIV3_KEY, AUTHORITY, MERCHANT, PROVIDER

ACCOUNTS: dict[str, dict[str, Any]] = {
    "alipay": {
        "app_id": "2021000000000009",
        "private_key": private_pem(MERCHANT),
        "alipay_public_keys": [public_pem(PROVIDER)],
    },
    "wechat": {
        "merchant_id": "1900000009",
        "app_id": "wx0000000000000009",
        "serial": "5E15EED1",
        "private_key": private_pem(MERCHANT),
        "apiv3_key": APIV3_KEY,
        "public_keys": {"PUB_KEY_ID_01": public_pem(PROVIDER)},
    },
    "unionpay": {
        "merchant_id": "777290058110049",
        "private_key": private_pem(MERCHANT),
        "certificate": AUTHORITY.merchant,
        "root_certificate": AUTHORITY.root,
        "middle_certificates": [AUTHORITY.middle],
    },
}

CARRIERS = """
from entrepot import Capability, Manifest, hookimpl
manifest = Manifest(name="{name}", version="1", api=">=1,<2",
                    capabilities=frozenset({{Capability.SHIPPING}}))
class Carrier:
    def __init__(self, code):
        self.code = code
    async def rates(self, request):
        return ()
@hookimpl
def entrepot_carriers(context):
    return [Carrier(code) for code in {codes}]
"""


def loaded(guards: PluginGuards, folder: Path, *, allowed: bool, gateway: str) -> PluginManager:
    manager = PluginManager(
        guards=guards,
        data=folder,
        base_url="http://shop",
        currency="CNY",
        now=system.now,
        allow_simulated_payments=allowed,
    )
    name = f"payment_{gateway}"
    manager.load([EntryPoint(name, f"plugins.{name}", "entrepot.plugins")])
    return manager


def codes(manager: PluginManager) -> list[tuple[str, str]]:
    return [(each.code, each.account) for _, each in manager.registered("entrepot_gateways")]


def set_environment(
    patch: pytest.MonkeyPatch, gateway: str, *accounts: object, simulate: bool
) -> None:
    prefix = f"ENTREPOT_PAYMENT_{gateway.upper()}"
    patch.setenv(f"{prefix}_ACCOUNTS", json.dumps(accounts))
    patch.setenv(f"{prefix}_SIMULATE", str(simulate).lower())


@pytest.mark.parametrize("gateway", ACCOUNTS)
def test_a_simulator_is_refused_unless_the_shop_allows_it(
    guards: PluginGuards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gateway: str
) -> None:
    set_environment(monkeypatch, gateway, simulate=True)
    manager = loaded(guards, tmp_path, allowed=False, gateway=gateway)
    assert codes(manager) == []
    (refusal,) = manager.refused
    assert f"ENTREPOT_PAYMENT_{gateway.upper()}_SIMULATE" in refusal.reason
    assert "ENTREPOT_ALLOW_SIMULATED_PAYMENTS" in refusal.reason


@pytest.mark.parametrize("gateway", ACCOUNTS)
def test_a_simulator_has_another_code_and_another_name_than_the_real_account(
    guards: PluginGuards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gateway: str
) -> None:
    set_environment(monkeypatch, gateway, ACCOUNTS[gateway], simulate=True)
    manager = loaded(guards, tmp_path, allowed=True, gateway=gateway)
    real, simulated = [each for _, each in manager.registered("entrepot_gateways")]
    assert (real.code, simulated.code) == (gateway, f"{gateway}-simulator")
    account = next(
        value for name, value in ACCOUNTS[gateway].items() if name in {"app_id", "merchant_id"}
    )
    assert real.account == account != simulated.account
    assert "模拟" in simulated.name.in_language("zh")
    assert "模拟" not in real.name.in_language("zh")


@pytest.mark.parametrize("gateway", ACCOUNTS)
def test_two_accounts_of_one_code_are_refused_by_name(
    guards: PluginGuards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gateway: str
) -> None:
    account = ACCOUNTS[gateway]
    set_environment(monkeypatch, gateway, account, account, simulate=False)
    manager = loaded(guards, tmp_path, allowed=True, gateway=gateway)
    assert codes(manager) == []
    assert f"“{gateway}” clashes with another one of its own" in manager.refused[0].reason
    other = {**account, "code": f"{gateway}-2"}
    set_environment(monkeypatch, gateway, account, other, simulate=False)
    assert len(codes(loaded(guards, tmp_path, allowed=False, gateway=gateway))) == 2


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ('["sf", "sf"]', "“sf” clashes with another one of its own"),
        ('["freight"]', "“freight” clashes with that of “logistics”"),
        ('["freight.sf"]', "“freight.sf” is no code"),
        ('[""]', "is no code"),
    ],
)
def test_two_carriers_of_one_code_are_refused_by_name(
    guards: PluginGuards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str, reason: str
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "zz_carriers.py").write_text(
        CARRIERS.format(name="zz_carriers", codes=listed), encoding="utf-8"
    )
    monkeypatch.delitem(sys.modules, "zz_carriers", raising=False)
    manager = PluginManager(
        guards=guards, data=tmp_path, base_url="", currency="CNY", now=system.now
    )
    manager.load(
        [
            EntryPoint("logistics", "plugins.logistics", "entrepot.plugins"),
            EntryPoint("zz_carriers", "zz_carriers", "entrepot.plugins"),
        ]
    )
    assert list(manager.loaded) == ["logistics"]
    assert reason in manager.refused[0].reason
