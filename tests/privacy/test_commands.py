"""The commands `entrepot privacy`, `keys` and `audit`."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain.privacy.consent import Channel
from entrepot.assembly.shop import Shop
from tests.bank import Bank
from tests.commands import command
from tests.factories import stock_up
from tests.people import MARKED, a_life

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.own_database]

LOGIN = MARKED.marks["login"]
CHECKED = ("--verified-by", "passport seen")


@pytest.fixture
async def lives(shop: Shop, bank: Bank) -> Shop:
    await stock_up(shop)
    await a_life(shop, bank, done=True)
    await shop.relay_events().drain()
    return shop


@dataclass(frozen=True, slots=True)
class Called:
    code: int
    stdout: str
    stderr: str


async def called(shop: Shop, *arguments: str) -> Called:
    result = await command(shop, *arguments)
    return Called(result.exit_code, result.stdout, result.stderr)


async def test_a_bundle_is_written_and_verified_without_the_database(
    lives: Shop, tmp_path: Path
) -> None:
    done = await called(
        lives, "privacy", "export", LOGIN.upper(), *CHECKED, "--folder", str(tmp_path)
    )
    assert done.code == 0, done.stderr
    bundle = Path(done.stdout.strip())
    public = tmp_path / "public.pem"
    public.write_text((await called(lives, "keys", "public")).stdout)
    checked = await called(lives, "privacy", "verify", str(bundle), "--key", str(public))
    assert (checked.code, checked.stdout) == (0, f"{bundle.name}: the signature is valid.\n")
    bundle.write_bytes(bundle.read_bytes()[:-40] + b"\0" * 40)
    assert (await called(lives, "privacy", "verify", str(bundle), "--key", str(public))).code == 1
    wrong = await called(lives, "privacy", "verify", str(bundle), "--key", str(bundle))
    assert wrong.code in {1, 2}
    assert "Traceback" not in wrong.stderr


async def test_an_erasure_is_planned_approved_and_certified(lives: Shop) -> None:
    plan = await called(lives, "privacy", "plan", LOGIN, "--json")
    assert plan.code == 0, plan.stderr
    decisions = json.loads(plan.stdout)
    assert {each["outcome"] for each in decisions} == {"erase", "pseudonymise", "retain"}
    first = await called(lives, "privacy", "erase", LOGIN, *CHECKED)
    assert first.code == 1
    found = re.search(r"Plan ([0-9a-f]{64})", first.stdout)
    assert found
    unapproved = await called(lives, "privacy", "erase", LOGIN, *CHECKED, "--plan", found[1])
    assert unapproved.code == 2
    assert "--approved-by" in unapproved.stderr
    wrong = await called(
        lives, "privacy", "erase", LOGIN, *CHECKED, "--plan", "0" * 64, "--approved-by", "Lin"
    )
    assert wrong.code == 1
    assert "plan" in wrong.stderr
    listed = await called(lives, "privacy", "requests", "--json")
    assert [each["state"] for each in json.loads(listed.stdout)] == ["planned"]
    last = await called(
        lives, "privacy", "erase", LOGIN, *CHECKED, "--plan", found[1], "--approved-by", "Lin"
    )
    assert last.code == 0, last.stderr
    certificate = json.loads(last.stdout)
    assert sum(certificate["certificate"]["records"].values()) == len(decisions)
    assert await lives.account_queries().find_customer(LOGIN) is None


async def test_the_inventory_and_the_log_are_in_order(lives: Shop) -> None:
    assert (await called(lives, "privacy", "inventory")).code == 0
    record = await called(lives, "privacy", "inventory", "--format", "json")
    assert json.loads(record.stdout)["jurisdictions"] == ["cn"]
    notice = await called(lives, "privacy", "inventory", "--format", "html", "--language", "en")
    assert "<h1>Privacy notice</h1>" in notice.stdout
    exported = await called(lives, "audit", "export")
    *entries, head = map(json.loads, exported.stdout.splitlines())
    assert head["number"] == len(entries) == entries[-1]["number"]
    verified = await called(lives, "audit", "verify")
    assert (verified.code, verified.stdout) == (
        0,
        f"{len(entries)} entries verified, no changes found.\n",
    )


async def test_keys_are_rotated(lives: Shop) -> None:
    done = await called(lives, "keys", "rotate")
    assert done.code == 0, done.stderr
    assert re.match(r"\d+ keys were rewritten.", done.stdout)
    done = await called(lives, "keys", "rotate", "--indexes")
    assert done.code == 0, done.stderr
    assert (await called(lives, "privacy", "plan", LOGIN)).code == 0
    assert await lives.account_queries().find_customer(LOGIN) is not None


async def test_a_hold_is_placed_and_released(lives: Shop) -> None:
    customer = await lives.account_queries().find_customer(LOGIN)
    assert customer is not None
    hold = ("privacy", "hold", str(customer.id), "--by", "counsel")
    assert (await called(lives, *hold)).code == 2
    assert (await called(lives, *hold, "--reason", "case 12")).code == 0
    held = await called(lives, "privacy", "erase", str(customer.id), *CHECKED)
    assert held.code == 1
    assert "Held: case 12" in held.stderr
    assert (await called(lives, *hold, "--release")).code == 0
    assert (
        "is planned" in (await called(lives, "privacy", "erase", str(customer.id), *CHECKED)).stdout
    )


async def test_a_removed_plugin_is_named(lives: Shop) -> None:
    await lives.data_provider_registry().note({"loyalty": ["points"]}, datetime.now(UTC))
    named = await called(lives, "privacy", "plan", LOGIN)
    assert named.code == 1
    assert "Incomplete: loyalty" in named.stderr
    assert (await called(lives, "privacy", "forget-plugin", "loyalty")).code == 0
    assert (await called(lives, "privacy", "forget-plugin", "loyalty")).code == 1
    assert (await called(lives, "privacy", "plan", LOGIN)).code == 0


async def test_carried_out_requests_change_the_audience_of_marketing(lives: Shop) -> None:
    customer = await lives.account_queries().find_customer(LOGIN)
    assert customer is not None
    decision = {"given": True, "language": "zh", "channel": Channel.WEB}
    await lives.decide_consent()(customer.id, "marketing", **decision)  # type: ignore[arg-type]

    async def audience() -> str:
        return (await called(lives, "privacy", "audience", "marketing")).stdout

    async def done(*arguments: str) -> bool:
        return (await called(lives, "privacy", *arguments, *CHECKED)).code == 0

    assert await audience() == ""
    assert await done("verify-login", str(customer.id))
    assert await audience() == f"{LOGIN}\n"
    assert await done("restrict", LOGIN)
    assert await audience() == ""
    assert await done("restrict", LOGIN, "--lift")
    assert await audience() == f"{LOGIN}\n"
    assert await done("correct", LOGIN, "--name", "李梅", "--relative")
    assert (await lives.account_queries().customer(customer.id)).name == "李梅"
    assert (await called(lives, "privacy", "correct", LOGIN, *CHECKED)).code == 2
    assert await done("object", LOGIN)
    assert await audience() == ""


async def test_an_evidence_pack_is_verified_without_the_database(
    lives: Shop, tmp_path: Path
) -> None:
    written = await called(lives, "audit", "pack", "--folder", str(tmp_path))
    assert written.code == 0, written.stderr
    pack, public = Path(written.stdout.strip()), tmp_path / "public.pem"
    public.write_text((await called(lives, "keys", "public")).stdout)
    check = ("audit", "verify", "--pack", str(pack))
    assert (await called(lives, *check)).code == 2
    assert (await called(lives, *check, "--key", str(public))).code == 0
    pack.write_bytes(pack.read_bytes()[:-40] + b"\0" * 40)
    assert (await called(lives, *check, "--key", str(public))).code == 1
    assert (await called(lives, "audit", "verify", "--log", "consents")).code == 0
