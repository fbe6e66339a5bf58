"""The glossary is complete: every entry has a Chinese term and a meaning."""

import re
from pathlib import Path

GLOSSARY = Path(__file__).parents[2] / "docs" / "maintainer" / "glossary.md"
CONTEXTS = (
    *("catalogue", "stock", "pricing", "carts", "orders", "payments", "fulfillment", "returns"),
    *("customers", "staff", "accounts", "privacy", "audit", "events", "search", "recommendation"),
    *("ledger", "claims", "content", "notifications"),
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def entries() -> list[list[str]]:
    words = GLOSSARY.read_text(encoding="utf-8").partition("## Retired words")[0]
    rows = re.findall(r"^\| (.+) \|$", words, flags=re.MULTILINE)
    return [row.split(" | ") for row in rows if not row.startswith("word ")]


def test_every_entry_has_a_chinese_term_and_a_meaning() -> None:
    assert len(entries()) > 100
    incomplete = [row for row in entries() if len(row) != 3 or not CHINESE.search(row[1])]
    assert incomplete == []


def test_no_word_has_two_entries() -> None:
    words = [word for row in entries()[len(CONTEXTS) :] for word in row[0].split(", ")]
    assert [word for word in words if words.count(word) > 1] == []


def test_every_context_is_in_the_glossary() -> None:
    assert [row[0] for row in entries()][: len(CONTEXTS)] == list(CONTEXTS)
