"""The repository of requests about personal data."""

import builtins
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, bindparam, cast, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from adapters.database.statements import (
    insert_into,
    is_unique_violation,
    save_versioned,
    upsert,
)
from adapters.database.tables import (
    customers,
    legal_holds,
    privacy_claims,
    privacy_decisions,
    privacy_requests,
    retained_records,
    sessions,
)
from adapters.keys.vault import Keys, Vault
from core.domain.errors import AlreadyExists, NotFound
from core.domain.identifiers import PersonId, RequestId
from core.domain.privacy.records import Decision, Outcome, Subject
from core.domain.privacy.request import Applicant, PrivacyRequest, RequestKind, RequestState

SUBJECT = "privacy_requests.subject"
BY_NUMBER = select(privacy_requests).where(privacy_requests.c.number == bindparam("key"))
PENDING = (
    select(privacy_decisions)
    .where(privacy_decisions.c.request_id == bindparam("key"), privacy_decisions.c.done.is_(False))
    .order_by(privacy_decisions.c.position)
    .limit(bindparam("most"))
)


class SqlPrivacyRequests:
    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    async def claim(self, number: str) -> PrivacyRequest:
        row = (await self._connection.execute(BY_NUMBER.with_for_update(), {"key": number})).first()
        if row is None:
            raise NotFound("request", number)
        return await self._request(row)

    async def find_open(self, request: PrivacyRequest) -> PrivacyRequest | None:
        row = (
            await self._connection.execute(
                select(privacy_requests)
                .join(privacy_claims, privacy_claims.c.request_id == privacy_requests.c.id)
                .where(privacy_claims.c.claim.in_(self._claims(request)))
                .limit(1)
            )
        ).first()
        return None if row is None else await self._request(row)

    async def list(self, limit: int) -> tuple[PrivacyRequest, ...]:
        rows = await self._connection.execute(
            select(privacy_requests)
            .order_by(
                privacy_requests.c.ended_at.is_not(None),
                privacy_requests.c.due_at,
                privacy_requests.c.id,
            )
            .limit(limit)
        )
        found = rows.all()
        keys = await self._vault.keys(row.person for row in found)
        return tuple(_request(row, keys) for row in found)

    async def save(self, request: PrivacyRequest) -> None:
        person = request.person = request.person or await self._vault.new_person()
        keys = await self._vault.keys([person])
        request.version = await save_versioned(
            self._connection,
            privacy_requests,
            {
                "id": request.id,
                "number": request.number,
                "kind": str(request.kind),
                "applicant": str(request.applicant),
                "state": str(request.state),
                "person": person,
                "subject": keys.seal(person, SUBJECT, request.id, _plain(request)),
                "subject_hash": request.subject_hash,
                "received_at": request.received_at,
                "due_at": request.due_at,
                "article": request.article,
                "verified_by": request.verified_by,
                "approved_by": request.approved_by,
                "plan_hash": request.plan_hash,
                "reason": request.reason,
                "failures": builtins.list(request.failures),
                "ended_at": request.ended_at,
                "certificate": request.certificate,
            },
            version=request.version,
            kind="request",
            key=request.number,
        )
        if request.version == 1:
            await self._claim(request)
        elif request.is_over:
            await self._connection.execute(
                delete(privacy_claims).where(privacy_claims.c.request_id == request.id)
            )

    def _claims(self, request: PrivacyRequest) -> builtins.list[bytes]:
        return [self._vault.fingerprint(claim) for claim in request.claims]

    async def _claim(self, request: PrivacyRequest) -> None:
        rows = [{"claim": claim, "request_id": request.id} for claim in self._claims(request)]
        try:
            await self._connection.execute(insert_into(privacy_claims), rows)
        except IntegrityError as error:
            if is_unique_violation(error):
                raise AlreadyExists("request", request.number) from error
            raise

    async def forget_subject(self, request_id: RequestId) -> None:
        await self._connection.execute(
            delete(privacy_decisions).where(privacy_decisions.c.request_id == request_id)
        )
        await self._connection.execute(
            update(privacy_requests)
            .where(privacy_requests.c.id == request_id)
            .values(subject=None, person=None)
        )

    async def clear_plan(self, request_id: RequestId) -> None:
        await self._connection.execute(
            delete(privacy_decisions).where(
                privacy_decisions.c.request_id == request_id, privacy_decisions.c.done.is_(False)
            )
        )

    async def add_plan(
        self, request_id: RequestId, keeper: str, decisions: Sequence[Decision], position: int
    ) -> None:
        rows = [
            {
                "request_id": request_id,
                "keeper": keeper,
                "reference": each.reference,
                "position": position + number,
                "outcome": str(each.outcome),
                "fields": builtins.list(each.fields),
                "reason": each.reason,
                "article": each.article,
                "until": each.until,
                "people": [str(person) for person in each.people],
                "done": False,
            }
            for number, each in enumerate(decisions)
        ]
        if rows:
            await self._connection.execute(
                upsert(self._connection, privacy_decisions).on_conflict_do_nothing(), rows
            )

    async def pending(self, request_id: RequestId, limit: int) -> tuple[tuple[str, Decision], ...]:
        rows = await self._connection.execute(PENDING, {"key": request_id, "most": limit})
        return tuple((row.keeper, _decision(row)) for row in rows)

    async def done(self, request_id: RequestId, keeper: str, references: Sequence[str]) -> None:
        await self._connection.execute(
            update(privacy_decisions)
            .where(
                privacy_decisions.c.request_id == request_id,
                privacy_decisions.c.keeper == keeper,
                privacy_decisions.c.reference.in_(references),
            )
            .values(done=True)
        )

    async def people(self, request_id: RequestId) -> frozenset[PersonId]:
        rows = await self._connection.scalars(
            select(privacy_decisions.c.people).where(privacy_decisions.c.request_id == request_id)
        )
        return frozenset(PersonId(UUID(person)) for people in rows for person in people)

    async def counts(self, request_id: RequestId) -> Mapping[Outcome, int]:
        rows = await self._connection.execute(
            select(privacy_decisions.c.outcome, func.count().label("records"))
            .where(privacy_decisions.c.request_id == request_id)
            .group_by(privacy_decisions.c.outcome)
        )
        return {Outcome(row.outcome): row.records for row in rows}

    async def retained(self, request_id: RequestId) -> Sequence[Mapping[str, Any]]:
        table = privacy_decisions.c
        rows = await self._connection.execute(
            select(
                table.reason,
                table.article,
                func.max(table.until).label("until"),
                func.count().label("records"),
            )
            .where(table.request_id == request_id, table.until.is_not(None))
            .group_by(table.reason, table.article)
            .order_by(table.reason)
        )
        return [dict(row._mapping) for row in rows]  # noqa: SLF001 -- SQLAlchemy's own name for it

    async def recipients(self, request_id: RequestId) -> tuple[str, ...]:
        references = await self._connection.scalars(
            select(privacy_decisions.c.reference).where(
                privacy_decisions.c.request_id == request_id,
                privacy_decisions.c.reference.like("outbound/%"),
            )
        )
        codes = {each.removeprefix("outbound/").partition(":")[0] for each in references}
        return tuple(sorted(codes))

    async def keep_retained(self, request_id: RequestId) -> None:
        rows = (
            await self._connection.execute(
                select(privacy_decisions).where(
                    privacy_decisions.c.request_id == request_id,
                    privacy_decisions.c.outcome == str(Outcome.RETAIN),
                    privacy_decisions.c.until.is_not(None),
                    cast(privacy_decisions.c.fields, Text) != "[]",
                )
            )
        ).all()
        values = [
            {name: getattr(row, name) for name in retained_records.c.keys()}  # noqa: SIM118
            for row in rows
        ]
        if values:
            await self._connection.execute(
                upsert(self._connection, retained_records).on_conflict_do_nothing(), values
            )

    async def retention_due(self, now: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        rows = await self._connection.execute(
            select(retained_records.c.keeper, retained_records.c.reference)
            .where(retained_records.c.until <= now)
            .order_by(retained_records.c.keeper, retained_records.c.reference)
            .limit(limit)
        )
        return tuple((row.keeper, row.reference) for row in rows)

    async def end_retention(
        self, keeper: str, references: Sequence[str], extended: Mapping[str, datetime]
    ) -> None:
        table = retained_records
        for reference, until in extended.items():
            await self._connection.execute(
                update(table)
                .where(table.c.keeper == keeper, table.c.reference == reference)
                .values(until=until)
            )
        over = [each for each in references if each not in extended]
        await self._connection.execute(
            delete(table).where(table.c.keeper == keeper, table.c.reference.in_(over))
        )

    async def freeze(self, customer_ids: Sequence[UUID]) -> None:
        await self._connection.execute(
            update(customers)
            .where(customers.c.id.in_(customer_ids), customers.c.frozen.is_(False))
            .values(frozen=True, version=customers.c.version + 1)
        )
        await self._connection.execute(
            delete(sessions).where(sessions.c.person_id.in_(customer_ids))
        )

    async def thaw(self, customer_ids: Sequence[UUID]) -> None:
        await self._connection.execute(
            update(customers)
            .where(customers.c.id.in_(customer_ids), customers.c.frozen.is_(True))
            .values(frozen=False, version=customers.c.version + 1)
        )

    async def held(self, customer_ids: Sequence[UUID]) -> str:
        reason: str | None = await self._connection.scalar(
            select(legal_holds.c.reason).where(legal_holds.c.customer_id.in_(customer_ids)).limit(1)
        )
        return reason or ""

    async def hold(self, customer_id: UUID, reason: str, by: str, at: datetime) -> None:
        await self._connection.execute(
            insert_into(legal_holds),
            {
                "id": new_id(),
                "customer_id": customer_id,
                "reason": reason,
                "placed_at": at,
                "placed_by": by,
            },
        )

    async def release_hold(self, customer_id: UUID) -> int:
        gone = await self._connection.execute(
            delete(legal_holds).where(legal_holds.c.customer_id == customer_id)
        )
        return gone.rowcount

    async def _request(self, row: Row[Any]) -> PrivacyRequest:
        return _request(row, await self._vault.keys([row.person]))


def _request(row: Row[Any], keys: Keys) -> PrivacyRequest:
    known = keys.open(SUBJECT, row.id, row.subject) or ["", [], []]
    salt, customer_ids, contacts, corrections = (*known, {})[:4]
    return PrivacyRequest(
        id=RequestId(row.id),
        number=row.number,
        kind=RequestKind(row.kind),
        state=RequestState(row.state),
        salt=salt,
        applicant=Applicant(row.applicant),
        corrections=corrections,
        subject=Subject(
            customers=frozenset(UUID(each) for each in customer_ids),
            contacts=frozenset(contacts),
        ),
        subject_hash=row.subject_hash,
        received_at=row.received_at,
        due_at=row.due_at,
        article=row.article,
        person=row.person,
        verified_by=row.verified_by,
        approved_by=row.approved_by,
        plan_hash=row.plan_hash,
        reason=row.reason,
        failures=tuple(row.failures),
        ended_at=row.ended_at,
        certificate=row.certificate,
        version=row.version,
    )


def _plain(request: PrivacyRequest) -> list[Any]:
    customer_ids = sorted(str(each) for each in request.subject.customers)
    contacts = sorted(request.subject.contacts)
    return [request.salt, customer_ids, contacts, dict(request.corrections)]


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        reference=row.reference,
        outcome=Outcome(row.outcome),
        fields=tuple(row.fields),
        reason=row.reason,
        article=row.article,
        until=row.until,
        people=tuple(PersonId(UUID(each)) for each in row.people),
    )
