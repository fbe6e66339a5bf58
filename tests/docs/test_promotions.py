"""The promotions in the documentation can be saved."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from core.domain.pricing.promotions.documents.kinds import KINDS
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.review.warnings import findings_of
from core.domain.pricing.settings import PricingSettings

PAGE = Path(__file__).parents[2] / "docs" / "promotions.md"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_every_example_passes_the_review_without_a_warning() -> None:
    examples = re.findall(r"```json\n(.+?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(examples) == 5
    for example in examples:
        promotion = from_document(json.loads(example))
        found = findings_of(
            promotion, others=(), settings=PricingSettings(), currencies=("CNY",), now=NOW
        )
        assert found == ()
        assert to_document(promotion) == json.loads(example)


def test_the_kinds_on_the_page_exist() -> None:
    kinds = {name for family in KINDS.values() for name in family}
    pairs = re.findall(r"`(\w+)`/`(\w+)`", PAGE.read_text(encoding="utf-8"))
    assert len(pairs) > 5
    assert {name for pair in pairs for name in pair} <= kinds
