"""What becomes of a row of the shop when its person is erased, and why."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.identifiers import DataKeyId
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Decision, Outcome
from ports.clock import Clock

OPEN = frozenset({"placed", "paid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What decides whether the address of an order is still needed.

    ``returning``: a return or refund is open. ``anonymous``: the address is erased already.
    """

    placed_at: datetime
    state: str
    ended_at: datetime
    returning: bool
    anonymous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFacts:
    """A row with personal data. ``people`` are those whose keys encrypt it.

    ``whole``: the row is deleted; else the fields in ``clear`` are. What is kept of it, is kept
    for the reason ``keeping``, a code of the policy, from ``since`` or from its order on.
    """

    reference: str
    data_key_ids: tuple[DataKeyId, ...]
    whole: bool
    clear: tuple[str, ...]
    keeping: str
    since: datetime | None = None
    order: OrderFacts | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Decides by what the columns say of themselves, and by the order that a row belongs to."""

    policy: Policy
    now: Clock

    def decide(self, row: RowFacts) -> Decision:
        if row.whole:
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
            until, article = self.policy.keep_until(row.keeping, since)
            reason = row.keeping
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
        """Why the address of an order is needed, until when, and by which article."""
        if order.anonymous:
            return None
        if order.state in OPEN or order.returning:
            return ("open", *self.policy.keep_until("open_order", self.now()))
        until, article = self.policy.keep_until("returns", order.ended_at)
        if order.state == "completed" and until > self.now():
            return "returns", until, article
        return None
