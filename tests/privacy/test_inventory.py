"""All personal data is in the inventory, with a legal basis, and in the privacy notice."""

import html
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import sqlalchemy as sa

from adapters.cli.notice import notice_of
from adapters.database.inspection import SqlColumns
from adapters.database.privacy.shop_records import fields
from adapters.policies.documents import load_policy
from adapters.policies.working_days import is_working_day
from core.application.privacy.processing import document_of, problems_of
from core.domain.privacy.inventory import Category, Field, NotPersonal, OnErase, Pii
from core.domain.privacy.policy import REQUIRED_PURPOSES, parse_policy
from entrepot.assembly.shop import Shop

pytestmark = pytest.mark.anyio

BOTH = load_policy(["cn", "eu"])


async def test_every_column_of_the_live_database_is_in_the_inventory(shop: Shop) -> None:
    columns = await SqlColumns(shop.database())()
    assert len(columns) > 150
    assert problems_of(shop.policy(), fields(), columns) == []


@pytest.mark.own_database
async def test_a_table_without_a_model_is_found(shop: Shop) -> None:
    async with shop.database().writes.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE plugin_notes (customer text, note text)"))
    problems = problems_of(shop.policy(), fields(), await SqlColumns(shop.database())())
    assert problems == [
        "plugin_notes.customer: is not in the inventory",
        "plugin_notes.note: is not in the inventory",
    ]


async def test_fields_of_plugins_are_elsewhere_and_change_no_column(shop: Shop) -> None:
    columns = await SqlColumns(shop.database())()
    points = Field(place="loyalty.points", classification=NotPersonal("a number"))
    gone = Field(place="customers.nickname", classification=NotPersonal("renamed"))
    assert problems_of(shop.policy(), [*fields(), points], columns) == []
    (login,) = (each for each in fields() if each.place == "customers.login")
    wrong = replace(login, classification=replace(personal_of(login), purpose="x"))
    hiding = replace(login, classification=NotPersonal("nothing to see"))
    others = [each for each in fields() if each != login]
    assert problems_of(shop.policy(), [wrong, *others, hiding], columns) == [
        "customers.login: the purpose “x” is unknown"
    ]
    assert problems_of(shop.policy(), [*fields(), gone], columns) == [
        "customers.nickname: does not exist"
    ]


def personal_of(field: Field) -> Pii:
    assert isinstance(field.classification, Pii)
    return field.classification


def test_all_personal_data_is_exported_or_has_a_reason() -> None:
    personal = [each.classification for each in fields() if isinstance(each.classification, Pii)]
    assert len(personal) > 40
    for classification in personal:
        assert classification.export or classification.reason
        assert classification.on_erase is not OnErase.KEEP or classification.reason


def test_data_that_is_not_erased_or_exported_needs_a_reason() -> None:
    personal = next(
        each.classification for each in fields() if isinstance(each.classification, Pii)
    )
    for changes in ({"on_erase": OnErase.KEEP}, {"export": False}):
        values = {"category": personal.category, "purpose": "order", "on_erase": OnErase.CLEAR}
        with pytest.raises(ValueError, match="needs a reason"):
            Pii(**{**values, **changes})  # type: ignore[arg-type]


def test_an_unknown_purpose_is_found() -> None:
    some = fields()
    wrong = [
        each
        if not isinstance(each.classification, Pii)
        else Field(
            place=each.place,
            classification=Pii(
                category=each.classification.category, purpose="fun", on_erase=OnErase.CLEAR
            ),
        )
        for each in some
    ]
    problems = problems_of(BOTH, wrong, [each.place for each in some])
    assert problems
    assert all("the purpose “fun” is unknown" in each for each in problems)


