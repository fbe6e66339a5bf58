"""Erasure verification finds records that are left, and derived data is rebuilt."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from adapters.database.privacy import shop_records
from adapters.database.privacy.personal_data_tables import PERSONAL_DATA_TABLES
from adapters.database.privacy.requests import SqlPrivacyRequests
from core.application.carts.ownership import CartOwner
from core.application.privacy.erasure import DerivedData, RebuildDerivedData
from core.domain.privacy.inventory import OnErase
from core.domain.privacy.records import Subject
from core.domain.privacy.request import RequestKind, RequestState
from entrepot.assembly.shop import Shop
from ports.errors import Unavailable
from tests.erasures import SUBJECT, erased, finish_orders
from tests.people import MARKED
from tests.privacy.lives import in_days

pytestmark = pytest.mark.anyio


ERASABLE = [
    each.section
    for each in PERSONAL_DATA_TABLES
    if each.columns(OnErase.DELETE) + each.columns(OnErase.CLEAR)
]


@pytest.mark.parametrize("section", ERASABLE)
async def test_a_table_that_is_not_erased_is_found_by_the_verification(
    lives: Shop, section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutation: without the erasure of one table, the verification must name this table."""
    await finish_orders(lives)
    in_days(lives, 60)
    await lives.log_in()(MARKED.marks["login"], "long enough", CartOwner())
    if section == "sessions":
        monkeypatch.setattr(SqlPrivacyRequests, "freeze", keep_sessions)
    rest = tuple(each for each in PERSONAL_DATA_TABLES if each.section != section)
    monkeypatch.setattr(shop_records, "PERSONAL_DATA_TABLES", rest)
    if section == "orders":
        with pytest.raises(IntegrityError):
            await erased(lives)
        return
    done = await erased(lives)
    by_foreign_key = section in {"addresses", "consents", "data_links", "disclosures"}
    assert done.state is (RequestState.COMPLETED if by_foreign_key else RequestState.INCOMPLETE)
    if not by_foreign_key:
        assert any(f" in {section}." in each for each in done.failures), done.failures


async def keep_sessions(*_: object) -> None:
    return None


@pytest.mark.parametrize("name", ["workers' keys", "recommendations", "database file"])
async def test_derived_data_is_rebuilt_or_named(lives: Shop, name: str) -> None:
    rebuilt: list[str] = []

    def rebuild(own: str, *, fails: bool) -> RebuildDerivedData:
        async def forget(_subject: Subject) -> None:
            rebuilt.append(own)
            if fails:
                raise Unavailable

        return forget

    derived_data = lives.execute_erasure().derived_data
    await finish_orders(lives)
    in_days(lives, 60)
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    await lives.approve_erasure()(request.number, planned.plan_hash, "a colleague")
    failing = DerivedData({each: rebuild(each, fails=each == name) for each in derived_data})
    first = await replace(lives.execute_erasure(), derived_data=failing)(
        request.number, planned.plan_hash
    )
    assert (first.state, first.failures) == (RequestState.INCOMPLETE, (name,))
    assert first.certificate is None
    assert rebuilt == list(derived_data)
    working = DerivedData({each: rebuild(each, fails=False) for each in derived_data})
    last = await replace(lives.execute_erasure(), derived_data=working)(
        request.number, planned.plan_hash
    )
    assert last.certificate is not None
    assert last.certificate["certificate"]["propagated"] == list(derived_data)
