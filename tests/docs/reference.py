"""Renders the public API into the documentation: `python -m tests.docs.reference`.

griffe reads the source without importing it, so the signatures are as written.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import griffe

from tests.docs.docstrings import markdown

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "integrator" / "reference.md"
PACKAGES = ("core", "ports", "adapters", "entrepot")
LONGEST_VALUE = 40

INTRODUCTION = """\
# Reference

This page is generated from the docstrings of the public API. A plugin imports these names from the
package in the heading and from nowhere else. The names of `entrepot` are grouped by topic.
"""

# Each package, and where its public names are listed: `__all__`, or its functions.
PUBLIC = (
    "entrepot",
    "entrepot.admin",
    "entrepot.fields",
    "entrepot.pages",
    "entrepot.privacy",
    "entrepot.shop",
    "entrepot.tables",
    "entrepot.wire",
    "entrepot.simulation",
    "entrepot.testing",
)


@cache
def loaded() -> griffe.GriffeLoader:
    loader = griffe.GriffeLoader(search_paths=[ROOT])
    for package in PACKAGES:
        loader.load(package)
    return loader


def public(package: str) -> dict[str, griffe.Object]:
    """The names in `__all__` of a package, each with its object."""
    module = loaded().modules_collection[package]
    names = [str(name) for name in module.exports or ()]
    return {name: _target(module.members[name]) for name in names if not name.startswith("__")}


def rendered() -> str:
    parts = [INTRODUCTION]
    for package in PUBLIC:
        parts.append(f"## `{package}`\n\n{_introduced(package)}\n")
        topics = _by_topic(package)
        if any(topics):
            links = (f"[{topic}](#{topic.lower().replace(' ', '-')})" for topic in topics)
            parts.append(", ".join(links) + ".\n")
        for topic, members in topics.items():
            if topic:
                parts.append(f"### {topic}\n")
            parts += [_entry(name, each, "####" if topic else "###") for name, each in members]
    return "\n".join(parts)


def _introduced(package: str) -> str:
    docstring = loaded().modules_collection[package].docstring
    return markdown(docstring) if docstring else ""


def _by_topic(package: str) -> dict[str, list[tuple[str, griffe.Object]]]:
    """The names of `entrepot` by the module that defines them, the others without a topic."""
    topics = defaultdict(list)
    for name, each in public(package).items():
        topics[_topic(each) if package == "entrepot" else ""].append((name, each))
    return dict(sorted(topics.items()))


def _topic(each: griffe.Object) -> str:
    parts = each.module.path.split(".")
    words = [part for part in parts if part not in {"core", "domain", *PACKAGES}]
    return " ".join(words).replace("hookspecs", "plugins").replace("_", " ").capitalize()


def _entry(name: str, each: griffe.Object, heading: str) -> str:
    parts = [f"{heading} {name}\n"]
    if each.docstring:
        parts.append(markdown(each.docstring) + "\n")
    parts.append(f"```python\n{_declaration(name, each)}\n```\n")
    for member in _members(each):
        if member.docstring and not member.name.startswith("test_"):
            text = markdown(member.docstring).replace("\n", "\n  ")
            parts.append(f"- **`{member.name}`**: {text}\n".replace("\n  \n", "\n\n"))
    checks = [member.name for member in _members(each) if member.name.startswith("test_")]
    if checks:
        listed = "\n".join(f"- {check[5:].replace('_', ' ')}" for check in checks)
        parts.append(f"What it checks:\n\n{listed}\n")
    return "\n".join(parts)


def _declaration(name: str, each: griffe.Object) -> str:
    if isinstance(each, griffe.Class):
        bases = ", ".join(str(base) for base in each.bases)
        lines = [_quoted(line) for member in _members(each) for line in _lines(member)]
        body = "\n".join(f"    {line}" for line in lines) or "    ..."
        return f"class {name}({bases}):\n{body}" if bases else f"class {name}:\n{body}"
    if isinstance(each, griffe.Function):
        return _quoted("\n".join(_lines(each)))
    return _quoted(f"{name} = {getattr(each, 'value', None)}")


def _members(each: griffe.Object) -> Iterator[griffe.Function | griffe.Attribute]:
    for name, member in each.members.items():
        generated = name == "__init__" and "dataclass" in each.labels
        private = name.startswith("_") and name not in {"__init__", "__call__"}
        # Set in `__init__`: its parameters say the same.
        assigned = member.labels == {"instance-attribute"} and getattr(member, "value", None)
        if isinstance(member, griffe.Function | griffe.Attribute) and not (
            private or generated or assigned or name == "pytestmark"
        ):
            yield member


def _lines(member: griffe.Function | griffe.Attribute) -> Iterator[str]:
    """The declaration of a member; the tests of a suite are listed elsewhere."""
    if isinstance(member, griffe.Function):
        if member.name.startswith("test_"):
            return
        yield from (f"@{each.value}" for each in member.decorators)
        asynchronous = "async " if "async" in member.labels else ""
        yield f"{asynchronous}def {_signature(member)}: ..."
        return
    annotation = f": {member.annotation}" if member.annotation is not None else ""
    value = str(member.value) if member.value is not None else ""
    if annotation and len(value) > LONGEST_VALUE:
        value = "..."
    if "property" in member.labels:
        yield "@property"
        yield f"def {member.name}(self) -> {member.annotation}: ..."
    else:
        yield f"{member.name}{annotation}{f' = {value}' if value else ''}"


def _signature(function: griffe.Function) -> str:
    signature = function.signature()
    is_method = function.parent is not None and function.parent.is_class
    if not is_method or "staticmethod" in function.labels:
        return signature
    return signature.replace("(", "(self, ", 1).replace("(self, )", "(self)")


def _quoted(code: str) -> str:
    """With double quotes, as the source has them; griffe prints single ones."""
    return code if '"' in code else code.replace("'", '"')


def _target(each: griffe.Object | griffe.Alias) -> griffe.Object:
    return each.final_target if isinstance(each, griffe.Alias) else each


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
