"""Pages of a plugin in the back office: rendered by the shop, guarded, audited, permitted."""

import asyncio
import csv
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.plugins.breaker import Health
from core.domain.staff import MANAGER, OPERATOR
from entrepot.asgi import web_parts
from entrepot.assembly.shop import Shop
from entrepot.testing.shop.web_app import app_of
from tests.factories import stock_up
from tests.installed import install_plugin
from tests.plugins.admin_plugin import NAME, SOURCE
from tests.web.browsing import one_time
from tests.web.html_forms import submitted

pytestmark = pytest.mark.anyio
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ORIGIN = "http://shop.test"
NOTES = f"/en/admin/plugins/{NAME}/notes"
SETTINGS = f"/en/admin/plugins/{NAME}/settings"
LOGIN = {"login": "boss@example.com", "password": "correct horse"}


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    install_plugin(tmp_path / "site", NAME, SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    sys.modules.pop(NAME, None)


@pytest.fixture
def box(_installed: None, shop: Shop) -> Any:
    """The module of the plugin, loaded by the shop."""
    assert NAME in shop.plugins().loaded, shop.plugins().refused
    return sys.modules[NAME]


@pytest.fixture
async def staff(box: Any, shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    """A manager, who has no permission of the plugin yet."""
    del box
    await stock_up(shop)
    await shop.add_staff()(LOGIN["login"], LOGIN["password"], "Boss")
    parts = web_parts(shop)
    app = app_of(parts)
    async with AsyncExitStack() as stack:
        for lifespan in parts.lifespan:
            await stack.enter_async_context(lifespan(app.app))
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
                base_url=ORIGIN,
                headers={"origin": ORIGIN},
            )
        )
        await client.post("/en/admin/login", data=LOGIN)
        yield client


async def give(shop: Shop, *permissions: str) -> None:
    async with shop.units()() as unit:
        role = await unit.roles.get(MANAGER)
    changed = replace(role, permissions=role.permissions | set(permissions))
    await shop.save_role()(changed, OPERATOR)


async def recorded(shop: Shop) -> list[tuple[str, str]]:
    """What the outbox has about staff on pages of plugins."""
    async with shop.database().reads.connect() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT payload FROM outbox WHERE payload LIKE '%plugin box%'"
        )
        texts = [str(row.payload) for row in rows]
    found = [re.findall(r'"(action|reference)": ?"([^"]*)"', text) for text in texts]
    return [(dict(each)["action"], dict(each)["reference"]) for each in found]


@on_sqlite
async def test_no_role_has_a_page_until_it_is_given(staff: httpx.AsyncClient, shop: Shop) -> None:
    assert (await staff.get(NOTES)).status_code == 403
    assert (await staff.post(NOTES, data=one_time(act="keep"))).status_code == 403
    assert "Note box" not in (await staff.get("/en/admin/orders")).text
    assert ("plugin box: notes", "") in await recorded(shop)
    await give(shop, "box.read")
    assert (await staff.get(NOTES)).status_code == 200
    assert "Note box" in (await staff.get("/en/admin/orders")).text
    assert (await staff.get(SETTINGS)).status_code == 403
    for unknown in ("none", "notes/-", "notes/n1/x", "settings/n1"):
        assert (await staff.get(f"/en/admin/plugins/{NAME}/{unknown}")).status_code == 404
    assert (await staff.get("/en/admin/plugins/none/notes")).status_code == 404


