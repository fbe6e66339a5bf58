"""The commands `entrepot privacy`, `keys` and `audit`, each in a process of its own."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.privacy.consent import Channel
from entrepot.assembly.shop import Shop
from tests.bank import Bank
from tests.factories import stock_up
from tests.people import MARKED, a_life
from tests.servers import clean_environment

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.own_database]

LOGIN = MARKED.marks["login"]
CHECKED = ("--verified-by", "passport seen")


@pytest.fixture
async def lives(shop: Shop, bank: Bank) -> Shop:
    await stock_up(shop)
    await a_life(shop, bank, done=True)
    await shop.relay_events().drain()
    return shop


def called(shop: Shop, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = shop.settings()
    return subprocess.run(
        [sys.executable, "-m", "entrepot", *arguments],
        env=clean_environment(
            ENTREPOT_SECRET_KEY=settings.secret_key.get_secret_value(),
            ENTREPOT_DATABASE_URL=settings.database_url,
            ENTREPOT_DATA_DIR=str(settings.data_dir),
            ENTREPOT_PAYMENT_SANDBOX_SECRET="x" * 40,
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


async def test_a_bundle_is_written_and_verified_without_the_database(
    lives: Shop, tmp_path: Path
) -> None:
    done = called(lives, "privacy", "export", LOGIN.upper(), *CHECKED, "--folder", str(tmp_path))
    assert done.returncode == 0, done.stderr
    bundle = Path(done.stdout.strip())
    public = tmp_path / "public.pem"
    public.write_text(called(lives, "keys", "public").stdout)
    checked = called(lives, "privacy", "verify", str(bundle), "--key", str(public))
    assert (checked.returncode, checked.stdout) == (0, f"{bundle.name}: the signature is valid.\n")
    bundle.write_bytes(bundle.read_bytes()[:-40] + b"\0" * 40)
    assert called(lives, "privacy", "verify", str(bundle), "--key", str(public)).returncode == 1
    wrong = called(lives, "privacy", "verify", str(bundle), "--key", str(bundle))
    assert wrong.returncode in {1, 2}
    assert "Traceback" not in wrong.stderr


async def test_an_erasure_is_planned_approved_and_certified(lives: Shop) -> None:
    plan = called(lives, "privacy", "plan", LOGIN, "--json")
    assert plan.returncode == 0, plan.stderr
    decisions = json.loads(plan.stdout)
    assert {each["outcome"] for each in decisions} == {"erase", "pseudonymise", "retain"}
    first = called(lives, "privacy", "erase", LOGIN, *CHECKED)
    assert first.returncode == 1
    found = re.search(r"Plan ([0-9a-f]{64})", first.stdout)
    assert found
    unapproved = called(lives, "privacy", "erase", LOGIN, *CHECKED, "--plan", found[1])
    assert unapproved.returncode == 2
    assert "--approved-by" in unapproved.stderr
    wrong = called(
        lives, "privacy", "erase", LOGIN, *CHECKED, "--plan", "0" * 64, "--approved-by", "Lin"
    )
    assert wrong.returncode == 1
    assert "plan" in wrong.stderr
    listed = called(lives, "privacy", "requests", "--json")
    assert [each["state"] for each in json.loads(listed.stdout)] == ["planned"]
    last = called(
        lives, "privacy", "erase", LOGIN, *CHECKED, "--plan", found[1], "--approved-by", "Lin"
    )
    assert last.returncode == 0, last.stderr
    certificate = json.loads(last.stdout)
    assert sum(certificate["certificate"]["records"].values()) == len(decisions)
    assert await lives.account_queries().find_customer(LOGIN) is None


async def test_the_inventory_and_the_log_are_in_order(lives: Shop) -> None:
    assert called(lives, "privacy", "inventory").returncode == 0
    record = called(lives, "privacy", "inventory", "--format", "json")
    assert json.loads(record.stdout)["jurisdictions"] == ["cn"]
    notice = called(lives, "privacy", "inventory", "--format", "html", "--language", "en")
    assert "<h1>Privacy notice</h1>" in notice.stdout
    exported = called(lives, "audit", "export")
    *entries, head = map(json.loads, exported.stdout.splitlines())
    assert head["number"] == len(entries) == entries[-1]["number"]
    verified = called(lives, "audit", "verify")
    assert (verified.returncode, verified.stdout) == (
        0,
        f"{len(entries)} entries verified, no changes found.\n",
    )


async def test_keys_are_rotated(lives: Shop) -> None:
    done = called(lives, "keys", "rotate")
    assert done.returncode == 0, done.stderr
    assert re.match(r"\d+ keys were rewritten.", done.stdout)
    done = called(lives, "keys", "rotate", "--indexes")
    assert done.returncode == 0, done.stderr
    assert called(lives, "privacy", "plan", LOGIN).returncode == 0
    assert await lives.account_queries().find_customer(LOGIN) is not None


async def test_a_hold_is_placed_and_released(lives: Shop) -> None:
    customer = await lives.account_queries().find_customer(LOGIN)
    assert customer is not None
    hold = ("privacy", "hold", str(customer.id), "--by", "counsel")
    assert called(lives, *hold).returncode == 2
    assert called(lives, *hold, "--reason", "case 12").returncode == 0
    held = called(lives, "privacy", "erase", str(customer.id), *CHECKED)
    assert held.returncode == 1
    assert "Held: case 12" in held.stderr
    assert called(lives, *hold, "--release").returncode == 0
    assert "is planned" in called(lives, "privacy", "erase", str(customer.id), *CHECKED).stdout


async def test_a_removed_plugin_is_named(lives: Shop) -> None:
    await lives.data_provider_registry().note({"loyalty": ["points"]}, datetime.now(UTC))
    named = called(lives, "privacy", "plan", LOGIN)
    assert named.returncode == 1
    assert "Incomplete: loyalty" in named.stderr
    assert called(lives, "privacy", "forget-plugin", "loyalty").returncode == 0
    assert called(lives, "privacy", "forget-plugin", "loyalty").returncode == 1
    assert called(lives, "privacy", "plan", LOGIN).returncode == 0


async def test_carried_out_requests_change_the_audience_of_marketing(lives: Shop) -> None:
    customer = await lives.account_queries().find_customer(LOGIN)
    assert customer is not None
    decision = {"given": True, "language": "zh", "channel": Channel.WEB}
    await lives.decide_consent()(customer.id, "marketing", **decision)  # type: ignore[arg-type]

    def audience() -> str:
        return called(lives, "privacy", "audience", "marketing").stdout

    def done(*arguments: str) -> bool:
        return called(lives, "privacy", *arguments, *CHECKED).returncode == 0

    assert audience() == ""
    assert done("verify-login", str(customer.id))
    assert audience() == f"{LOGIN}\n"
    assert done("restrict", LOGIN)
    assert audience() == ""
    assert done("restrict", LOGIN, "--lift")
    assert audience() == f"{LOGIN}\n"
    assert done("correct", LOGIN, "--name", "李梅", "--relative")
    assert (await lives.account_queries().customer(customer.id)).name == "李梅"
    assert called(lives, "privacy", "correct", LOGIN, *CHECKED).returncode == 2
    assert done("object", LOGIN)
    assert audience() == ""


async def test_an_evidence_pack_is_verified_without_the_database(
    lives: Shop, tmp_path: Path
) -> None:
    written = called(lives, "audit", "pack", "--folder", str(tmp_path))
    assert written.returncode == 0, written.stderr
    pack, public = Path(written.stdout.strip()), tmp_path / "public.pem"
    public.write_text(called(lives, "keys", "public").stdout)
    check = ("audit", "verify", "--pack", str(pack))
    assert called(lives, *check).returncode == 2
    assert called(lives, *check, "--key", str(public)).returncode == 0
    pack.write_bytes(pack.read_bytes()[:-40] + b"\0" * 40)
    assert called(lives, *check, "--key", str(public)).returncode == 1
    assert called(lives, "audit", "verify", "--log", "consents").returncode == 0
