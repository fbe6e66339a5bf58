"""Access of staff by role, the record of what they do, and the evidence for auditors."""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from adapters.bundles import pack
from adapters.database.tables.audit import audit_log
from adapters.security.signatures import verify_signature
from core.application.carts.ownership import CartOwner
from core.domain.privacy.records import Subject
from core.domain.staff import AUDITOR, CLERK, MANAGER, RoleCode
from entrepot.assembly.shop import Shop
from tests.bank import PARCEL, Bank
from tests.erasures import erased
from tests.people import MARKED, bought, register
from tests.web.browsing import one_time

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
PARAMETER = re.compile(r"\{[^}]+\}")
DISCLOSURE = re.compile(r'data-disclosure="([^"]+)"')
SignIn = Callable[[RoleCode], Any]


@pytest.fixture
async def sign_in(client: httpx.AsyncClient, shop: Shop) -> AsyncIterator[SignIn]:
    """Creates a staff member with the role, and returns a signed-in client."""
    async with AsyncExitStack() as stack:

        async def signed_in(role: RoleCode, name: str = "") -> httpx.AsyncClient:
            login = f"{name or role}@example.com"
            await shop.add_staff()(login, PASSWORD, name or role, role)
            browser = await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=client._transport,
                    base_url=client.base_url,
                    headers={"origin": str(client.base_url)},
                )
            )
            form = {"login": login, "password": PASSWORD}
            assert (await browser.post("/zh/admin/login", data=form)).status_code == 303
            return browser

        yield signed_in


async def staff_actions(shop: Shop) -> list[tuple[str, str]]:
    """``(action, reference)`` of each staff action in the audit log."""
    await shop.relay_events().drain()
    return [
        (entry["payload"]["action"], entry["payload"]["reference"])
        async for entry in shop.audit_logs().entries("audit")
        if entry["kind"] == "StaffActionRecorded"
    ]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (MANAGER, {"orders", "products", "returns", "privacy", "evidence"}),
        (CLERK, {"orders", "products", "returns"}),
        (AUDITOR, {"evidence"}),
    ],
)
async def test_staff_see_the_areas_of_their_role(
    sign_in: SignIn, role: RoleCode, allowed: set[str]
) -> None:
    browser = await sign_in(role)
    areas = ("orders", "products", "returns", "privacy", "evidence", "reconciliations")
    statuses = {each: (await browser.get(f"/zh/admin/{each}")).status_code for each in areas}
    expected = allowed | ({"reconciliations"} if role != AUDITOR else set())
    assert statuses == {each: 200 if each in expected else 403 for each in areas}
    start = await browser.get("/zh/admin")
    assert start.status_code == (303 if role == AUDITOR else 200)


async def test_an_auditor_cannot_use_the_admin_api(client: httpx.AsyncClient, shop: Shop) -> None:
    statuses = {}
    for role in (CLERK, AUDITOR):
        await shop.add_staff()(f"{role}@example.com", PASSWORD, "x", role)
        login = {"login": f"{role}@example.com", "password": PASSWORD}
        token = (await client.post("/api/v1/staff-sessions", json=login)).json()["token"]
        headers = {"authorization": f"Bearer {token}"}
        statuses[role] = (await client.get("/api/v1/admin/orders", headers=headers)).status_code
    assert statuses == {CLERK: 200, AUDITOR: 403}


async def test_the_audit_log_records_what_staff_do_and_open(
    sign_in: SignIn, shop: Shop, bank: Bank
) -> None:
    member = await register(shop, MARKED)
    owner = CartOwner(customer_id=member)
    placed = await bought(shop, bank, owner, MARKED, MARKED.delivery)
    browser = await sign_in(CLERK)
    before = len(await staff_actions(shop))
    await browser.get(f"/zh/admin/orders?q={MARKED.marks['contact']}")
    await browser.get(f"/zh/admin/orders/{placed.number}")
    await browser.get("/zh/admin/products")
    await browser.post(f"/zh/admin/orders/{placed.number}/deliver", data=one_time())
    assert (await staff_actions(shop))[before:] == [
        ("GET orders", ""),
        ("GET orders/{number}", placed.number),
        ("POST orders/{number}/{move}", f"{placed.number} deliver"),
    ]
    log = [json.dumps(entry) async for entry in shop.audit_logs().entries("audit")]
    assert MARKED.marks_in("".join(log).encode()) == []


async def test_only_managers_see_orders_under_legal_retention(
    sign_in: SignIn, shop: Shop, bank: Bank
) -> None:
    member = await register(shop, MARKED)
    owner = CartOwner(customer_id=member)
    placed = await bought(shop, bank, owner, MARKED, MARKED.delivery)
    clerk, manager = await sign_in(CLERK), await sign_in(MANAGER)
    page = f"/zh/admin/orders/{placed.number}"
    street, recipient = MARKED.marks["street"], MARKED.marks["recipient"]
    await shop.ship_order()(placed.id, PARCEL, "staff")
    await shop.deliver_order()(placed.id, "carrier")
    assert street in (await clerk.get(page)).text
    assert recipient in (await clerk.get("/zh/admin/orders")).text
    await erased(shop)
    assert street not in (await clerk.get(page)).text
    assert recipient not in (await clerk.get("/zh/admin/orders")).text
    assert street in (await manager.get(page)).text


