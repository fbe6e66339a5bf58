"""Identifiers, tables, columns and options contain no retired word of the glossary."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from adapters.cli.root import root
from adapters.database.tables import metadata

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "maintainer" / "glossary.md"
FOLDERS = ("core", "ports", "adapters", "plugins", "entrepot", "tests", "benchmarks")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
NAMED = ("id", "attr", "arg", "name", "asname", "module", "rest")
"""The fields of a syntax node that hold an identifier."""


@dataclass(frozen=True, slots=True)
class Retired:
    write: str
    allowed: frozenset[str]


def retired_words() -> dict[str, Retired]:
    table = GLOSSARY.read_text(encoding="utf-8").partition("## Retired words")[2]
    retired: dict[str, Retired] = {}
    for row in re.findall(r"^\| (`.+?) \|$", table, flags=re.MULTILINE):
        words, write, allowed = (cell.strip() for cell in row.split("|"))
        entry = Retired(write, frozenset(re.findall(r"`(\w+)`", allowed)))
        retired |= dict.fromkeys(re.findall(r"`(\w+)`", words), entry)
    return retired


def words_of(identifier: str) -> set[str]:
    return {word.lower() for word in WORD.findall(identifier)}


def identifiers(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for name in (getattr(node, field, None) for field in NAMED):
            if isinstance(name, str):
                yield line, name
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from ((line, name) for name in node.names)


def complaints(names: Iterable[tuple[int, str]], retired: Mapping[str, Retired]) -> set[str]:
    return {
        f"{line}: {name}: for “{word}” write: {retired[word].write}"
        for line, name in names
        for word in words_of(name) & set(retired)
        if name not in retired[word].allowed
    }


def test_a_retired_word_is_found_in_every_kind_of_identifier() -> None:
    source = """
import core.old as older_thing
from old.place import Thing as OldThing
class MyOLD: old_field: int
def an_old_one(self, old=1): return self.old(old_key=2)
async def old2(): ...
lambda OldArgument: None
folder = coldness.golden
"""
    lines = {int(each.partition(":")[0]) for each in _complaints_of(source)}
    assert lines == {2, 3, 4, 5, 6, 7}


def test_an_allowed_identifier_is_no_complaint() -> None:
    assert _complaints_of("old, older, fine_old = 1, 2, 3") == {"1: old: for “old” write: new"}


def _complaints_of(source: str) -> set[str]:
    return complaints(
        identifiers(ast.parse(source)), {"old": Retired("new", frozenset({"fine_old"}))}
    )


def test_no_replacement_is_retired_itself() -> None:
    retired = retired_words()
    assert len(retired) > 40
    assert {
        word: entry for word, entry in retired.items() if words_of(entry.write) & set(retired)
    } == {}


def test_no_table_column_or_option_has_a_retired_word() -> None:
    tables = [(0, name) for name in metadata.tables]
    columns = [(0, column.name) for table in metadata.tables.values() for column in table.columns]
    options = [(0, name) for name in _names_of_commands(root)]
    assert min(len(tables), len(columns), len(options)) > 30
    assert complaints([*tables, *columns, *options], retired_words()) == set()


def _names_of_commands(command: click.Command) -> Iterator[str]:
    yield str(command.name)
    yield from (option for each in command.params for option in each.opts)
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _names_of_commands(each)


# Delete this line once every identifier is renamed: the test passes then, and says so.
def test_no_identifier_has_a_retired_word() -> None:
    retired, found = retired_words(), []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT)
            parts = [(0, part) for part in place.with_suffix("").parts]
            names = identifiers(ast.parse(path.read_text(encoding="utf-8")))
            found += [f"{place}:{each}" for each in sorted(complaints(parts, retired))]
            found += [f"{place}:{each}" for each in sorted(complaints(names, retired))]
    assert not found, "\n".join([f"{len(found)} identifiers", *found])
