"""The lists of the contributor's page name exactly the files of their examples."""

import re
import shlex
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = "docs/maintainer/contributing.md"
FOLDERS = (
    *("core", "ports", "adapters", "plugins", "entrepot"),
    *("tests", "docs", "benchmarks", "deploy"),
)
TEXTS = {".py", ".md", ".html", ".po", ".toml", ".js", ".css", ".txt", ".sql", ".json"}
COMMAND = "git grep -lE "


@dataclass(frozen=True, slots=True)
class Change:
    kind: str
    pattern: str
    listed: tuple[str, ...]

    def __str__(self) -> str:
        return self.kind


def changes() -> list[Change]:
    sections = re.split(r"^## ", (ROOT / PAGE).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [_change(section) for section in sections if f"\n{COMMAND}" in section]


def _change(section: str) -> Change:
    (command,) = re.findall(rf"^{COMMAND}.+$", section, flags=re.MULTILINE)
    return Change(
        kind=section.splitlines()[0],
        pattern=shlex.split(command)[-1],
        listed=tuple(re.findall(r"^\| `([^`]+)` \| \S", section, flags=re.MULTILINE)),
    )


def matching_files(pattern: str) -> set[str]:
    """The files that `git grep` finds. It does not run git, which a source archive lacks."""
    return {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in TEXTS and re.search(pattern, path.read_text(encoding="utf-8"))
    } - {PAGE}


def difference(listed: tuple[str, ...], files: set[str]) -> list[str]:
    return [
        *(f"missing in the list: {name}" for name in sorted(files) if not _in(name, listed)),
        *(
            f"no such file: {row}"
            for row in listed
            if not any(fnmatch(name, row) for name in files)
        ),
    ]


def _in(name: str, listed: tuple[str, ...]) -> bool:
    return any(fnmatch(name, row) for row in listed)


def test_a_difference_names_both_sides() -> None:
    assert difference(("a/*.py", "b.py"), {"a/x.py", "c.py"}) == [
        "missing in the list: c.py",
        "no such file: b.py",
    ]


def test_the_page_has_every_kind_of_change() -> None:
    assert [change.kind for change in changes()] == [
        "A setting",
        "An event",
        "A use case",
        "A table",
        "A page",
    ]
    assert min(len(change.listed) for change in changes()) > 3


@pytest.mark.parametrize("change", changes(), ids=str)
def test_a_list_names_exactly_the_files_of_its_example(change: Change) -> None:
    assert difference(change.listed, matching_files(change.pattern)) == []
