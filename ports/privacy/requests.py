"""The repository of privacy requests, and its unit of work."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from core.domain.events import Event
from core.domain.identifiers import DataKeyId, RequestId
from core.domain.privacy.records import Decision, Outcome
from core.domain.privacy.request import PrivacyRequest, RequestKind
from ports.customers import Customers
from ports.pagination import PageOf, Slice
from ports.privacy.data_links import DataLinks
from ports.privacy.disclosures import Disclosures


class PrivacyRequests(Protocol):
    """Privacy requests with their plans. A plan is deleted when its request is complete."""

    async def get_for_update(self, number: str) -> PrivacyRequest:
        """Load with a row lock (`SELECT … FOR UPDATE`).

        Concurrent callers block until this transaction ends.
        Raises `NotFound`.
        """

    async def find_open(self, request: PrivacyRequest) -> PrivacyRequest | None:
        """The open request of the same kind and the same person."""

    async def list(self, limit: int) -> tuple[PrivacyRequest, ...]:
        """Open requests first, then closed ones; each group by ``due_at``."""

    async def listed(
        self, part: Slice, *, kind: RequestKind | None = None, closed: bool = False
    ) -> PageOf[PrivacyRequest]:
        """Open or closed requests, by ``due_at``."""

    async def save(self, request: PrivacyRequest) -> None:
        """Raises `AlreadyExists` (a second open request of the same kind) or `StaleVersion`."""

    async def forget_subject(self, request_id: RequestId) -> None:
        """Delete the subject and the plan. The certificate is kept."""

    async def clear_plan(self, request_id: RequestId) -> None: ...

    async def add_plan(
        self,
        request_id: RequestId,
        data_provider: str,
        decisions: Sequence[Decision],
        position: int,
    ) -> None:
        """Append decisions to the plan. Existing decisions do not change."""

    async def pending(self, request_id: RequestId, limit: int) -> tuple[tuple[str, Decision], ...]:
        """Open decisions in the order of the plan, each with its data provider."""

    async def done(
        self, request_id: RequestId, data_provider: str, references: Sequence[str]
    ) -> None: ...

    async def data_key_ids(self, request_id: RequestId) -> frozenset[DataKeyId]:
        """The data keys that encrypt the records of the plan."""

    async def counts(self, request_id: RequestId) -> Mapping[Outcome, int]: ...

    async def retained(self, request_id: RequestId) -> Sequence[Mapping[str, Any]]:
        """The number of retained records by reason, article and end of retention."""

    async def recipients(self, request_id: RequestId) -> tuple[str, ...]:
        """Codes of all recipients of orders in the plan."""

    async def record_retention(self, request_id: RequestId) -> None:
        """Store the records to retain, without a link to the person.

        Records without a retained field, such as accounting documents, are not stored: they
        have no link to a person.
        """

    async def retention_due(self, now: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        """Data providers and references of records whose retention has ended."""

    async def end_retention(
        self, data_provider: str, references: Sequence[str], extended: Mapping[str, datetime]
    ) -> None:
        """Delete retained records. Records in ``extended`` get a new end instead."""

    async def freeze(self, customer_ids: Sequence[UUID]) -> None:
        """End the sessions of these customers and block their log-ins."""

    async def unfreeze(self, customer_ids: Sequence[UUID]) -> None:
        """Allow log-ins again."""

    async def legal_holds(self, customer_ids: Sequence[UUID]) -> str:
        """The reason of one of their legal holds; empty if there is none."""

    async def place_legal_hold(
        self, customer_id: UUID, reason: str, by: str, at: datetime
    ) -> None: ...

    async def release_legal_hold(self, customer_id: UUID) -> int: ...


class PrivacyUnitOfWork(Protocol):
    """The repositories of privacy requests, in one transaction."""

    @property
    def privacy(self) -> PrivacyRequests: ...
    @property
    def disclosures(self) -> Disclosures: ...
    @property
    def data_links(self) -> DataLinks: ...
    @property
    def customers(self) -> Customers: ...

    def add_event(self, event: Event) -> None:
        """Store an event in the outbox with the commit."""

    async def commit(self) -> None:
        """Commit the transaction."""


class PrivacyUnitsOfWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[PrivacyUnitOfWork]:
        """Open a unit. It rolls back if it ends without `PrivacyUnitOfWork.commit`."""
