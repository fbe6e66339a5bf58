"""The repository of privacy requests, with their plans, retention and legal holds."""

import builtins
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.keyset import Keyset
from adapters.database.privacy.legal_holds import SqlLegalHolds
from adapters.database.privacy.plans import SqlErasurePlans
from adapters.database.privacy.retention import SqlRetention
from adapters.database.statements import insert_into, is_unique_violation, save_versioned
from adapters.database.tables.privacy import privacy_claims, privacy_decisions, privacy_requests
from adapters.serialization.cursors import timestamp
from core.domain.errors import AlreadyExists, NotFound
from core.domain.identifiers import RequestId
from core.domain.privacy.records import Subject
from core.domain.privacy.request import Applicant, PrivacyRequest, RequestKind, RequestState
from ports.encryption import DataKeys, Encryption
from ports.pagination import PageOf, Slice

SUBJECT = "privacy_requests.subject"
BY_DUE = Keyset((privacy_requests.c.due_at, privacy_requests.c.id), (timestamp, UUID))
BY_NUMBER = select(privacy_requests).where(privacy_requests.c.number == bindparam("key"))


class SqlPrivacyRequests(SqlErasurePlans, SqlRetention, SqlLegalHolds):
    def __init__(self, connection: AsyncConnection, vault: Encryption) -> None:
        self._connection = connection
        self._vault = vault

    async def get_for_update(self, number: str) -> PrivacyRequest:
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
        request_rows = rows.all()
        keys = await self._vault.keys(row.data_key_id for row in request_rows)
        return tuple(_request(row, keys) for row in request_rows)

    async def listed(
        self, part: Slice, *, kind: RequestKind | None = None, closed: bool = False
    ) -> PageOf[PrivacyRequest]:
        has_ended = privacy_requests.c.ended_at.is_not(None)
        page = select(privacy_requests).where(has_ended if closed else ~has_ended)
        if kind is not None:
            page = page.where(privacy_requests.c.kind == str(kind))
        found = (await self._connection.execute(BY_DUE.select(page, part))).all()
        rows, after, before = BY_DUE.page(found, part)
        keys = await self._vault.keys(row.data_key_id for row in rows)
        return PageOf(tuple(_request(row, keys) for row in rows), after, before)

    async def save(self, request: PrivacyRequest) -> None:
        data_key_id = request.data_key_id = request.data_key_id or await self._vault.new_data_key()
        keys = await self._vault.keys([data_key_id])
        request.version = await save_versioned(
            self._connection,
            privacy_requests,
            {
                "id": request.id,
                "number": request.number,
                "kind": str(request.kind),
                "applicant": str(request.applicant),
                "state": str(request.state),
                "data_key_id": data_key_id,
                "subject": keys.encrypt(
                    data_key_id, SUBJECT, request.id, _subject_document(request)
                ),
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
        elif request.is_closed:
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
            .values(subject=None, data_key_id=None)
        )

    async def _request(self, row: Row[Any]) -> PrivacyRequest:
        return _request(row, await self._vault.keys([row.data_key_id]))


def _request(row: Row[Any], keys: DataKeys) -> PrivacyRequest:
    plaintext = keys.decrypt(SUBJECT, row.id, row.subject) or ["", [], []]
    salt, customer_ids, contacts, corrections = (*plaintext, {})[:4]
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
        data_key_id=row.data_key_id,
        verified_by=row.verified_by,
        approved_by=row.approved_by,
        plan_hash=row.plan_hash,
        reason=row.reason,
        failures=tuple(row.failures),
        ended_at=row.ended_at,
        certificate=row.certificate,
        version=row.version,
    )


def _subject_document(request: PrivacyRequest) -> list[Any]:
    customer_ids = sorted(str(each) for each in request.subject.customers)
    contacts = sorted(request.subject.contacts)
    return [request.salt, customer_ids, contacts, dict(request.corrections)]
