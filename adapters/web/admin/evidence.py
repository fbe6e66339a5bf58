"""For auditors: proof without anybody's data, and data that two people share the sight of."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from adapters.web.admin.desk import Desk
from adapters.web.downloads import sent_once
from adapters.web.storefront.visit import Form
from core.application.disclosing import ApproveDisclosure, AskDisclosure, ReadDisclosure
from core.domain.errors import DomainError, Invalid
from core.domain.identifiers import CustomerId, DisclosureId
from ports.audit import LOGS, HashChains
from ports.clock import Clock
from ports.evidence import WriteEvidence
from ports.storage.privacy import PrivacyUnits

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class EvidencePage:
    units: PrivacyUnits
    chains: HashChains
    now: Clock

    async def __call__(
        self, desk: Desk, error: DomainError | None = None, **context: Any
    ) -> Response[bytes]:
        now = self.now()
        async with self.units() as unit:
            requests = await unit.privacy.list(ON_A_PAGE)
            asked = await unit.disclosures.list(ON_A_PAGE)
        context = {
            "requests": requests,
            "disclosures": asked,
            "open": {each.id for each in asked if each.is_open_to(desk.actor, now)},
            "lengths": {log: await self.chains.length(log) for log in LOGS},
            "actor": desk.actor,
            "now": now,
            "values": {},
            **context,
        }
        if error is not None:
            return desk.refusal("evidence.html", error, **context)
        return desk.page("evidence.html", **context)


def open_evidence_page(
    privacy_units: NamedDependency[SkipValidation[PrivacyUnits]],
    hash_chains: NamedDependency[SkipValidation[HashChains]],
    now: NamedDependency[SkipValidation[Clock]],
) -> EvidencePage:
    return EvidencePage(privacy_units, hash_chains, now)


PAGE = {"evidence_page": Provide(open_evidence_page, sync_to_thread=False)}


@get("/evidence", include_in_schema=False, dependencies=PAGE)
async def evidence(
    desk: NamedDependency[SkipValidation[Desk]],
    evidence_page: NamedDependency[SkipValidation[EvidencePage]],
) -> Response[bytes]:
    return await evidence_page(desk)


@post("/evidence/pack", include_in_schema=False)
async def pack(
    write_evidence: NamedDependency[SkipValidation[WriteEvidence]],
) -> Stream:
    return await sent_once(write_evidence)


@post("/evidence/disclosures", include_in_schema=False, dependencies=PAGE)
async def ask(
    desk: NamedDependency[SkipValidation[Desk]],
    evidence_page: NamedDependency[SkipValidation[EvidencePage]],
    ask_disclosure: NamedDependency[SkipValidation[AskDisclosure]],
) -> Response[Any]:
    form = await Form.of(desk.request)
    try:
        await ask_disclosure(_customer(form), form.text("reason"), desk.actor)
    except DomainError as error:
        return await evidence_page(desk, error, values=form.values)
    return desk.go("/evidence?done=ask")


@post(
    "/evidence/disclosures/{disclosure_id:uuid}/approve",
    include_in_schema=False,
    dependencies=PAGE,
)
async def approve(
    disclosure_id: FromPath[UUID],
    desk: NamedDependency[SkipValidation[Desk]],
    evidence_page: NamedDependency[SkipValidation[EvidencePage]],
    approve_disclosure: NamedDependency[SkipValidation[ApproveDisclosure]],
) -> Response[Any]:
    try:
        await approve_disclosure(DisclosureId(disclosure_id), desk.actor)
    except DomainError as error:
        return await evidence_page(desk, error)
    return desk.go("/evidence?done=approve")


@post(
    "/evidence/disclosures/{disclosure_id:uuid}/read",
    include_in_schema=False,
    dependencies=PAGE,
)
async def read(
    disclosure_id: FromPath[UUID],
    desk: NamedDependency[SkipValidation[Desk]],
    evidence_page: NamedDependency[SkipValidation[EvidencePage]],
    read_disclosure: NamedDependency[SkipValidation[ReadDisclosure]],
) -> Response[Any] | Stream:
    wanted = DisclosureId(disclosure_id)
    try:
        return await sent_once(lambda folder: read_disclosure(wanted, desk.actor, folder))
    except DomainError as error:
        return await evidence_page(desk, error)


def _customer(form: Form) -> CustomerId:
    try:
        return CustomerId(UUID(form.text("person")))
    except ValueError as error:
        raise Invalid("person", "Write the customer's id.") from error


handlers = [evidence, pack, ask, approve, read]
