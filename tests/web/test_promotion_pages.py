"""Staff write, move and copy promotions in the back office."""

from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser

import httpx
import pytest

from core.domain.pricing.promotions.arguments import Family
from core.domain.pricing.promotions.documents.kinds import KINDS
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.managed import PromotionMove
from core.domain.staff import CLERK, MANAGER, RoleCode
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF
from tests.web.html_forms import submitted

pytestmark = pytest.mark.anyio
LIST = "/en/admin/promotions"
NEW = f"{LIST}/new"
TEN = f"{LIST}/ten-off"
FILLED = {
    "code": "ten-off",
    "label.zh": "满百减十",
    "label.en": "Ten off",
    "benefits[0].reduction.amount.CNY": "10.00",
    "condition.at_least.CNY": "100.00",
}


class Fields(HTMLParser):
    """The fields of the form that saves, as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._open = ""
        self._is_editor = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._is_editor = "wide" in given.get("class", "")
        if not self._is_editor:
            return
        name = given.get("name", "")
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.values[name] = given.get("value", "")
        if tag in {"select", "textarea"}:
            self._open = name
        if tag == "option" and ("selected" in given or self._open not in self.values):
            self.values[self._open] = given.get("value", "")
        if tag == "textarea":
            self.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open and self.lasttag == "textarea":
            self.values[self._open] += data.removeprefix("\n")


async def sign_in(client: httpx.AsyncClient, shop: Shop, role: RoleCode = MANAGER) -> None:
    login = f"{role}@example.com"
    await shop.add_staff()(login, "correct horse", "Boss", role)
    await client.post("/en/admin/login", data={"login": login, "password": "correct horse"})


async def press(
    client: httpx.AsyncClient, page: httpx.Response, button: str, **typed: str
) -> httpx.Response:
    """Type into the fields of the page, and press a button of its form."""
    values = {**Fields(page.text).values, **typed, "action": button}
    return await client.post(str(page.url.path), data=values)


async def written(client: httpx.AsyncClient) -> httpx.Response:
    """The form of a new promotion, with a benefit and a condition."""
    page = await client.get(NEW)
    page = await press(client, page, "add benefits", **{"choose:benefits": "goods"})
    path = "benefits[0].reduction"
    page = await press(client, page, f"set {path}", **{f"choose:{path}": "amount"})
    return await press(client, page, "set condition", **{"choose:condition": "amount"})


async def saved(client: httpx.AsyncClient, **typed: str) -> httpx.Response:
    return await press(client, await written(client), "save", **{**FILLED, **typed})


async def document(shop: Shop) -> Mapping[str, object]:
    managed, _ = await shop.pricing_queries().promotion("ten-off")
    return to_document(managed.promotion)


async def test_a_promotion_is_written_with_buttons_and_saved_as_a_draft(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await sign_in(client, stocked)
    created = await saved(client)
    assert created.headers["location"] == f"{TEN}?done=saved"
    assert await document(stocked) == dict(TEN_OFF)
    listed = (await client.get(LIST)).text
    assert "Ten off" in listed
    assert 'data-state="draft"' in listed
    assert "ten-off" not in (await client.get(LIST, params={"state": "active"})).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestForm:
    async def test_saving_what_the_form_shows_changes_nothing(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        await sign_in(client, stocked)
        full = {
            **TEN_OFF,
            "starts_at": "2099-11-11T00:00:00+08:00",
            "priority": 7,
            "borne_by": {"shop": 60, "seller": 40},
            "limits": [{"kind": "uses", "most": 3, "per": "person"}],
            "condition": {
                "kind": "all",
                "of": [
                    {"kind": "time_of_week", "days": ["sat", "sun"], "since": "20:00"},
                    {"kind": "not", "of": {"kind": "group", "groups": ["vip", "<b>"]}},
                    TEN_OFF["condition"],
                ],
            },
            "benefits": [
                {
                    "kind": "goods",
                    "reduction": {
                        "kind": "amount_tiers",
                        "tiers": [
                            {
                                "at_least": {"CNY": "100.00"},
                                "reduction": {"kind": "percent", "percent": "12.5"},
                            }
                        ],
                    },
                    "units": {"order": "cheapest", "most": 2},
                    "calculation": {"skips_goods_on_sale": False, "rounding": "up"},
                }
            ],
        }
        await stocked.save_promotion()(full)
        page = await client.get(TEN)
        assert "<b>" not in page.text.replace("</b>", "")
        again = await press(client, page, "save", accept="1")
        assert again.headers["location"] == f"{TEN}?done=saved"
        assert await document(stocked) == full

    async def test_every_kind_can_be_added(self, client: httpx.AsyncClient, stocked: Shop) -> None:
        await sign_in(client, stocked)
        page = await client.get(NEW)
        for kind in KINDS[Family.BENEFIT]:
            page = await press(client, page, "add benefits", **{"choose:benefits": kind})
        page = await press(client, page, "set condition", **{"choose:condition": "all"})
        for kind in KINDS[Family.CONDITION]:
            page = await press(client, page, "add condition.of", **{"choose:condition.of": kind})
        values = Fields(page.text).values
        assert [values[f"benefits[{index}].kind"] for index in range(7)] == list(
            KINDS[Family.BENEFIT]
        )
        assert f"condition.of[{len(KINDS[Family.CONDITION]) - 1}].kind" in values
        page = await press(client, page, "remove benefits[0]")
        values = Fields(page.text).values
        assert values["benefits[0].kind"] == "shipping"
        assert "benefits[6].kind" not in values

    async def test_a_wrong_value_is_shown_again_beside_its_field(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        await sign_in(client, stocked)
        refused = await saved(client, **{"condition.at_least.CNY": "<i>ten"})
        assert refused.status_code == 422
        assert "<i>" not in refused.text
        assert Fields(refused.text).values["condition.at_least.CNY"] == "<i>ten"
        assert "<code>condition.at_least.CNY</code>" in refused.text
        lane = await saved(client, lane="catalogue")
        assert lane.status_code == 422
        assert "Lists of goods show this price" in lane.text
        empty = await press(client, await client.get(NEW), "save", code="x")
        assert "<code>label</code>" in empty.text

    async def test_a_warning_is_accepted_by_a_tick(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        await sign_in(client, stocked)
        shown = await saved(client, ends_at="2020-01-01T00:00")
        assert shown.status_code == 200
        assert "The end is in the past." in unescape(shown.text)
        assert Fields(shown.text).values["code"] == "ten-off"
        accepted = await press(client, shown, "save", accept="1")
        assert accepted.headers["location"] == f"{TEN}?done=saved"
        assert (await document(stocked))["ends_at"] == "2020-01-01T00:00:00+08:00"

    async def test_a_stale_form_is_refused(self, client: httpx.AsyncClient, stocked: Shop) -> None:
        await sign_in(client, stocked)
        await stocked.save_promotion()(TEN_OFF)
        page = await client.get(TEN)
        await stocked.save_promotion()({**TEN_OFF, "priority": 3})
        assert (await press(client, page, "save", priority="5")).status_code == 409
        assert (await document(stocked))["priority"] == 3

    async def test_a_promotion_is_moved_copied_and_ended(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        await sign_in(client, stocked)
        await stocked.save_promotion()(TEN_OFF)
        for move, state in (
            ("activate", "active"),
            ("pause", "paused"),
            ("resume", "active"),
            ("end", "ended"),
        ):
            assert f'value="{move}"' in (await client.get(TEN)).text
            moved = await client.post(f"{TEN}/move", data={"move": move})
            assert moved.headers["location"] == f"{TEN}?done=moved"
            assert f'data-state="{state}"' in (await client.get(TEN)).text
        assert (await client.post(f"{TEN}/move", data={"move": "resume"})).status_code == 409
        assert (await client.post(f"{TEN}/move", data={"move": "fly"})).status_code == 422
        copied = await client.post(f"{TEN}/copy", data={"new_code": "ten-off-2"})
        assert copied.headers["location"] == f"{LIST}/ten-off-2?done=copied"
        wrong = await client.post(f"{TEN}/copy", data={"new_code": "ten off"})
        assert submitted(wrong.text, f"{TEN}/copy") == {"new_code": "ten off"}
        assert 'id="new_code-hint">“ten off” must be' in wrong.text
        again = await client.post(f"{TEN}/copy", data={"new_code": "ten-off-2"})
        assert again.status_code == 409
        assert 'value="ten-off-2"' in again.text

    async def test_clerks_see_promotions_and_do_not_change_them(
        self, client: httpx.AsyncClient, stocked: Shop
    ) -> None:
        await stocked.save_promotion()(TEN_OFF)
        await sign_in(client, stocked, CLERK)
        assert "Ten off" in (await client.get(LIST)).text
        page = (await client.get(TEN)).text
        assert "disabled" in page
        assert f"{TEN}/move" not in page
        assert (await client.post(f"{TEN}/move", data={"move": "end"})).status_code == 403
        assert (await client.get(NEW)).status_code == 403


@pytest.mark.parametrize(
    ("window", "shown"),
    [
        ({"starts_at": "2100-01-01T00:00:00+08:00"}, "scheduled"),
        ({"starts_at": "2000-01-01T00:00:00+08:00"}, "active"),
        ({"ends_at": "2000-01-01T00:00:00+08:00"}, "expired"),
    ],
)
async def test_an_active_promotion_says_whether_its_period_has_come(
    client: httpx.AsyncClient, stocked: Shop, window: dict[str, str], shown: str
) -> None:
    await sign_in(client, stocked)
    await stocked.save_promotion()({**TEN_OFF, **window})
    await stocked.move_promotion()("ten-off", PromotionMove.ACTIVATE)
    for page in (LIST, TEN):
        assert f'data-state="{shown}"' in (await client.get(page)).text