def test_a_basis_that_the_law_does_not_have_is_refused() -> None:
    """PIPL Art. 13 has no legitimate interest; GDPR Art. 6 has it."""
    words = {"name": {"en": "Fun"}, "retention": {"en": "a day"}}
    purposes = dict.fromkeys(("fun", *REQUIRED_PURPOSES), words)
    notice = {"version": "1", "purposes": purposes}
    age = {
        "age_of_consent": {"years": 14, "article": "x"},
        "transfer": {"home": [], "article": "x"},
    }
    basis = {"code": "legitimate_interest", "article": "x"}
    rules = {"basis": dict.fromkeys(purposes, basis), **age}
    assert parse_policy(notice, {"eu": rules}).purposes["fun"].basis["eu"].article == "x"
    with pytest.raises(ValueError, match="PIPL 13"):
        parse_policy(notice, {"cn": rules})
    with pytest.raises(ValueError, match="lacks the purposes"):
        parse_policy({**notice, "purposes": {"fun": words}}, {"eu": rules})
    with pytest.raises(ValueError, match="no basis"):
        parse_policy(notice, {"eu": {"basis": {}, **age}})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notice_has_every_purpose(language: str) -> None:
    notice = notice_of(BOTH, fields(), language)
    for purpose in BOTH.purposes.values():
        assert html.escape(purpose.name.in_language(language)) in notice
    assert "<script" not in notice


def test_the_record_of_processing_has_every_column_once() -> None:
    document = document_of(BOTH, fields())
    places = [each["place"] for purpose in document["purposes"] for each in purpose["fields"]]
    everything = [*places, *document["not_personal"]]
    assert sorted(everything) == sorted(each.place for each in fields())
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize(
    ("received", "kind", "due"),
    [
        # 15 working days over the National Day of 2026: a week off, a Saturday made up for it.
        ("2026-09-25", "erasure", "2026-10-22"),
        ("2026-11-25", "access", "2026-12-16"),
    ],
)
def test_a_deadline_in_china_is_fifteen_working_days(received: str, kind: str, due: str) -> None:
    begin = datetime.fromisoformat(received).replace(tzinfo=UTC)
    found, article = load_policy(["cn"]).due(kind, begin, is_working_day)
    assert found.date() == date.fromisoformat(due), found
    assert article.startswith("PIPL")
    between = [begin.date() + timedelta(days=n) for n in range(1, (found - begin).days + 1)]
    assert sum(map(is_working_day, between)) == 15


def test_the_earliest_deadline_applies() -> None:
    begin = datetime(2026, 1, 31, tzinfo=UTC)
    europe, _ = load_policy(["eu"]).due("access", begin, is_working_day)
    assert europe.date() == date(2026, 2, 28)
    both, article = BOTH.due("access", begin, is_working_day)
    china, _ = load_policy(["cn"]).due("access", begin, is_working_day)
    assert both == min(europe, china)
    assert article
    assert BOTH.due("breach", begin, is_working_day)[0] == begin + timedelta(hours=72)


def test_the_longest_retention_applies() -> None:
    sold = datetime(2026, 3, 1, tzinfo=UTC)
    assert BOTH.keep_until("accounting", sold)[0].date() == date(2057, 1, 1)
    assert load_policy(["eu"]).keep_until("accounting", sold)[0].date() == date(2037, 1, 1)


def test_weekdays_after_the_published_calendar_are_working_days() -> None:
    assert is_working_day(date(2099, 1, 5))
    assert not is_working_day(date(2099, 1, 4))


def test_a_shop_can_replace_the_notice(tmp_path: Path) -> None:
    builtin = load_policy(["cn"])
    own = tmp_path / "notice.toml"
    text = files("adapters.policies").joinpath("notice.toml").read_text(encoding="utf-8")
    own.write_text(text.replace(builtin.version, "of our own"), encoding="utf-8")
    policy = load_policy(["cn"], tmp_path)
    assert (policy.version, policy.deadlines) == ("of our own", builtin.deadlines)


def test_a_sensitive_field_needs_a_consent_of_its_own() -> None:
    found = {}
    for purpose in ("account", "marketing"):
        classification = Pii(
            category=Category.PREFERENCE, purpose=purpose, on_erase=OnErase.DELETE, sensitive=True
        )
        field = Field(place="loyalty.health", classification=classification)
        found[purpose] = problems_of(BOTH, [field], [field.place])
    assert "consent of its own" in found["account"][0]
    assert found["marketing"] == []
