"""Settings of plugins: environment before saved values before defaults."""

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from adapters.database.plugin_settings import store
from adapters.database.tables.events import outbox
from adapters.database.tables.plugin_settings import plugin_settings
from adapters.keys.keyring import read_keyring, write_keyring
from core.application.plugin_settings import PluginSettingsView
from core.domain.errors import Invalid, InvalidFields, NotFound, StaleVersion
from entrepot.assembly.shop import Shop, close_shop, open_shop, prepare_shop
from entrepot.settings import Settings
from ports.plugin_settings import PluginSetting, SavedSettings, SettingKind, SettingSource
from tests.installed import install_plugin
from tests.plugins.settings_plugin import NAME, kept, source_of
from tests.threads import in_threads

pytestmark = pytest.mark.anyio

KEY = "a very secret key"
ONLY_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Install = Callable[..., None]


@pytest.fixture(autouse=True)
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """The plugin is installed. Call it for another version of the plugin."""
    site = tmp_path / "site"
    install_plugin(site, NAME, source_of())
    monkeypatch.syspath_prepend(str(site))

    def again(*, live: bool = False, required: bool = False) -> None:
        (site / f"{NAME}.py").write_text(source_of(live=live, required=required))
        sys.modules.pop(NAME, None)

    sys.modules.pop(NAME, None)
    yield again
    sys.modules.pop(NAME, None)


@pytest.fixture
async def prepared(shop: Shop) -> Shop:
    await prepare_shop(shop)
    return shop


async def shown(shop: Shop) -> PluginSettingsView:
    return await shop.show_plugin_settings()(NAME)


async def setting(shop: Shop, name: str) -> PluginSetting:
    return next(each for each in (await shown(shop)).settings if each.name == name)


async def save(shop: Shop, **changes: str | None) -> None:
    version = (await shown(shop)).version
    await shop.change_plugin_settings()(NAME, changes, version=version, actor="staff:1")


@asynccontextmanager
async def another_process(settings: Settings) -> AsyncIterator[Shop]:
    sys.modules.pop(NAME, None)
    shop = open_shop(settings)
    shop.plugins()
    try:
        yield shop
    finally:
        await close_shop(shop)


async def test_the_environment_counts_before_a_saved_value_and_that_before_the_default(
    prepared: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await setting(prepared, "times")).source is SettingSource.DEFAULT
    await save(prepared, times="3", greeting="Hi", words='["c"]', loud="true")
    async with another_process(prepared.settings()) as shop:
        used = kept().settings
        assert (used.times, used.greeting, used.words, used.loud) == (3, "Hi", ("c",), True)
    monkeypatch.setenv("TUNED_TIMES", "4")
    async with another_process(prepared.settings()) as shop:
        assert kept().settings.times == 4
        times = await setting(shop, "times")
        assert (times.source, times.value, times.variable) == (
            SettingSource.ENVIRONMENT,
            "4",
            "TUNED_TIMES",
        )
        with pytest.raises(Invalid, match="TUNED_TIMES"):
            await save(shop, times="5")
        await save(shop, greeting=None)
    async with another_process(prepared.settings()):
        assert kept().settings.greeting == "Hello"


@ONLY_SQLITE
async def test_a_setting_says_what_it_is(prepared: Shop) -> None:
    by_name = {each.name: each for each in (await shown(prepared)).settings}
    assert {name: each.kind for name, each in by_name.items()} == {
        "greeting": SettingKind.TEXT,
        "times": SettingKind.NUMBER,
        "loud": SettingKind.YES_NO,
        "tone": SettingKind.CHOICE,
        "words": SettingKind.JSON,
        "api_key": SettingKind.TEXT,
        "accounts": SettingKind.JSON,
    }
    assert {name for name, each in by_name.items() if each.secret} == {"api_key", "accounts"}
    assert by_name["tone"].choices == ("plain", "warm")
    assert (by_name["words"].value, by_name["loud"].default) == ('["a","b"]', "false")
    assert by_name["greeting"].description == "What the plugin says."


