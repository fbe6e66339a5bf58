"""Kinds of promotions: documents with gaps that staff fill in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.domain.errors import Invalid
from core.domain.pricing.promotions.arguments import ArgumentType
from core.domain.pricing.promotions.documents.kinds import DeclaredArgument
from core.domain.text import Text, require

ARGUMENTS = "arguments"
"""Begins the fields of arguments, as in ``arguments.least``."""

MAX_LABEL_LENGTH = 60
FILLED_IN = frozenset({"code", "label", "starts_at", "ends_at"})
"""Staff enter these for each promotion, so a kind has none of them."""

SIMPLE = frozenset(
    {
        *(ArgumentType.TEXT, ArgumentType.TEXTS, ArgumentType.NUMBER, ArgumentType.DECIMAL),
        *(ArgumentType.FLAG, ArgumentType.AMOUNTS, ArgumentType.MOMENT, ArgumentType.TIME),
    }
)
"""The types of arguments that a form asks for with one field."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Stands in the document of a kind for the argument with this name."""

    argument: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindArgument:
    """An argument of a kind. ``label`` is for the form.

    ``example`` is a valid value as documents write it. The form shows it first, and the kind is
    reviewed with it. That of an amount is a text without a currency, such as ``"100"``.
    """

    name: str
    label: Text
    type: ArgumentType
    example: object

    def __post_init__(self) -> None:
        if self.type not in SIMPLE:
            raise Invalid(
                self.name, "The type is none of {known}.", known=", ".join(sorted(SIMPLE))
            )
        require("label", self.label, most=MAX_LABEL_LENGTH)

    def declared(self, language: str) -> DeclaredArgument:
        return DeclaredArgument(
            name=self.name,
            label=self.label.in_language(language),
            value_type=self.type,
            is_required=True,
        )

    def sample(self, currency: str) -> object:
        """The example as a value of a document."""
        return {currency: self.example} if self.type is ArgumentType.AMOUNTS else self.example


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionKind:
    """A promotion with gaps. ``name`` and ``hint`` are for staff, who choose it.

    ``document`` has conditions and benefits as in the documents of promotions, with a `Gap` for
    each argument. It has no code, label or period: staff enter them.

    Raises:
        Invalid: an argument has no gap, a gap has no argument, or the document has a value that
            staff enter.
    """

    code: str
    name: Text
    document: Mapping[str, object]
    arguments: tuple[KindArgument, ...] = ()
    hint: Text = field(default_factory=lambda: Text({}))

    def __post_init__(self) -> None:
        names = [each.name for each in self.arguments]
        if len(set(names)) < len(names):
            raise Invalid("arguments", "Two arguments have the same name.")
        gaps = dict(_gaps(self.document, ""))
        for path, name in gaps.items():
            if name not in names:
                raise Invalid(path, "There is no argument “{name}”.", name=name)
        for name in names:
            if name not in gaps.values():
                raise Invalid("arguments", "The argument “{name}” has no gap.", name=name)
        for name in FILLED_IN & self.document.keys():
            raise Invalid(name, "Staff enter this value for each promotion.")

    def filled(
        self, values: Mapping[str, object], entered: Mapping[str, object]
    ) -> dict[str, object]:
        """The document of a promotion. ``entered`` are the values that staff enter each time.

        Raises `Invalid` if a value is missing.
        """
        for each in self.arguments:
            if each.name not in values:
                raise Invalid(f"{ARGUMENTS}.{each.name}", "This value is missing.")
        return {
            **{name: value for name, value in entered.items() if name in FILLED_IN},
            **{name: _filled(value, values) for name, value in self.document.items()},
        }

    def sample(self, currency: str) -> dict[str, object]:
        """A promotion of this kind with the examples of its arguments."""
        samples = {each.name: each.sample(currency) for each in self.arguments}
        return self.filled(samples, {"code": "sample", "label": dict(self.name.by_language)})

    def field_of(self, path: str) -> str:
        """The field of the argument whose gap is at a path of the document, or above it.

        Returns the path itself for a value of the kind.
        """
        for place, name in _gaps(self.document, ""):
            if path == place or path.startswith((f"{place}.", f"{place}[")):
                return f"{ARGUMENTS}.{name}{path.removeprefix(place)}"
        return path


def _gaps(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Gap):
        yield path, value.argument
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _gaps(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _gaps(each, f"{path}[{index}]")


def _filled(value: object, values: Mapping[str, object]) -> object:
    if isinstance(value, Gap):
        return values[value.argument]
    if isinstance(value, Mapping):
        return {name: _filled(each, values) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(each, values) for each in value]
    return value
