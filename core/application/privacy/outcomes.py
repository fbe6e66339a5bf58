"""Decides the outcome of an erasure for each row, with the legal reason."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.identifiers import DataKeyId
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Decision, Outcome
from ports.clock import Clock

OPEN = frozenset({"placed", "paid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """The facts that decide whether the shop still needs the address of an order.

    ``returning``: a return or refund is open. ``anonymous``: the address is erased already.
    """

    placed_at: datetime
    state: str
    ended_at: datetime
    returning: bool
    anonymous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFacts:
    """A row with personal data, encrypted with the keys ``data_key_ids``.

    ``delete``: the row is deleted; else the fields in ``clear`` are erased. The rest is retained
    for the reason ``retention``, a code of the policy. The time starts at ``since``, or when
    the order was placed.
    """

    reference: str
    data_key_ids: tuple[DataKeyId, ...]
    delete: bool
    clear: tuple[str, ...]
    retention: str
    since: datetime | None = None
    order: OrderFacts | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Decides by the classification of the columns, and by the order that a row belongs to."""

    policy: Policy
    now: Clock

    def decide(self, row: RowFacts) -> Decision:
        if row.delete:
            return Decision(
                reference=row.reference, outcome=Outcome.ERASE, data_key_ids=row.data_key_ids
            )
        needed = self._still_needed(row.order) if row.order is not None and row.clear else None
        if needed is not None:
            reason, until, article = needed
            outcome = Outcome.RETAIN
        else:
            since = row.order.placed_at if row.order is not None else row.since
            assert since is not None
            until, article = self.policy.keep_until(row.retention, since)
            reason = row.retention
            outcome = Outcome.PSEUDONYMISE if row.clear else Outcome.RETAIN
        return Decision(
            reference=row.reference,
            outcome=outcome,
            fields=row.clear,
            reason=reason,
            article=article,
            until=until,
            data_key_ids=row.data_key_ids,
        )

    def _still_needed(self, order: OrderFacts) -> tuple[str, datetime, str] | None:
        """Returns reason, end and article if the shop still needs the address, else None."""
        if order.anonymous:
            return None
        if order.state in OPEN or order.returning:
            return ("open", *self.policy.keep_until("open_order", self.now()))
        until, article = self.policy.keep_until("returns", order.ended_at)
        if order.state == "completed" and until > self.now():
            return "returns", until, article
        return None