async def test_an_open_order_of_an_erased_member_is_hidden_after_delivery(
    sign_in: SignIn, shop: Shop, bank: Bank
) -> None:
    member = await register(shop, MARKED)
    owner = CartOwner(customer_id=member)
    placed = await bought(shop, bank, owner, MARKED, MARKED.delivery)
    await erased(shop)
    clerk = await sign_in(CLERK)
    page, street = f"/zh/admin/orders/{placed.number}", MARKED.marks["street"]
    assert street in (await clerk.get(page)).text
    form = {"carrier": "sf", "tracking_number": "SF1234567890"}
    assert (await clerk.post(f"{page}/ship", data={**form, **one_time()})).status_code == 303
    assert (await clerk.post(f"{page}/deliver", data=one_time())).status_code == 303
    after = await clerk.get(page)
    assert after.status_code == 200
    assert street not in after.text
    assert "SF1234567890" not in after.text
    assert MARKED.marks["recipient"] not in (await clerk.get("/zh/admin/orders")).text


async def test_a_clerk_does_not_see_restricted_data_after_delivery(
    sign_in: SignIn, shop: Shop, bank: Bank
) -> None:
    member = await register(shop, MARKED)
    owner = CartOwner(customer_id=member)
    placed = await bought(shop, bank, owner, MARKED, MARKED.delivery)
    clerk = await sign_in(CLERK)
    page, street = f"/zh/admin/orders/{placed.number}", MARKED.marks["street"]
    subject = Subject(customers=frozenset({member}))
    await shop.restrict_records()(subject, restricted=True)
    assert street in (await clerk.get(page)).text
    await shop.ship_order()(placed.id, PARCEL, "staff")
    await shop.deliver_order()(placed.id, "carrier")
    assert street not in (await clerk.get(page)).text
    assert MARKED.marks["recipient"] not in (await clerk.get("/zh/admin/orders")).text


async def test_the_evidence_pack_verifies_and_has_no_personal_data(
    sign_in: SignIn, shop: Shop, bank: Bank, tmp_path: Path
) -> None:
    member = await register(shop, MARKED)
    await bought(shop, bank, CartOwner(customer_id=member), MARKED, MARKED.delivery)
    await erased(shop)
    await shop.relay_events().drain()
    auditor = await sign_in(AUDITOR)
    page = (await auditor.get("/zh/admin/evidence")).text
    assert "下载存证包" in page
    await shop.relay_events().drain()
    response = await auditor.post("/zh/admin/evidence/pack")
    file = tmp_path / "pack.zip"
    file.write_bytes(response.content)
    is_signed = partial(verify_signature, shop.vault().keyring.signer.public_key())
    assert await pack.verify(file, is_signed) == []
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        (request,) = map(json.loads, archive.read("data/evidence/requests.jsonl").splitlines())
        names = set(archive.namelist())
        access = archive.read("data/evidence/access.jsonl")
    assert request["in_time"]
    assert request["certificate"]["certificate"]["records"]
    assert {"data/evidence/audit.jsonl", "data/evidence/consents_heads.jsonl"} <= names
    assert b'"log in"' in access
    assert b"record_of_processing" in content
    assert MARKED.marks_in(content) == []
    async with shop.database().writes.begin() as connection:
        await connection.execute(
            sa.update(audit_log).where(audit_log.c.number == 2).values(kind="Nothing")
        )
    file.write_bytes((await auditor.post("/zh/admin/evidence/pack")).content)
    assert await pack.verify(file, is_signed) == ["audit: entry 2: the entry was changed"]


async def test_a_disclosure_needs_a_second_person_and_can_be_read_once(
    sign_in: SignIn, shop: Shop
) -> None:
    member = await register(shop, MARKED)
    auditor, manager = await sign_in(AUDITOR), await sign_in(MANAGER)
    form = {"person": str(member), "reason": "sample 7 of the yearly audit"}
    page = "/zh/admin/evidence"
    assert (await auditor.post(f"{page}/disclosures", data=form)).status_code == 303
    (number,) = DISCLOSURE.findall((await auditor.get(page)).text)
    disclosure = f"{page}/disclosures/{number}"
    assert (await auditor.post(f"{disclosure}/read")).status_code == 403
    assert (await auditor.post(f"{disclosure}/approve")).status_code == 403
    assert (await manager.post(f"{disclosure}/approve")).status_code == 303
    assert (await manager.post(f"{disclosure}/read")).status_code == 403
    file = await auditor.post(f"{disclosure}/read")
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert MARKED.marks["name"].encode() in archive.read("data/shop/customers.jsonl")
    actions = [action for action, reference in await staff_actions(shop) if number in reference]
    assert [each.rpartition("/")[2] for each in actions] == [
        "read",
        "approve",
        "approve",
        "read",
        "read",
    ]


async def test_a_disclosure_needs_the_id_of_a_member(sign_in: SignIn) -> None:
    auditor = await sign_in(AUDITOR)
    page = "/zh/admin/evidence/disclosures"
    for person, status in (("mei@example.com", 422), (str(UUID(int=1)), 404)):
        form = {"person": person, "reason": "sample 1"}
        assert (await auditor.post(page, data=form)).status_code == status
    named = {"person": str(UUID(int=1)), "reason": "complaint of mei@example.com"}
    refused = await auditor.post(page, data=named)
    assert refused.status_code == 422
    assert "complaint of" in refused.text


async def test_refused_requests_of_staff_are_recorded(sign_in: SignIn, shop: Shop) -> None:
    auditor = await sign_in(AUDITOR)
    before = len(await staff_actions(shop))
    assert (await auditor.get("/zh/admin/products")).status_code == 403
    typed = "mei@example.com 13800138000"
    assert (await auditor.get(f"/zh/admin/orders/{typed}")).status_code == 403
    assert (await staff_actions(shop))[before:] == [
        ("GET products", ""),
        ("GET orders/{number}", "?"),
    ]
