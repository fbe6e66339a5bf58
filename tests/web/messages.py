"""Collects every translatable message: of templates, error classes, ``Invalid``, ``shop_text``."""

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast

from adapters.web.names import NAMES
from adapters.web.problems import HTTP_PROBLEMS, INTERNAL_ERROR
from core.domain.errors import ReturnRefused
from core.domain.pricing.promotions.documents.kinds import LABELS, arguments_of
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.review.findings import REFUSALS, WARNINGS
from core.domain.pricing.reasons import REASONS

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "adapters" / "web" / "templates"
CODE = ("core", "ports", "adapters")


def template_messages() -> Iterator[str]:
    environment = Environment(  # noqa: S701 -- parses only, renders nothing
        extensions=["jinja2.ext.i18n"]
    )
    for file in sorted(TEMPLATES.rglob("*.html")):
        for _, _, message in extract_from_ast(environment.parse(file.read_text(encoding="utf-8"))):
            if isinstance(message, str):
                yield message


def error_messages() -> Iterator[str]:
    """The ``template`` of each error class, and the reason of each ``Invalid(field, reason)``."""
    for folder in CODE:
        for file in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign | ast.AnnAssign):
                    yield from _template(node)
                elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Invalid":
                    yield from _reason(node, file)
                elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "shop_text":
                    yield from _constants(node.args)


def all_messages() -> list[str]:
    messages = [message for _, message in (*HTTP_PROBLEMS.values(), INTERNAL_ERROR)]
    messages += (name for names in NAMES.values() for name in names.values())
    messages += ReturnRefused.REASONS.values()
    messages += (*REASONS.values(), *REFUSALS.values(), *WARNINGS.values(), *promotion_labels())
    return list(dict.fromkeys([*template_messages(), *error_messages(), *messages]))


def promotion_labels() -> Iterator[str]:
    """The labels of all kinds of conditions and benefits, and of their arguments."""
    records: list[type] = [Promotion]
    for labels in LABELS.values():
        yield from labels.values()
        records += labels
    for record in records:
        for argument in arguments_of(record):
            yield argument.label
            if argument.record and argument.record not in records:
                records.append(argument.record)


def _template(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    named = any(getattr(target, "id", "") == "template" for target in targets)
    if named and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        yield node.value.value


def _constants(nodes: list[ast.expr]) -> Iterator[str]:
    """The texts among the arguments, also those of ``first if … else second``."""
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def _reason(node: ast.Call, file: Path) -> Iterator[str]:
    if "feeds" in file.parts or len(node.args) < 2:
        return
    reason = node.args[1]
    if isinstance(reason, ast.Constant) and isinstance(reason.value, str):
        yield reason.value
