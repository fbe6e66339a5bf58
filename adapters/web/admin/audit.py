"""For auditors: the evidence pack, and disclosure requests that a second person approves."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.dependencies import Given
from adapters.web.downloads import stream_download
from adapters.web.forms import SubmittedForm
from core.application.audit.chain import CHAINS
from core.application.audit.evidence import WriteEvidence
from core.application.privacy.disclosures import (
    ApproveDisclosure,
    ReadDisclosure,
    RequestDisclosure,
)
from core.domain.errors import Invalid
from core.domain.identifiers import CustomerId, DisclosureId
from core.domain.shop_permissions import (
    AUDIT_READ,
    DISCLOSURES_APPROVE,
    DISCLOSURES_REQUEST,
    EVIDENCE_EXPORT,
)
from ports.audit import ChainedLogs
from ports.clock import Clock
from ports.privacy.requests import PrivacyUnitsOfWork

PAGE_SIZE = 50
TEMPLATE = "evidence.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePage:
    context: Given[AdminContext]
    privacy_units: Given[PrivacyUnitsOfWork]
    audit_logs: Given[ChainedLogs]
    now: Given[Clock]

    async def variables(self) -> Mapping[str, Any]:
        now, actor = self.now(), self.context.actor
        async with self.privacy_units() as unit:
            requests = await unit.privacy.list(PAGE_SIZE)
            disclosures = await unit.disclosures.list(PAGE_SIZE)
        return {
            "requests": requests,
            "disclosures": disclosures,
            "open": {each.id for each in disclosures if each.is_open_to(actor, now)},
            "lengths": {name: await self.audit_logs.length(name) for name in CHAINS},
            "actor": actor,
            "now": now,
            "values": {},
        }

    def form(self, **variables: Any) -> AbstractAsyncContextManager[None]:
        return self.context.form_page(TEMPLATE, self.variables, **variables)


@get("/evidence", include_in_schema=False, opt=needs(AUDIT_READ))
async def show(context: Given[AdminContext], evidence_page: Given[EvidencePage]) -> Response[bytes]:
    return context.page(TEMPLATE, **await evidence_page.variables())


@post("/evidence/pack", include_in_schema=False, opt=needs(EVIDENCE_EXPORT))
async def download(write_evidence: Given[WriteEvidence]) -> Stream:
    return await stream_download(write_evidence)


@post("/evidence/disclosures", include_in_schema=False, opt=needs(AUDIT_READ, DISCLOSURES_REQUEST))
async def create_disclosure(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    evidence_page: Given[EvidencePage],
    request_disclosure: Given[RequestDisclosure],
) -> Response[Any]:
    async with evidence_page.form(values=form.values):
        await request_disclosure(_customer(form), form.text("reason"), context.actor)
    return context.redirect("/evidence?done=requested")


@post(
    "/evidence/disclosures/{disclosure_id:uuid}/approve",
    include_in_schema=False,
    opt=needs(AUDIT_READ, DISCLOSURES_APPROVE),
)
async def approve(
    disclosure_id: FromPath[UUID],
    context: Given[AdminContext],
    evidence_page: Given[EvidencePage],
    approve_disclosure: Given[ApproveDisclosure],
) -> Response[Any]:
    async with evidence_page.form():
        await approve_disclosure(DisclosureId(disclosure_id), context.actor)
    return context.redirect("/evidence?done=approve")


@post(
    "/evidence/disclosures/{disclosure_id:uuid}/read",
    include_in_schema=False,
    opt=needs(AUDIT_READ, DISCLOSURES_REQUEST),
)
async def read(
    disclosure_id: FromPath[UUID],
    context: Given[AdminContext],
    evidence_page: Given[EvidencePage],
    read_disclosure: Given[ReadDisclosure],
) -> Stream:
    disclosure = DisclosureId(disclosure_id)
    async with evidence_page.form():
        return await stream_download(
            lambda folder: read_disclosure(disclosure, context.actor, folder)
        )


def _customer(form: SubmittedForm) -> CustomerId:
    try:
        return CustomerId(UUID(form.text("person")))
    except ValueError as error:
        raise Invalid("person", "Enter the customer ID.") from error


handlers = [show, download, create_disclosure, approve, read]
