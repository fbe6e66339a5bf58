"""A privacy request, from its receipt to its response."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.domain.errors import IllegalTransition
from core.domain.identifiers import DataKeyId, RequestId
from core.domain.privacy.records import Subject


class RequestKind(StrEnum):
    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"


IMMEDIATE_KINDS = frozenset(
    {RequestKind.RECTIFICATION, RequestKind.RESTRICTION, RequestKind.OBJECTION}
)
"""Kinds that are carried out right after the identity is verified."""


class Applicant(StrEnum):
    """The person, or a close relative of a deceased person (PIPL 49)."""

    SELF = "self"
    RELATIVE = "relative"


class RequestState(StrEnum):
    RECEIVED = "received"
    VERIFIED = "identity_verified"
    FROZEN = "frozen"
    PLANNED = "planned"
    HELD = "held"
    APPROVED = "approved"
    EXECUTING = "executing"
    PROPAGATING = "propagating"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"


# Every move a request can make. A move that is not here raises.
MOVES: dict[tuple[RequestState, str], RequestState] = {
    (RequestState.RECEIVED, "verify_identity"): RequestState.VERIFIED,
    (RequestState.RECEIVED, "refuse"): RequestState.REFUSED,
    (RequestState.VERIFIED, "refuse"): RequestState.REFUSED,
    (RequestState.VERIFIED, "freeze"): RequestState.FROZEN,
    (RequestState.VERIFIED, "execute"): RequestState.EXECUTING,
    (RequestState.FROZEN, "plan"): RequestState.PLANNED,
    (RequestState.FROZEN, "hold"): RequestState.HELD,
    (RequestState.FROZEN, "fail"): RequestState.INCOMPLETE,
    (RequestState.PLANNED, "plan"): RequestState.PLANNED,
    (RequestState.PLANNED, "hold"): RequestState.HELD,
    (RequestState.PLANNED, "fail"): RequestState.INCOMPLETE,
    (RequestState.PLANNED, "refuse"): RequestState.REFUSED,
    (RequestState.PLANNED, "approve"): RequestState.APPROVED,
    (RequestState.HELD, "plan"): RequestState.PLANNED,
    (RequestState.HELD, "refuse"): RequestState.REFUSED,
    (RequestState.HELD, "hold"): RequestState.HELD,
    (RequestState.APPROVED, "plan"): RequestState.PLANNED,
    (RequestState.APPROVED, "hold"): RequestState.HELD,
    (RequestState.APPROVED, "fail"): RequestState.INCOMPLETE,
    (RequestState.APPROVED, "execute"): RequestState.EXECUTING,
    (RequestState.EXECUTING, "execute"): RequestState.EXECUTING,
    (RequestState.EXECUTING, "propagate"): RequestState.PROPAGATING,
    (RequestState.EXECUTING, "complete"): RequestState.COMPLETED,
    (RequestState.EXECUTING, "fail"): RequestState.INCOMPLETE,
    (RequestState.PROPAGATING, "propagate"): RequestState.PROPAGATING,
    (RequestState.PROPAGATING, "scan"): RequestState.VERIFYING,
    (RequestState.PROPAGATING, "fail"): RequestState.INCOMPLETE,
    (RequestState.VERIFYING, "propagate"): RequestState.PROPAGATING,
    (RequestState.VERIFYING, "scan"): RequestState.VERIFYING,
    (RequestState.VERIFYING, "complete"): RequestState.COMPLETED,
    (RequestState.VERIFYING, "fail"): RequestState.INCOMPLETE,
    (RequestState.INCOMPLETE, "plan"): RequestState.PLANNED,
    (RequestState.INCOMPLETE, "hold"): RequestState.HELD,
    (RequestState.INCOMPLETE, "fail"): RequestState.INCOMPLETE,
    (RequestState.INCOMPLETE, "refuse"): RequestState.REFUSED,
    (RequestState.INCOMPLETE, "execute"): RequestState.EXECUTING,
}

CLOSED = frozenset({RequestState.COMPLETED, RequestState.REFUSED})


@dataclass(slots=True, eq=False, kw_only=True)
class PrivacyRequest:
    """A person has at most one open request of each kind.

    ``data_key_id`` is a data key of the request itself, because an erasure destroys the keys
    of the person. ``subject_hash`` is the SHA-256 of ``salt``, which the person receives, and
    of the first of ``claims``. ``corrections`` are the new values of a rectification:
    ``name``, ``login``. ``plan_hash`` must match to execute. ``failures`` has the data
    providers that failed.
    """

    id: RequestId
    number: str
    kind: RequestKind
    received_at: datetime
    due_at: datetime
    article: str
    subject: Subject
    subject_hash: str
    salt: str
    applicant: Applicant = Applicant.SELF
    corrections: Mapping[str, str] = field(default_factory=dict)
    data_key_id: DataKeyId | None = None
    state: RequestState = RequestState.RECEIVED
    verified_by: str = ""
    approved_by: str = ""
    plan_hash: str = ""
    reason: str = ""
    failures: tuple[str, ...] = ()
    ended_at: datetime | None = None
    certificate: dict[str, Any] | None = None
    version: int = 0

    @property
    def claims(self) -> tuple[str, ...]:
        """Two requests of the same kind and the same person have a claim in common."""
        names = (*(str(each) for each in self.subject.customers), *self.subject.contacts)
        return tuple(sorted(f"{self.kind}|{name}" for name in names))

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    def verify_identity(self, method: str) -> None:
        self._move("verify_identity")
        self.verified_by = method

    def refuse(self, reason: str, now: datetime) -> None:
        """Raises `IllegalTransition` for an erasure that has begun: it cannot be undone."""
        if self.approved_by and self.state is RequestState.INCOMPLETE:
            raise IllegalTransition("request", self.state, "refuse")
        self._move("refuse")
        self.reason, self.ended_at = reason, now

    def freeze(self) -> None:
        self._move("freeze")

    def plan(self, plan_hash: str) -> None:
        """Set a new plan. It revokes the approval of an earlier plan."""
        self._move("plan")
        self.plan_hash, self.approved_by, self.failures = plan_hash, "", ()

    def hold(self, reason: str) -> None:
        self._move("hold")
        self.reason = reason

    def approve(self, by: str) -> None:
        self._move("approve")
        self.approved_by, self.reason = by, ""

    def execute(self) -> None:
        """Raises `IllegalTransition` for an erasure without approval, also on a retry."""
        if self.kind is RequestKind.ERASURE and not self.approved_by:
            raise IllegalTransition("request", self.state, "execute")
        self._move("execute")

    def propagate(self) -> None:
        self._move("propagate")

    def scan(self) -> None:
        self._move("scan")

    def complete(self, now: datetime) -> None:
        self._move("complete")
        self.failures, self.ended_at = (), now

    def fail(self, failures: tuple[str, ...]) -> None:
        self._move("fail")
        self.failures = failures

    def fail_to_plan(self, failures: tuple[str, ...]) -> None:
        """A data provider did not plan. It revokes the plan and its approval."""
        self.fail(failures)
        self.plan_hash, self.approved_by = "", ""

    def _move(self, move: str) -> None:
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("request", self.state, move) from None