async def test_a_secret_is_encrypted_and_shown_nowhere(
    prepared: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    accounts = json.dumps([{"name": "us", "key": KEY}])
    await save(prepared, api_key=KEY, accounts=accounts)
    async with prepared.database().reads.connect() as connection:
        row = (await connection.execute(select(plugin_settings))).one()
        events = (await connection.execute(select(outbox.c.kind, outbox.c.payload))).all()
    assert KEY not in repr(row)
    assert set(row.secrets) == {"api_key", "accounts"}
    recorded = [each.payload for each in events if "Staff" in each.kind]
    assert [each["reference"] for each in recorded] == [f"{NAME} accounts api_key"], events
    assert KEY not in repr(events) + caplog.text + repr(await shown(prepared))
    async with another_process(prepared.settings()):
        assert kept().settings.api_key.get_secret_value() == KEY
        assert kept().settings.accounts[0].key.get_secret_value() == KEY


@ONLY_SQLITE
async def test_a_secret_that_was_moved_or_has_another_keyring_is_not_used_and_reported(
    prepared: Shop,
) -> None:
    secrets = prepared.setting_secrets()
    await save(prepared, api_key=KEY)
    async with prepared.database().writes.begin() as connection:
        row = (await connection.execute(select(plugin_settings.c.secrets))).one()
        moved = {"accounts": row.secrets["api_key"]}
        await connection.execute(update(plugin_settings).values(secrets=moved))
    assert secrets.decrypt(NAME, "api_key", secrets.encrypt(NAME, "api_key", KEY)) == KEY
    async with another_process(prepared.settings()) as shop:
        (health,) = [each for each in shop.plugin_report()() if each.name == NAME]
        assert "saved secret accounts is not used" in health.reason
        assert (await shown(shop)).unreadable == ("accounts",)
        assert kept().settings.accounts == ()


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"times": "10"}, "times", "less than or equal to 9"),
        ({"times": "many"}, "times", "valid integer"),
        ({"words": "[1"}, "words", "not valid"),
        ({"tone": "cold"}, "tone", "'plain' or 'warm'"),
        ({"loud": "true", "times": "6", "api_key": KEY}, "", "Not loud so often, …"),
        ({"accounts": f'[{{"name": "{KEY}", "key": "k"}}]'}, "accounts", "No name …"),
        ({"greeting": "x" * 20_001}, "greeting", "at most 20000 characters"),
    ],
)
async def test_a_change_is_validated_as_a_whole_before_it_is_saved(
    prepared: Shop, changes: dict[str, str], field: str, message: str
) -> None:
    with pytest.raises((Invalid, InvalidFields)) as raised:
        await save(prepared, **changes)
    error: Any = raised.value
    errors: tuple[Invalid, ...] = getattr(error, "fields", (error,))
    assert [each.field for each in errors] == [field]
    assert message in str(errors[0])
    assert (await shown(prepared)).version == 0


@ONLY_SQLITE
async def test_an_unknown_setting_or_plugin_is_not_found(prepared: Shop) -> None:
    with pytest.raises(NotFound):
        await save(prepared, colour="red")
    with pytest.raises(NotFound):
        await prepared.show_plugin_settings()("logistik")


@ONLY_SQLITE
async def test_a_saved_value_that_is_not_valid_any_more_leaves_the_default_and_is_reported(
    prepared: Shop,
) -> None:
    await save(prepared, times="3", greeting="Hi")
    async with prepared.database().writes.begin() as connection:
        saved = {"times": "33", "greeting": "Hi", "gone": "1"}
        await connection.execute(update(plugin_settings).values(saved=saved))
    async with another_process(prepared.settings()) as shop:
        used = kept().settings
        assert (used.times, used.greeting) == (1, "Hi")
        (health,) = [each for each in shop.plugin_report()() if each.name == NAME]
        assert health.reason == "the saved value of TUNED_TIMES is not valid and not used"


@ONLY_SQLITE
async def test_a_plugin_that_lacks_a_setting_is_loaded_after_it_was_saved(
    prepared: Shop, install: Install
) -> None:
    install(required=True)
    async with another_process(prepared.settings()) as shop:
        (refusal,) = [each for each in shop.plugins().refused if each.name == NAME]
        assert "TUNED_API_KEY is not set" in refusal.reason
        assert (await setting(shop, "api_key")).source is SettingSource.MISSING
        with pytest.raises(Invalid, match="required"):
            await save(shop, times="2")
        await save(shop, api_key=KEY)
    async with another_process(prepared.settings()) as shop:
        assert NAME in shop.plugins().loaded
        assert (await setting(shop, "api_key")).source is SettingSource.SAVED


