"""Every move of a request about personal data: made as its table says, or refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from core.domain.errors import IllegalTransition
from core.domain.identifiers import RequestId
from core.domain.privacy.records import Subject
from core.domain.privacy.request import MOVES, PrivacyRequest, RequestKind, RequestState

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ACTS: dict[str, Callable[[PrivacyRequest], None]] = {
    "verify_identity": lambda each: each.verify_identity("x"),
    "refuse": lambda each: each.refuse("x", NOW),
    "freeze": lambda each: each.freeze(),
    "plan": lambda each: each.plan("hash"),
    "hold": lambda each: each.hold("case"),
    "approve": lambda each: each.approve("x"),
    "execute": lambda each: each.execute(),
    "propagate": lambda each: each.propagate(),
    "scan": lambda each: each.scan(),
    "complete": lambda each: each.complete(NOW),
    "fail": lambda each: each.fail(("x",)),
}


def a_request() -> PrivacyRequest:
    return PrivacyRequest(
        id=RequestId(uuid4()),
        number="1000000000000001",
        kind=RequestKind.ERASURE,
        received_at=NOW,
        due_at=NOW,
        article="x",
        subject=Subject(contacts=frozenset({"b@example.com", "a@example.com"})),
        subject_hash="",
        salt="",
        approved_by="Lin",
    )


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("move", list(ACTS))
def test_a_move_is_made_or_refused(state: RequestState, move: str) -> None:
    request = a_request()
    request.state = state
    request.approved_by = "" if move == "refuse" else "Lin"
    if (state, move) in MOVES:
        ACTS[move](request)
        assert request.state is MOVES[state, move]
    else:
        with pytest.raises(IllegalTransition):
            ACTS[move](request)
        assert request.state is state


def test_every_move_is_acted() -> None:
    assert {move for _, move in MOVES} == set(ACTS)


def test_nothing_moves_what_is_over() -> None:
    over = {RequestState.COMPLETED, RequestState.REFUSED}
    assert not over & {state for state, _ in MOVES}


def test_success_is_reached_from_the_last_steps_alone() -> None:
    """No skipped step leads to it: an access ends from executing, an erasure from verifying."""
    before = {state for (state, _), to in MOVES.items() if to is RequestState.COMPLETED}
    assert before == {RequestState.EXECUTING, RequestState.VERIFYING}


def test_another_plan_needs_another_approval() -> None:
    request = a_request()
    request.state = RequestState.PLANNED
    request.approve("Lin")
    request.plan("another")
    assert (request.state, request.approved_by) == (RequestState.PLANNED, "")


@pytest.mark.parametrize("state", [RequestState.APPROVED, RequestState.INCOMPLETE])
def test_nothing_is_erased_without_approval(state: RequestState) -> None:
    request = a_request()
    request.state, request.approved_by = state, ""
    with pytest.raises(IllegalTransition):
        request.execute()


def test_an_erasure_that_was_begun_is_not_refused() -> None:
    request = a_request()
    request.state = RequestState.INCOMPLETE
    with pytest.raises(IllegalTransition):
        request.refuse("x", NOW)


def test_a_plan_that_failed_takes_the_approval_with_it() -> None:
    request = a_request()
    request.state, request.plan_hash = RequestState.APPROVED, "hash"
    request.fail_to_plan(("loyalty",))
    assert (request.plan_hash, request.approved_by) == ("", "")
    with pytest.raises(IllegalTransition):
        request.execute()


def test_the_same_wish_has_a_claim_in_common() -> None:
    assert a_request().claims == ("erasure|a@example.com", "erasure|b@example.com")