@on_sqlite
async def test_a_list_is_filtered_sorted_paged_and_escaped(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.read")
    page = (await staff.get(NOTES)).text
    assert page.count("<tr>") == 51
    assert "10000 in all" in page
    (following,) = re.findall(r'href="([^"]*cursor=50[^"]*)">Next page', page)
    second = (await staff.get(following)).text
    assert "Note 50\n" in second
    assert "Previous page" in second
    found = (await staff.get(f"{NOTES}?q=Note+777&sort=-text&state=nonsense")).text
    assert "11 in all" in found
    assert found.index("Note 7779") < found.index("Note 7770")
    assert 'value="Note 777"' in found
    assert 'aria-sort="descending"' in found
    box.HOW["text"] = "<script>alert(1)</script>"
    escaped = (await staff.get(NOTES)).text
    assert "<script>alert" not in escaped
    assert "&lt;script&gt;" in escaped


@on_sqlite
async def test_a_csv_file_has_all_rows_and_no_formula(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.read")
    box.HOW["text"] = "=cmd|' /C calc'!A0"
    response = await staff.get(f"{NOTES}?export=csv")
    assert response.headers["content-disposition"] == 'attachment; filename="notes.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(response.text.removeprefix("\ufeff"))))
    assert rows[0] == ["Text", "State", "Worth", "Worth (Currency)", "At"]
    assert len(rows) == 10_001
    assert rows[1] == ["'=cmd|' /C calc'!A0", "New", "-19.90", "CNY", "2026-11-27 20:00"]
    assert await recorded(shop) == [("plugin box: export notes", "")]


@on_sqlite
async def test_an_act_happens_once_and_is_recorded(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.read")
    page = (await staff.get(NOTES)).text
    assert "Delete" not in page
    assert (
        await staff.post(NOTES, data=one_time(act="delete", **{"row-n1": "1"}))
    ).status_code == 404
    fields = one_time(act="keep", list="", **{"row-n1": "1", "row-n2": "1"})
    for _ in range(2):
        done = await staff.post(NOTES, data=fields)
        assert done.status_code == 303
    ((code, keys, actor),) = [(each.code, each.keys, each.actor) for each in box.DONE]
    assert (code, keys, actor.partition(":")[0]) == ("keep", ("n1", "n2"), "staff")
    assert ("plugin box: keep", "n1 n2") in await recorded(shop)
    await give(shop, "box.delete")
    page = (await staff.get(NOTES)).text
    assert "Delete: Note 0?" in page
    several = one_time(act="delete", **{"row-n1": "1", "row-n2": "1"})
    assert (await staff.post(NOTES, data=several)).status_code == 422
    assert (await staff.post(NOTES, data=one_time(act="keep"))).status_code == 422
    assert (await staff.post(NOTES, data={"act": "keep", "row-n1": "1"})).status_code == 422
    box.HOW["act"] = "refuses"
    refused = await staff.post(NOTES, data=one_time(act="keep", **{"row-n1": "1"}))
    assert (refused.status_code, "The box is &lt;full&gt;." in refused.text) == (409, True)


@on_sqlite
async def test_a_page_about_one_thing_has_facts_acts_and_a_list(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.read")
    page = await staff.get(f"{NOTES}/n5")
    assert page.status_code == 200
    for shown in ("Note n5", "¥0.05", "Keep it", 'id="more"', "Note 49"):
        assert shown in page.text
    assert (await staff.get(f"{NOTES}/none")).status_code == 404
    await staff.post(f"{NOTES}/n5", data=one_time(act="keep", list=""))
    await staff.post(f"{NOTES}/n5", data=one_time(act="keep", list="more", **{"row-n7": "1"}))
    unticked = await staff.post(f"{NOTES}/n5", data=one_time(act="keep", list="more"))
    assert unticked.status_code == 422
    foreign = one_time(act="keep", list="", **{"row-n8": "1"})
    await staff.post(f"{NOTES}/n5", data=foreign)
    assert [each.keys for each in box.DONE] == [("n5",), ("n7",), ("n5",)]
    box.HOW["details"] = "no acts"
    late = await staff.post(f"{NOTES}/n5", data=one_time(act="keep", list=""))
    assert late.status_code == 404
    assert (await staff.post(f"{NOTES}/none", data=one_time(act="keep"))).status_code == 404
    assert len(box.DONE) == 3
    del box.HOW["details"]
    file = await staff.get(f"{NOTES}/n5?more-export=csv")
    assert file.headers["content-disposition"] == 'attachment; filename="n5.csv"'
    following = re.findall(r'href="([^"]*more-cursor=50[^"]*)"', page.text)
    assert "Note 99" in (await staff.get(following[0].replace("&amp;", "&"))).text


@on_sqlite
async def test_a_form_keeps_what_was_written_and_names_the_fields(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.delete")
    fields = submitted((await staff.get(SETTINGS)).text, SETTINGS)
    assert (fields["title"], fields["most"], fields["version"]) == ("The box", "5", "1")
    wrong = {**fields, "title": "<b>", "most": "99", "sku": "NOTHING", "key": "hunter2"}
    refused = await staff.post(SETTINGS, data=wrong)
    assert refused.status_code == 422
    assert 'value="&lt;b&gt;"' in refused.text
    assert "Enter a number from 0 to 9." in refused.text
    assert "hunter2" not in refused.text
    unknown = await staff.post(SETTINGS, data={**wrong, "most": "9"})
    assert "Nothing fits “NOTHING”" in unknown.text
    bad = await staff.post(SETTINGS, data={**fields, "title": "bad"})
    assert (bad.status_code, "A &lt;bad&gt; title." in bad.text) == (422, True)
    again = submitted(bad.text, SETTINGS)
    assert again["title"] == "bad"
    good = {**again, "title": "good", "sku": "teapot-s", "key": "hunter2"}
    for _ in range(2):
        assert (await staff.post(SETTINGS, data=good)).status_code == 303
    (saved,) = box.SAVED
    assert saved.values == {
        "title": "good",
        "most": 5,
        "key": "hunter2",
        "sku": "CELADON-TEAPOT-S",
    }
    assert ("plugin box: save", "") in await recorded(shop)


@on_sqlite
async def test_the_second_of_two_editors_sees_both_texts(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.delete")
    fields = submitted((await staff.get(SETTINGS)).text, SETTINGS)
    box.SETTINGS.update(version="2", values={"title": "<theirs>", "most": 5})
    late = await staff.post(SETTINGS, data={**fields, "title": "mine"})
    assert late.status_code == 409
    assert "Another person saved this page meanwhile." in late.text
    assert "Saved meanwhile: &lt;theirs&gt;" in late.text
    kept = submitted(late.text, SETTINGS)
    assert (kept["title"], kept["version"], box.SAVED) == ("mine", "2", [])
    assert (await staff.post(SETTINGS, data=kept)).status_code == 303
    assert [each.values["title"] for each in box.SAVED] == ["mine"]


@on_sqlite
@pytest.mark.parametrize("how", ["raises", "hangs", "too many", "wrong cell", "foreign link"])
async def test_a_list_that_fails_names_its_plugin_and_costs_only_itself(
    staff: httpx.AsyncClient, shop: Shop, box: Any, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(shop, "box.read")
    with monkeypatch.context() as patch:
        if how == "hangs":
            patch.setattr("adapters.plugins.admin_pages.PAGE_SECONDS", 0.2)
        box.HOW["load"] = how
        failed = await staff.get(NOTES)
    assert failed.status_code == 503
    assert "The plugin “box” does not answer" in failed.text
    assert f'href="{NOTES}"' in failed.text
    assert "secret details" not in failed.text
    assert (await staff.get("/en/admin/orders")).status_code == 200
    box.HOW.clear()
    assert (await staff.get(NOTES)).status_code == 200


@on_sqlite
async def test_an_act_that_fails_does_not_count_as_nothing(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.read", "box.delete")
    box.HOW.update(act="raises", save="raises")
    failed = await staff.post(NOTES, data=one_time(act="keep", **{"row-n1": "1"}))
    assert (failed.status_code, "It is not known whether" in failed.text) == (503, True)
    fields = submitted((await staff.get(SETTINGS)).text, SETTINGS)
    failed = await staff.post(SETTINGS, data=fields)
    assert (failed.status_code, "It is not known whether" in failed.text) == (503, True)


@on_sqlite
async def test_a_page_that_fails_does_not_stop_other_calls_of_the_plugin(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.read")
    box.HOW["load"] = "raises"
    for _ in range(6):
        assert (await staff.get(NOTES)).status_code == 503
    health = {each.health for each in shop.plugin_guards().guards_of(NAME)}
    assert Health.FAILING in health
    assert Health.QUARANTINED not in health
    box.HOW.clear()
    assert (await staff.get(NOTES)).status_code == 200


@on_sqlite
async def test_suggestions_find_products_skus_and_categories(staff: httpx.AsyncClient) -> None:
    for kind, words, value in (
        ("sku", "teapot-s", "CELADON-TEAPOT-S"),
        ("product", "celadon", "celadon-teapot"),
        ("category", "teapot", "teapots"),
    ):
        found = (await staff.get(f"/en/admin/lookup/{kind}", params={"q": words})).json()
        assert value in [each["value"] for each in found]
    assert (await staff.get("/en/admin/lookup/sku")).json() == []
    assert (await staff.get("/en/admin/lookup/none?q=x")).status_code == 404


async def clicks(staff: httpx.AsyncClient, fields: dict[str, str]) -> list[int]:
    sent = await asyncio.gather(*(staff.post(NOTES, data=fields) for _ in range(4)))
    return [each.status_code for each in sent]


async def test_clicks_at_once_reach_the_plugin_once(
    staff: httpx.AsyncClient, shop: Shop, box: Any
) -> None:
    await give(shop, "box.read")
    fields = one_time(act="keep", list="", **{"row-n1": "1"})
    assert set(await clicks(staff, fields)) == {303}
    assert len(box.DONE) == 1


async def test_without_the_guard_clicks_at_once_reach_the_plugin_several_times(
    staff: httpx.AsyncClient, shop: Shop, box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give(shop, "box.read")
    monkeypatch.setattr("adapters.database.unit_of_work.current_claim", lambda: None)
    await clicks(staff, one_time(act="keep", list="", **{"row-n1": "1"}))
    assert len(box.DONE) == 4
