"""A privacy request makes the moves of its table and refuses all others."""

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


def test_the_tests_cover_exactly_the_moves_of_the_table() -> None:
    assert {move for _, move in MOVES} == set(ACTS)


def test_a_closed_request_has_no_moves() -> None:
    closed = {RequestState.COMPLETED, RequestState.REFUSED}
    assert not closed & {state for state, _ in MOVES}


def test_only_the_last_steps_lead_to_completion() -> None:
    """No step can be skipped: access completes after executing, erasure after verifying."""
    before = {state for (state, _), to in MOVES.items() if to is RequestState.COMPLETED}
    assert before == {RequestState.EXECUTING, RequestState.VERIFYING}


def test_a_new_plan_needs_a_new_approval() -> None:
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


def test_an_erasure_that_has_begun_cannot_be_refused() -> None:
    request = a_request()
    request.state = RequestState.INCOMPLETE
    with pytest.raises(IllegalTransition):
        request.refuse("x", NOW)


def test_a_failed_plan_revokes_the_approval() -> None:
    request = a_request()
    request.state, request.plan_hash = RequestState.APPROVED, "hash"
    request.fail_to_plan(("loyalty",))
    assert (request.plan_hash, request.approved_by) == ("", "")
    with pytest.raises(IllegalTransition):
        request.execute()


def test_requests_of_one_kind_and_person_have_a_claim_in_common() -> None:
    assert a_request().claims == ("erasure|a@example.com", "erasure|b@example.com")
