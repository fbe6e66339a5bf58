"""The settings of a plugin in the back office, and on the command line."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from adapters.cli.root import root
from entrepot.assembly.commands import OpenedShop
from entrepot.assembly.shop import Shop, prepare_shop
from entrepot.command import assembly_of
from tests.commands import command
from tests.installed import install_plugin
from tests.plugins.settings_plugin import NAME, source_of
from tests.web.html_forms import submitted
from tests.web.keyed_requests import STAFF, World

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

PATH = f"/en/admin/plugin-settings/{NAME}"
KEY = "a very secret key"


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Before the shop, which loads the plugins."""
    monkeypatch.setenv("TUNED_TONE", "warm")
    install_plugin(tmp_path / "site", NAME, source_of())
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    sys.modules.pop(NAME, None)
    yield
    sys.modules.pop(NAME, None)


async def form(client: httpx.AsyncClient) -> dict[str, str]:
    page = await client.get(PATH)
    assert page.status_code == 200
    return submitted(page.text, PATH)


async def sign_in(world: World) -> httpx.AsyncClient:
    await world.client.post("/en/admin/login", data=STAFF)
    return world.client


async def test_a_manager_changes_settings_and_sees_where_each_value_comes_from(
    world: World,
) -> None:
    client = await sign_in(world)
    assert PATH in (await client.get("/en/admin")).text
    page = (await client.get(PATH)).text
    assert "Set by the environment variable TUNED_TONE" in page
    assert "What the plugin says. · Default: Hello" in page
    sent = {**await form(client), "setting-times": "3", "setting-api_key": KEY}
    saved = await client.post(PATH, data=sent, follow_redirects=True)
    assert "Done." in saved.text
    assert "take effect at the next start" in saved.text
    assert KEY not in saved.text
    shown = await form(client)
    assert (shown["setting-times"], shown["version"]) == ("3", "1")
    assert "Saved here" in saved.text
    _, values, _ = await world.shop.plain_plugin_settings()(NAME)
    assert values == {"times": "3", "api_key": KEY}, "what is empty is not saved"

    removed = {**shown, "setting-times": "", "remove-api_key": "1"}
    await client.post(PATH, data=removed)
    _, values, _ = await world.shop.plain_plugin_settings()(NAME)
    assert values == {}


async def test_a_wrong_value_is_shown_at_its_field_and_nothing_is_saved(world: World) -> None:
    client = await sign_in(world)
    sent = {**await form(client), "setting-times": "12", "setting-api_key": KEY}
    refused = await client.post(PATH, data=sent)
    assert refused.status_code == 422
    assert 'id="setting-times-error"' in refused.text
    assert KEY not in refused.text
    assert (await form(client))["version"] == "0"


async def test_the_second_of_two_people_is_refused(world: World) -> None:
    client = await sign_in(world)
    first, second = await form(client), await form(client)
    await client.post(PATH, data={**first, "setting-times": "3"})
    late = await client.post(PATH, data={**second, "setting-times": "4"})
    assert late.status_code == 409
    assert "Another person saved this page meanwhile" in late.text
    assert (await form(client))["setting-times"] == "3"
    again = submitted(late.text, PATH)
    assert (again["setting-times"], again["version"]) == ("4", "1")


async def test_a_clerk_has_no_access_and_an_unknown_plugin_is_not_found(world: World) -> None:
    client = await sign_in(world)
    assert (await client.get("/en/admin/plugin-settings/unknown")).status_code == 404
    staff = await world.shop.staff_queries().list()
    assert staff
    await world.shop.add_staff()("clerk@example.com", STAFF["password"], "Clerk")
    await command(world.shop, "staff", "role", "clerk@example.com", "clerk")
    await client.post("/en/admin/logout")
    await client.post("/en/admin/login", data={**STAFF, "login": "clerk@example.com"})
    assert (await client.get(PATH)).status_code == 403


async def test_the_command_line_shows_and_changes_settings(shop: Shop) -> None:
    await prepare_shop(shop)
    assert (await command(shop, "plugins", "set", NAME, "times", "3")).exit_code == 0
    leaked = await command(shop, "plugins", "set", NAME, "api_key", KEY)
    assert (leaked.exit_code, "stdin" in leaked.output) == (2, True)
    typed = await run(shop, "plugins", "set", NAME, "api_key", stdin=f"{KEY}\n")
    assert "It takes effect at the next start" in typed
    listed = await command(shop, "plugins", "settings", NAME, "--json")
    assert KEY not in listed.output
    by_name = {each["name"]: each for each in json.loads(listed.output)["settings"]}
    assert (by_name["times"]["value"], by_name["times"]["source"]) == ("3", "saved")
    assert (by_name["api_key"]["value"], by_name["api_key"]["source"]) == ("", "saved")
    assert by_name["tone"]["source"] == "environment"
    table = await command(shop, "plugins", "settings", NAME)
    assert "(secret)" in table.output
    assert (await shop.plain_plugin_settings()(NAME))[1]["api_key"] == KEY
    assert (await command(shop, "plugins", "unset", NAME, "times")).exit_code == 0
    wrong = await command(shop, "plugins", "set", NAME, "times", "99")
    assert (wrong.exit_code, "times: " in wrong.output) == (1, True)
    unknown = await command(shop, "plugins", "set", NAME, "colour", "red")
    assert unknown.exit_code == 2
    missing = await command(shop, "plugins", "settings", "nothing")
    assert missing.exit_code == 1


async def run(shop: Shop, *arguments: str, stdin: str) -> str:
    def call() -> str:
        opened = assembly_of(lambda: OpenedShop(shop.settings()))
        result = CliRunner().invoke(
            root, arguments, obj=opened, input=stdin, catch_exceptions=False
        )
        return result.output

    return await asyncio.to_thread(call)


async def test_what_a_command_saved_is_not_changed_by_the_form(world: World) -> None:
    client = await sign_in(world)
    await command(world.shop, "plugins", "set", NAME, "loud", "yes")
    await command(world.shop, "plugins", "set", NAME, "words", '["x",  "y"]')
    sent = await form(client)
    assert sent["setting-loud"] == "true"
    await client.post(PATH, data={**sent, "setting-times": "3"})
    _, values, _ = await world.shop.plain_plugin_settings()(NAME)
    assert values == {"loud": "yes", "words": '["x",  "y"]', "times": "3"}
