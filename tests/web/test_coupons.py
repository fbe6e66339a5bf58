"""Coupons in the API: batches of staff, the coupon centre, and the coupons of a member."""

import httpx
import pytest

from core.domain.staff import CLERK
from tests.accounts import PASSWORD, a_staff_member
from tests.coupons import save_opened
from tests.web.api_client import API
from tests.web.keyed_coupons import member_id
from tests.web.keyed_requests import World

pytestmark = pytest.mark.anyio

BATCHES = f"{API}/admin/coupon-batches"
BATCH = {"code": "spring", "promotion": "offer", "label": {"zh": "春季券", "en": "Spring"}}
ENGLISH = {"accept-language": "en"}


async def create(world: World, **details: object) -> httpx.Response:
    await save_opened(world.shop)
    return await world.client.post(BATCHES, json={**BATCH, **details}, headers=world.staff)


async def coupons_of(world: World) -> list[dict[str, str]]:
    mine = await world.client.get(f"{API}/members/me/coupons", headers={**world.member, **ENGLISH})
    rows: list[dict[str, str]] = mine.json()["rows"]
    return rows


async def test_a_member_takes_a_coupon_and_finds_its_code(world: World) -> None:
    assert (await create(world, kind="claimed", size=2)).status_code == 201
    centre, claims = f"{API}/coupon-centre", f"{API}/coupon-centre/spring/claims"
    (offer,) = (await world.client.get(centre, headers=ENGLISH)).json()
    assert (offer["label"], offer["left"], offer["can_be_taken"]) == ("Spring", 2, True)
    assert (await world.client.post(claims)).status_code == 401
    assert (await world.client.post(claims, headers=world.member)).status_code == 204
    (offer,) = (await world.client.get(centre, headers=world.member)).json()
    assert (offer["left"], offer["can_be_taken"]) == (1, False)
    refused = await world.client.post(claims, headers={**world.member, **ENGLISH})
    assert (refused.status_code, refused.json()["code"]) == (409, "coupon_taken")
    (mine,) = await coupons_of(world)
    assert (mine["label"], mine["state"], len(mine["code"])) == ("Spring", "valid", 14)


async def test_a_batch_of_an_unknown_promotion_is_refused(world: World) -> None:
    refused = await create(world, promotion="none")
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["field"]) == (422, "promotion")


async def test_the_uses_of_an_unknown_batch_are_not_found(world: World) -> None:
    unknown = await world.client.get(f"{BATCHES}/none/uses", headers=world.staff)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


async def test_staff_issue_and_revoke_a_coupon_and_end_its_batch(world: World) -> None:
    await create(world, kind="personal", valid_days=7)
    issued = {"customer_id": str(await member_id(world))}
    for _ in range(2):
        answer = await world.client.post(
            f"{BATCHES}/spring/coupons", json=issued, headers=world.staff
        )
        assert answer.status_code == 204
    first, second = await coupons_of(world)
    revoked = {"code": second["code"].lower()}
    await world.client.post(f"{API}/admin/coupon-revocations", json=revoked, headers=world.staff)
    assert [each["state"] for each in await coupons_of(world)] == ["valid", "revoked"]
    ended = await world.client.post(f"{BATCHES}/spring/end", headers=world.staff)
    assert (ended.json()["state"], ended.json()["made"]) == ("ended", 2)
    assert [each["state"] for each in await coupons_of(world)] == ["expired", "revoked"]
    assert first["ends_at"]
    (batch,) = (await world.client.get(BATCHES, headers=world.staff)).json()["rows"]
    assert batch == (await world.client.get(f"{BATCHES}/spring", headers=world.staff)).json()
    uses = await world.client.get(f"{BATCHES}/spring/uses", headers=world.staff)
    assert uses.json() == {"rows": [], "cursor": ""}
    unknown = await world.client.get(f"{BATCHES}/sprung/uses", headers=world.staff)
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"code": "Spring Sale"}, 422, "code"),
        ({"label": {}}, 422, "label"),
        ({"words": ["AB"]}, 422, "words"),
        ({"kind": "claimed", "words": ["SPRING"]}, 422, "words"),
        (
            {"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-11-01T00:00:00Z"},
            422,
            "ends_at",
        ),
    ],
)
async def test_a_wrong_batch_is_refused_with_its_field(
    world: World, wrong: dict[str, object], status: int, field: str
) -> None:
    answer = await create(world, **wrong)
    assert answer.status_code == status
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_a_word_is_used_by_one_batch(world: World) -> None:
    assert (await create(world, words=["SPRING26"])).json()["made"] == 1
    taken = await create(world, code="other", words=["spring-26"])
    assert (taken.status_code, taken.json()["code"]) == (409, "already_exists")


async def test_a_clerk_sees_batches_and_changes_none(world: World) -> None:
    await create(world)
    await a_staff_member(world.shop, "clerk@example.com", CLERK)
    login = {"login": "clerk@example.com", "password": PASSWORD}
    opened = await world.client.post(f"{API}/staff-sessions", json=login)
    clerk = {"authorization": f"Bearer {opened.json()['token']}"}
    assert (await world.client.get(f"{BATCHES}/spring", headers=clerk)).status_code == 200
    assert (await world.client.post(f"{BATCHES}/spring/end", headers=clerk)).status_code == 403
