"""The reference has every public name, each with a docstring."""

from importlib import import_module

import griffe
import pytest

import entrepot
from entrepot import privacy, simulation, testing
from tests.docs import reference


@pytest.mark.parametrize("package", reference.PUBLIC)
def test_every_public_name_has_a_docstring_and_an_entry(package: str) -> None:
    names = reference.public(package)
    assert [name for name, each in names.items() if not each.docstring] == []
    text = reference.PAGE.read_text(encoding="utf-8")
    section = text.partition(f"\n## `{package}`\n")[2].partition("\n## ")[0]
    assert [name for name in names if f"# {name}\n" not in section] == []


def test_every_method_of_a_public_protocol_has_a_docstring() -> None:
    methods = [
        member
        for package in reference.PUBLIC
        for each in reference.public(package).values()
        if isinstance(each, griffe.Class) and "Protocol" in map(str, each.bases)
        for member in each.functions.values()
    ]
    assert len(methods) > 20
    assert [method.path for method in methods if not method.docstring] == []


@pytest.mark.parametrize(
    "module", [entrepot, privacy, simulation, testing], ids=lambda each: each.__name__
)
def test_the_reference_reads_the_names_that_python_exports(module: object) -> None:
    exported = {name for name in vars(module)["__all__"] if not name.startswith("__")}
    assert set(reference.public(vars(module)["__name__"])) == exported


def test_the_protocols_are_importable_by_their_public_names() -> None:
    for package in reference.PUBLIC:
        for name in reference.public(package):
            assert hasattr(import_module(package), name)


def test_the_reference_is_current() -> None:
    text = reference.PAGE.read_text(encoding="utf-8")
    assert text == reference.rendered(), "run: python -m tests.docs.reference"
