"""`entrepot coupons`: a batch from its creation to its end, and codes in a file."""

import json
from pathlib import Path

import pytest

from core.domain.pricing.coupons.codes import normalised
from entrepot.assembly.shop import Shop
from tests.commands import command
from tests.coupons import save_opened

pytestmark = pytest.mark.anyio

CREATE = ("coupons", "create", "spring", "--promotion", "offer", "--zh", "春季券")


@pytest.fixture(autouse=True)
async def _promotion(shop: Shop) -> None:
    await save_opened(shop)


async def test_a_batch_is_created_made_and_ended(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    make = ("coupons", "make", "spring", "30", "--to", str(file))
    created = await command(shop, *CREATE, "--word", "SPRING26", "--ends", "2099-01-01")
    assert (created.exit_code, created.stdout) == (0, "Created.\n")
    made = await command(shop, *make)
    assert (made.exit_code, made.stdout) == (0, "29 codes were made.\n")
    assert file.stat().st_mode & 0o777 == 0o600
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    assert (header, len(lines)) == ("batch,number,code", 29)
    batch, number, code = lines[-1].split(",")
    assert (batch, number) == ("spring", "30")
    typed = normalised(code)
    assert typed in await shop.find_coupons()([typed], "")
    again = await command(shop, *make)
    assert again.exit_code == 1
    assert "cannot be exported again" in again.stderr
    (listed,) = json.loads((await command(shop, "coupons", "list", "--json")).stdout)
    assert (listed["code"], listed["made"], listed["state"]) == ("spring", 30, "running")
    assert (await command(shop, "coupons", "revoke", code)).exit_code == 0
    assert await shop.find_coupons()([typed], "") == {}
    assert (await command(shop, "coupons", "end", "spring")).exit_code == 0
    assert "ended" in (await command(shop, "coupons", "list")).stdout


async def test_the_uses_of_a_batch_are_listed(shop: Shop) -> None:
    await command(shop, *CREATE, "--word", "SPRING26")
    uses = await command(shop, "coupons", "uses", "spring", "--json")
    assert (uses.exit_code, json.loads(uses.stdout)) == (0, [])
    assert "Order" in (await command(shop, "coupons", "uses", "spring")).stdout
    unknown = await command(shop, "coupons", "uses", "sprung")
    assert (unknown.exit_code, "no coupon batch “sprung”" in unknown.output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("uses", "unknown"), "There is no coupon batch “unknown”"),
        (("end", "unknown"), "There is no coupon batch “unknown”"),
        (("revoke", "UNKNOWN"), "There is no coupon “UNKNOWN”"),
        (("create", "spring", "--promotion", "none", "--zh", "券"), "no promotion “none”"),
        (("create", "Spring Sale", "--promotion", "offer", "--zh", "券"), "lowercase letters"),
        (("make", "spring", "5", "--to", "{file}"), "does not have all codes"),
    ],
)
async def test_a_refused_command_says_why(
    shop: Shop, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("batch,number,code\nspring,1,A\n", encoding="utf-8")
    await command(shop, *CREATE, "--word", "SPRING26", "--word", "SPRING27")
    refused = await command(shop, "coupons", *(each.format(file=file) for each in arguments))
    assert refused.exit_code == 1
    assert message in refused.stderr
