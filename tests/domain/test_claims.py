"""Claims need a limit, and the shards of a quota have all of it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.claims import (
    GIVEN_BACK,
    MOVES,
    Claim,
    ClaimKind,
    ClaimState,
    GiveBack,
    OrderEnd,
    person_of,
    shard_limit,
)
from core.domain.errors import Invalid


@given(st.integers(0, 10**9), st.integers(1, 64))
def test_the_shards_of_a_quota_have_all_of_it(limit: int, shards: int) -> None:
    parts = [shard_limit(limit, shards, shard) for shard in range(shards)]
    assert sum(parts) == limit
    assert max(parts) - min(parts) <= 1


@pytest.mark.parametrize(
    "wrong", [{"amount": 0, "limit": 1}, {"shards": 0, "limit": 1}, {"limit": -1}, {}]
)
def test_a_claim_needs_an_amount_and_a_limit(wrong: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        Claim(kind=ClaimKind.UNITS, key="round", **wrong)  # type: ignore[arg-type]


def test_an_account_and_a_contact_are_two_persons() -> None:
    assert person_of(UUID(int=1), "mei") != person_of(None, "mei")


def test_a_paid_claim_is_given_back_as_declared() -> None:
    assert GiveBack.NEVER not in frozenset.union(*GIVEN_BACK.values())
    assert GIVEN_BACK[OrderEnd.REFUNDED_IN_FULL] < GIVEN_BACK[OrderEnd.CANCELLED]


def test_every_claim_can_be_released_and_every_state_is_reached() -> None:
    assert {MOVES[state, "release"] for state in (ClaimState.HELD, ClaimState.TAKEN)} == {
        ClaimState.RELEASED
    }
    assert {ClaimState.HELD, *MOVES.values()} == set(ClaimState)
