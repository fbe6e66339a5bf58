"""Text in more than one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import category, normalize

from core.domain.errors import Invalid

UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
JOINERS = "\u200c\u200d"
"""Scripts such as Persian, and emoji, need these two invisible characters."""

LANGUAGES = ("zh", "en")
"""The languages of the shop. The first one is the fallback."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text per language. A missing or empty language shows the text of another.

    >>> Text({"zh": "茶壶"}).in_language("en")
    '茶壶'
    """

    by_language: Mapping[str, str]

    def __post_init__(self) -> None:
        unknown = set(self.by_language) - set(LANGUAGES)
        if unknown:
            raise Invalid(
                "language",
                "“{value}” is not a language of this shop. Use one of {known}.",
                value=min(unknown),
                known=", ".join(LANGUAGES),
            )
        written = {language: text for language, text in self.by_language.items() if text}
        object.__setattr__(self, "by_language", written)

    def __bool__(self) -> bool:
        return any(text.strip() for text in self.by_language.values())

    def in_language(self, language: str) -> str:
        for candidate in (language, *LANGUAGES):
            if text := self.by_language.get(candidate, ""):
                return text
        return ""


def composed(line: str) -> str:
    """Trim the line, and compose its characters (Unicode NFC): é is one character and not two.

    >>> len(composed(" e\u0301 "))
    1
    """
    return normalize("NFC", line).strip()


def is_one_line(line: str) -> bool:
    """Whether a label can show all characters: no line break, control or direction mark.

    >>> is_one_line("李梅"), is_one_line("a\u202eb")
    (True, False)
    """
    return not any(category(each) in UNPRINTABLE for each in line if each not in JOINERS)


def check_length(field: str, line: str, most: int) -> None:
    """Raises `Invalid` if the line is longer than ``most`` characters. Nothing is cut."""
    if len(line) > most:
        raise Invalid(field, "Use at most {most} characters.", most=most)


def require(field: str, text: Text, *, most: int) -> None:
    """Raises `Invalid` if all languages are empty, or one is longer than ``most`` characters."""
    if not text:
        raise Invalid(field, "Enter the {field} in at least one language.", field=field)
    if any(len(words) > most for words in text.by_language.values()):
        raise Invalid(
            field, "The {field} is longer than {most} characters.", field=field, most=most
        )
