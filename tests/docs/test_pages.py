"""Every page belongs to one of four readers, has working links and uses plain words."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
READERS = ("operator", "integrator", "auditor", "maintainer")
LINES_OF_A_SCREEN = 40
UNCLEAR = re.compile(
    r"\b(whoever|(?:some|any|every|no)body|hears?|tells?|told|lets? go|for good|colleagues?)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
CODE_FILES = [
    path
    for folder in ("core", "ports", "adapters", "plugins", "entrepot")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links_of(page: Path) -> set[Path]:
    targets = re.findall(r"\]\(([^)#]+)", text_of(page))
    return {(page.parent / each).resolve() for each in targets if not each.startswith("http")}


def test_the_first_page_leads_to_the_four_readers() -> None:
    first_pages = {(DOCS / reader / "index.md").resolve() for reader in READERS}
    assert first_pages <= links_of(DOCS / "index.md")
    assert first_pages <= links_of(ROOT / "README.md")
    assert {each.name for each in DOCS.iterdir()} == {"index.md", "promotions.md", *READERS}


@pytest.mark.parametrize("reader", READERS)
def test_a_readers_first_page_is_short_and_leads_to_every_other_page(reader: str) -> None:
    first = DOCS / reader / "index.md"
    text = text_of(first)
    assert len(text.splitlines()) <= LINES_OF_A_SCREEN
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == [
        "What you can do",
        "What to read, in this order",
    ]
    (command,) = re.findall(r"```\n(.+?)\n```", text, flags=re.DOTALL)
    assert len(command.splitlines()) == 1
    others = {page.resolve() for page in first.parent.glob("*.md")} - {first.resolve()}
    assert others - links_of(first) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [target for target in links_of(page) if not target.exists()] == []


def test_pages_that_the_code_names_exist() -> None:
    named = {
        (name, path.relative_to(ROOT))
        for path in CODE_FILES
        for name in re.findall(r"docs/[\w/-]+\.md", text_of(path))
    }
    assert named
    assert [each for each in named if not (ROOT / each[0]).is_file()] == []


def test_the_tests_that_the_compliance_page_names_exist() -> None:
    tests = {path: text_of(path) for path in (ROOT / "tests").rglob("test_*.py")}
    words = {str(path.relative_to(ROOT)) for path in tests} | {path.name for path in tests}
    words |= {name for text in tests.values() for name in re.findall(r"def (test_\w+)\(", text)}
    named = re.findall(
        r"`((?:tests/[\w/]+/)?test_\w+(?:\.py)?)`", text_of(DOCS / "auditor/compliance.md")
    )
    assert len(named) > 20
    assert [name for name in named if name not in words] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_prose_is_plain(page: Path) -> None:
    prose = CODE.sub("", text_of(page).partition("## Retired words")[0])
    assert sorted({word.lower() for word in UNCLEAR.findall(prose)}) == []
