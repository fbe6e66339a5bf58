"""The repository of privacy requests, and its unit of work."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from core.domain.events import Event
from core.domain.identifiers import DataKeyId, RequestId
from core.domain.privacy.records import Decision, Outcome
from core.domain.privacy.request import PrivacyRequest
from ports.customers import Customers
from ports.privacy.data_links import DataLinks
from ports.privacy.disclosures import Disclosures


class PrivacyRequests(Protocol):
    """Decisions are kept with a request until it is completed."""

    async def get_for_update(self, number: str) -> PrivacyRequest:
        """Whoever else claims it waits. Raises `NotFound`."""

    async def find_open(self, request: PrivacyRequest) -> PrivacyRequest | None:
        """The open request with the same wish of the same person."""

    async def list(self, limit: int) -> tuple[PrivacyRequest, ...]:
        """Those that are open first, by when they are due; then the latest."""

    async def save(self, request: PrivacyRequest) -> None:
        """Raises `AlreadyExists` for a second open one, or `StaleVersion`."""

    async def forget_subject(self, request_id: RequestId) -> None:
        """Drop who it was about, and the decisions: the certificate stays."""

    async def clear_plan(self, request_id: RequestId) -> None: ...

    async def add_plan(
        self,
        request_id: RequestId,
        data_provider: str,
        decisions: Sequence[Decision],
        position: int,
    ) -> None:
        """Add to the plan; what is there already stays as it is."""

    async def pending(self, request_id: RequestId, limit: int) -> tuple[tuple[str, Decision], ...]:
        """Decisions that are not carried out, in the plan's order, with their keepers."""

    async def done(
        self, request_id: RequestId, data_provider: str, references: Sequence[str]
    ) -> None: ...

    async def data_key_ids(self, request_id: RequestId) -> frozenset[DataKeyId]:
        """Whose keys sealed what was decided about."""

    async def counts(self, request_id: RequestId) -> Mapping[Outcome, int]: ...

    async def retained(self, request_id: RequestId) -> Sequence[Mapping[str, Any]]:
        """What is retained, by reason, article and end: how many records."""

    async def recipients(self, request_id: RequestId) -> tuple[str, ...]:
        """Who got to know of an order that was decided about, by code."""

    async def keep_retained(self, request_id: RequestId) -> None:
        """Remember what is retained for a time, without whose it was.

        Records of which no field is kept, such as accounting documents, are nobody's already.
        """

    async def retention_due(self, now: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        """Keepers and references of records whose time is over."""

    async def end_retention(
        self, data_provider: str, references: Sequence[str], extended: Mapping[str, datetime]
    ) -> None:
        """Forget them, but for those that must stay."""

    async def freeze(self, customers: Sequence[UUID]) -> None:
        """End their sessions, and let nobody log in."""

    async def unfreeze(self, customers: Sequence[UUID]) -> None:
        """Let them log in again."""

    async def legal_holds(self, customers: Sequence[UUID]) -> str:
        """Why their data must stay; empty if nothing holds it."""

    async def place_legal_hold(
        self, customer_id: UUID, reason: str, by: str, at: datetime
    ) -> None: ...

    async def release_legal_hold(self, customer_id: UUID) -> int: ...


class PrivacyUnitOfWork(Protocol):
    """Requests about personal data in one transaction."""

    @property
    def privacy(self) -> PrivacyRequests: ...
    @property
    def disclosures(self) -> Disclosures: ...
    @property
    def data_links(self) -> DataLinks: ...
    @property
    def customers(self) -> Customers: ...

    def add_event(self, event: Event) -> None:
        """Have an event go out with the commit."""

    async def commit(self) -> None:
        """Make it true."""


class PrivacyUnitsOfWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[PrivacyUnitOfWork]:
        """A new unit; leaving it without `PrivacyUnitOfWork.commit` undoes it."""
