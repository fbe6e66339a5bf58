"""Privacy requests of a member in the account, and their handling in the back office."""

import io
import re
import zipfile

import httpx
import pytest

from adapters.bundles.writer import MANIFEST
from entrepot.assembly.shop import Shop
from tests.people import MARKED, register

pytestmark = pytest.mark.anyio

STAFF = {"login": "staff@example.com", "password": "correct horse battery"}
MEMBER = {"login": MARKED.marks["login"], "password": "long enough"}
SECRET = {"password": MEMBER["password"]}


@pytest.fixture
async def member(client: httpx.AsyncClient, shop: Shop) -> httpx.AsyncClient:
    await register(shop, MARKED)
    await shop.add_staff()(STAFF["login"], STAFF["password"], "Lin")
    assert (await client.post("/zh/login", data=MEMBER)).status_code == 303
    return client


@pytest.mark.parametrize(("language", "title"), [("zh", "隐私政策"), ("en", "Privacy notice")])
async def test_guests_can_read_the_privacy_notice(
    client: httpx.AsyncClient, language: str, title: str
) -> None:
    page = await client.get(f"/{language}/privacy")
    assert f"<h1>{title}</h1>" in page.text
    assert "PIPL 13" in page.text
    assert f'href="/{language}/privacy"' in (await client.get(f"/{language}")).text


async def test_a_member_downloads_the_bundle_with_the_password(member: httpx.AsyncClient) -> None:
    page = await member.get("/zh/account/privacy")
    assert "获取个人信息副本" in page.text
    wrong = await member.post("/zh/account/privacy/copy", data={"password": "guess"})
    assert wrong.status_code == 401
    response = await member.post("/zh/account/privacy/copy", data=SECRET)
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["cache-control"] == "private, no-store"
    assert "attachment" in response.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert MANIFEST in archive.namelist()
        customer = archive.read("data/shop/customers.jsonl").decode()
    assert MARKED.marks["name"] in customer


async def test_guests_and_other_sites_cannot_request_data(client: httpx.AsyncClient) -> None:
    page = await client.get("/zh/account/privacy")
    assert page.headers["location"].startswith("/zh/login?next=")
    for action in ("copy", "erasure"):
        assert (await client.post(f"/zh/account/privacy/{action}", data=SECRET)).status_code == 404
    assert (await client.get("/zh/admin/privacy")).headers["location"] == "/zh/admin/login"
    other_site = {"origin": "http://evil.test"}
    refused = await client.post("/zh/account/privacy/copy", data=SECRET, headers=other_site)
    assert refused.status_code == 403


async def test_an_erasure_is_requested_approved_and_carried_out(
    member: httpx.AsyncClient, shop: Shop
) -> None:
    page = await member.post("/zh/account/privacy/erasure", data=SECRET)
    (number,) = re.findall(r'data-request="(\d+)"', page.text)
    assert await shop.carry_out_erasures()() == 1
    assert (await member.get("/zh/account")).status_code == 303
    again = await member.post("/zh/login", data=MEMBER)
    assert "该账号正在注销中" in again.text
    assert (await member.post("/zh/admin/login", data=STAFF)).status_code == 303
    listed = await member.get("/zh/admin/privacy")
    assert number in listed.text
    assert "待批准" in listed.text
    page = await member.get(f"/zh/admin/privacy/{number}")
    (plan,) = re.findall(r'name="plan" value="([0-9a-f]{64})"', page.text)
    assert "shop customers/" in page.text
    stale = await member.post(f"/zh/admin/privacy/{number}/approve", data={"plan": "0" * 64})
    assert "方案生成后又有新的记录" in stale.text
    approved = await member.post(f"/zh/admin/privacy/{number}/approve", data={"plan": plan})
    assert approved.status_code == 303
    assert await shop.carry_out_erasures()() == 1
    done = await member.get(f"/zh/admin/privacy/{number}")
    assert 'data-request="completed"' in done.text
    assert "删除证明" in done.text
    assert MARKED.marks["login"] not in done.text
    assert await shop.account_queries().find_customer(MEMBER["login"]) is None
    assert await shop.carry_out_erasures()() == 0


async def test_a_member_can_sign_in_again_after_a_refused_erasure(
    member: httpx.AsyncClient, shop: Shop
) -> None:
    page = await member.post("/zh/account/privacy/erasure", data=SECRET)
    (number,) = re.findall(r'data-request="(\d+)"', page.text)
    await shop.carry_out_erasures()()
    await member.post("/zh/admin/login", data=STAFF)
    refused = await member.post(
        f"/zh/admin/privacy/{number}/refuse", data={"reason": "identity not confirmed"}
    )
    assert refused.status_code == 303
    page = await member.get(f"/en/admin/privacy/{number}")
    assert "identity not confirmed" in page.text
    assert (await member.post(f"/en/admin/privacy/{number}/nope", data={})).status_code == 404
    assert (await member.post("/zh/login", data=MEMBER)).status_code == 303


async def test_a_member_corrects_restricts_and_objects_with_the_password(
    member: httpx.AsyncClient, shop: Shop
) -> None:
    form = {"kind": "rectification", "name": "李梅", "login": "Mei@Example.com"}
    wrong = await member.post("/zh/account/privacy/request", data={**form, "password": "guess"})
    assert wrong.status_code == 401
    assert 'value="Mei@Example.com"' in wrong.text
    done = await member.post("/zh/account/privacy/request", data={**form, **SECRET})
    assert "已更正" in (await member.get(done.headers["location"])).text
    found = await shop.account_queries().find_customer("mei@example.com")
    assert found is not None
    assert found.name == "李梅"
    for kind in ("restriction", "objection"):
        done = await member.post("/zh/account/privacy/request", data={"kind": kind, **SECRET})
        assert done.status_code == 303
    assert '/zh/account/privacy/lift"' in (await member.get("/zh/account/privacy")).text
    await member.post("/zh/account/privacy/lift")
    assert '/zh/account/privacy/lift"' not in (await member.get("/zh/account/privacy")).text
    missing = await member.post("/zh/account/privacy/request", data={"kind": "erasure", **SECRET})
    assert missing.status_code == 404


async def test_staff_record_a_request_that_came_by_telephone(
    member: httpx.AsyncClient, shop: Shop
) -> None:
    await member.post("/zh/admin/login", data=STAFF)
    form = {"person": MEMBER["login"], "kind": "access", "verified_by": "passport seen"}
    refused = await member.post("/zh/admin/privacy", data={**form, "verified_by": ""})
    assert refused.status_code == 422
    assert MEMBER["login"] in refused.text
    opened = await member.post("/zh/admin/privacy", data={**form, "relative": "1"})
    page = (await member.get(opened.headers["location"])).text
    assert "近亲属提出" in page
    assert "PIPL 49" in page
    address = opened.headers["location"] + "/bundle"
    file = await member.post(address)
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert MARKED.marks["login"].encode() in archive.read("data/shop/customers.jsonl")
    assert (await member.post(address)).status_code == 409
    opened = await member.post("/zh/admin/privacy", data={**form, "kind": "restriction"})
    await member.post(opened.headers["location"] + "/answer")
    customer = await shop.account_queries().find_customer(MEMBER["login"])
    assert customer is not None
    assert customer.restricted