async def test_a_plugin_with_live_settings_gets_them_without_a_restart(
    shop: Shop, install: Install
) -> None:
    install(live=True)
    await prepare_shop(shop)
    async with another_process(shop.settings()) as server:
        context = kept()
        await server.renew_settings()()
        await save(shop, times="3", api_key=KEY)
        assert context.current_settings().times == 1
        await server.renew_settings()()
        assert context.current_settings().times == 3
        assert context.current_settings().api_key.get_secret_value() == KEY
        assert context.settings.times == 1
        assert not (await shown(server)).waits_for_start

        async with shop.database().writes.begin() as connection:
            wrong = {"saved": {"times": "33"}, "version": 9}
            await connection.execute(update(plugin_settings).values(wrong))
        await server.renew_settings()()
        assert context.current_settings().times == 3, "the old value stays"
        (health,) = [each for each in server.plugin_report()() if each.name == NAME]
        assert "TUNED_TIMES is not valid" in health.reason


@ONLY_SQLITE
async def test_other_plugins_get_new_settings_at_their_next_start(prepared: Shop) -> None:
    async with another_process(prepared.settings()) as server:
        await save(prepared, times="3")
        await server.renew_settings()()
        assert kept().current_settings().times == 1
        assert (await shown(server)).waits_for_start


async def change_at_once(shop: Shop) -> int:
    """Fifty people in five threads change one setting. Returns the number that was not refused."""
    version = (await shown(shop)).version

    async def change(mine: Shop, number: int) -> None:
        saved = await mine.saved_plugin_settings().find(NAME)
        changed = SavedSettings(
            plugin=NAME, version=version, values={**saved.values, "times": str(number % 9 + 1)}
        )
        await mine.saved_plugin_settings().save(changed, mine.now()())

    return await in_threads(shop, change)


@pytest.mark.slow
@pytest.mark.parametrize("is_new", [True, False], ids=["first", "later"])
async def test_of_people_who_save_at_once_one_wins_and_the_others_are_refused(
    prepared: Shop, *, is_new: bool
) -> None:
    if not is_new:
        await save(prepared, greeting="Hi")
    assert await change_at_once(prepared) == 1


@pytest.mark.slow
async def test_without_the_guard_people_overwrite_each_other(
    prepared: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(prepared, greeting="Hi")
    monkeypatch.setattr(
        store, "REPLACE", update(plugin_settings).where(store.OF_PLUGIN).values(store.NEXT)
    )
    assert await change_at_once(prepared) > 1


@ONLY_SQLITE
async def test_a_stale_version_is_refused(prepared: Shop) -> None:
    await save(prepared, times="2")
    with pytest.raises(StaleVersion):
        await prepared.change_plugin_settings()(NAME, {"times": "3"}, version=0, actor="staff:1")


@ONLY_SQLITE
async def test_a_locked_keyring_is_unlocked_before_the_secrets_are_read(
    prepared: Shop, tmp_path: Path
) -> None:
    """The plugin that unlocks it comes after the plugin with the secret, by name."""
    await save(prepared, api_key=KEY)
    install_plugin(tmp_path / "site", "unlocker", UNLOCKER)
    file = prepared.settings().data_dir / "keys" / "keyring.json"
    keyring = read_keyring(file.read_text())
    async with another_process(prepared.settings()) as shop:
        (lock,) = [each for _, each in shop.plugins().registered("entrepot_keyring_locks")]
        file.write_text(write_keyring(keyring, lock))
    async with another_process(prepared.settings()) as shop:
        assert kept().settings.api_key.get_secret_value() == KEY
        assert list(shop.plugins().loaded) == sorted(shop.plugins().loaded)


UNLOCKER = """
from entrepot import Capability, Manifest, hookimpl

manifest = Manifest(
    name="unlocker", version="1", api=">=1,<2", capabilities=frozenset({Capability.KEYS})
)


class Lock:
    code = "reversed"

    def lock(self, keyring):
        return keyring[::-1]

    unlock = lock


@hookimpl
def entrepot_keyring_locks(context):
    return [Lock()]
"""


@ONLY_SQLITE
async def test_the_shop_starts_without_a_database(tmp_path: Path, shop: Shop) -> None:
    missing = f"sqlite:///{tmp_path / 'none' / 'shop.db'}"
    async with another_process(shop.settings().model_copy(update={"database_url": missing})):
        assert kept().settings.times == 1
    assert not (tmp_path / "none").exists()
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    (tmp_path / "empty.db").touch()
    async with another_process(shop.settings().model_copy(update={"database_url": empty})):
        assert kept().settings.times == 1
