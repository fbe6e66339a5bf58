"""Texts in lines with separators: a backslash before a separator makes it part of the text."""

import re

TOKEN = re.compile(r"\\.|.", re.DOTALL)


def escape(text: str, separators: str) -> str:
    r"""Return the text for a line whose parts are separated by ``separators``.

    >>> print(escape("S/M, wide", "|,=/"))
    S\/M\, wide
    """
    marked = "".join(f"\\{each}" if each in f"\\{separators}" else each for each in text)
    return marked.replace("\n", "\\n")


def unescape(text: str) -> str:
    return TOKEN.sub(lambda match: _character(match[0]), text)


def split(text: str, separator: str) -> list[str]:
    r"""Split at the separators that have no backslash. The parts are trimmed and still escaped.

    >>> split(r"s=S\/M, m=M\, wide", ",")
    ['s=S\\/M', 'm=M\\, wide']
    """
    parts = [""]
    for token in TOKEN.findall(text):
        if token == separator:
            parts.append("")
        else:
            parts[-1] += token
    return [part.strip() for part in parts]


def _character(written: str) -> str:
    if len(written) == 1:
        return written
    return "\n" if written == "\\n" else written[1]
