"""A docstring as Markdown: examples and literal blocks fenced, errors as a list."""

import re
from collections.abc import Iterator
from textwrap import dedent

import griffe

LITERAL = re.compile(r"::\n\n((?:    .*(?:\n+|$))+)")
EXAMPLE = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


def markdown(docstring: griffe.Docstring) -> str:
    return "\n\n".join(_parts(docstring)).strip()


def _parts(docstring: griffe.Docstring) -> Iterator[str]:
    for section in docstring.parse("google"):
        if isinstance(section, griffe.DocstringSectionRaises):
            rows = ((each.annotation, " ".join(each.description.split())) for each in section.value)
            yield "Raises:\n\n" + "\n".join(f"- `{error}`: {when}" for error, when in rows)
        elif isinstance(section, griffe.DocstringSectionExamples):
            yield "\n\n".join(_text(text) for _, text in section.value)
        elif isinstance(section, griffe.DocstringSectionText):
            yield _text(section.value)
        else:
            raise TypeError(section.kind)


def _text(text: str) -> str:
    text = LITERAL.sub(lambda found: _fenced(dedent(found[1])) + "\n\n", text)
    text = EXAMPLE.sub(lambda found: _fenced(found[0]), text)
    return text.replace("```", "\0").replace("``", "`").replace("\0", "```")


def _fenced(code: str) -> str:
    return f"```python\n{code.strip()}\n```"
