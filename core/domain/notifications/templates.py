"""A template of an email: texts with placeholders, and a sample for each placeholder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.text import LANGUAGES, Text

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[a-z][a-z_]{0,29}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTemplate:
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailTemplate:
    """``samples`` has a value for each placeholder; a preview shows them.

    A placeholder is a name in braces, such as ``{number}``. Values are put in as they are: they
    cannot have placeholders themselves.

    Raises:
        ValueError: a text is missing in a language, or a placeholder has no sample.
    """

    code: str
    label: Text
    subject: Text
    body: Text
    samples: Mapping[str, str]

    def __post_init__(self) -> None:
        for part in (self.label, self.subject, self.body):
            for language in LANGUAGES:
                if not part.by_language.get(language):
                    raise ValueError(f"{self.code}: a text is missing in “{language}”")
        for name in self.placeholders:
            if not NAME.fullmatch(name) or name not in self.samples:
                raise ValueError(f"{self.code}: the placeholder “{name}” has no sample")

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(
            name
            for part in (self.subject, self.body)
            for words in part.by_language.values()
            for name in PLACEHOLDER.findall(words)
        )

    def filled(self, language: str, values: Mapping[str, str]) -> FilledTemplate:
        """Put the values in.

        Raises:
            KeyError: a value is missing.
        """

        def value_of(match: re.Match[str]) -> str:
            return values[match[1]]

        # A subject is one line: a value must not add headers to the email.
        subject = PLACEHOLDER.sub(value_of, self.subject.in_language(language))
        return FilledTemplate(
            subject=" ".join(subject.split()),
            body=PLACEHOLDER.sub(value_of, self.body.in_language(language)),
        )
