"""Renders the templates of plugins in a sandbox, with autoescape and without shop objects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from adapters.web.content.complete_html import check_complete
from adapters.web.content.static_files import StaticFiles
from adapters.web.formatting import moment, money
from adapters.web.pages import Unindented
from core.domain.text import LANGUAGES, Text
from ports.content.fragments import Fragment, FragmentPlace, RichText
from ports.security import Sanitise

TEMPLATES = "templates"
MAX_HTML_BYTES = 256 * 1024
FILTERS = (
    *("abs", "capitalize", "default", "first", "join", "last", "length", "list", "lower"),
    *("max", "min", "replace", "reverse", "round", "select", "selectattr", "sort", "string"),
    *("sum", "title", "tojson", "trim", "truncate", "upper", "urlencode", "xmlattr"),
)
TESTS = (
    *("defined", "divisibleby", "eq", "equalto", "even", "ge", "gt", "in", "le", "lt", "mapping"),
    *("ne", "none", "number", "odd", "sequence", "string", "undefined", "true", "false"),
)

OneTimeField = Callable[[], Markup]


class HtmlTooLong(Exception):
    """The HTML of a plugin has more than 256 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTools:
    """What templates of plugins may call. ``one_time_field`` is the key of a form."""

    sanitise: Sanitise
    one_time_field: OneTimeField


class PluginTemplates:
    """`ports.content.fragments.RenderFragment` for the plugins with files."""

    def __init__(self, folders: Mapping[str, Path], tools: TemplateTools) -> None:
        """``folders`` are the folders of the files, by plugin."""
        self._tools = tools
        self._environments = {
            (plugin, language): environment_of(
                language, folder, StaticFiles.of(plugin, folder), tools
            )
            for plugin, folder in folders.items()
            for language in LANGUAGES
        }
        # Compiling takes longer than the slots of a page may.
        for environment in self._environments.values():
            _compile(environment)

    def __call__(self, fragment: Fragment, place: FragmentPlace) -> str:
        template = self._environments[place.plugin, place.language].get_template(fragment.template)
        values = {name: self._shown(each, place) for name, each in fragment.values.items()}
        html = template.render(values)
        if len(html.encode()) > MAX_HTML_BYTES:
            raise HtmlTooLong
        check_complete(html, in_form=place.in_form)
        return html

    def _shown(self, value: Any, place: FragmentPlace) -> Any:
        if isinstance(value, Text):
            return value.in_language(place.language)
        if isinstance(value, RichText):
            return Markup(self._tools.sanitise(value.html))  # noqa: S704 -- it is sanitised
        if isinstance(value, dict):
            return {name: self._shown(each, place) for name, each in value.items()}
        if isinstance(value, list):
            return [self._shown(each, place) for each in value]
        return value


def check_templates(plugin: str, folder: Path) -> None:
    """Compile all templates of a plugin.

    Raises:
        TemplateSyntaxError: it has the file and the line.
        FileRefused: a static file cannot be served.
    """
    tools = TemplateTools(sanitise=str, one_time_field=Markup)
    _compile(environment_of(LANGUAGES[0], folder, StaticFiles.of(plugin, folder), tools))


class _Sandbox(ImmutableSandboxedEnvironment):
    """Values are escaped everywhere: a template cannot turn it off."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        for node in template.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
            raise TemplateSyntaxError("autoescape cannot be changed", node.lineno, name, filename)
        return template


def _compile(environment: _Sandbox) -> None:
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


def environment_of(
    language: str, folder: Path, static: StaticFiles, tools: TemplateTools
) -> _Sandbox:
    environment = _Sandbox(
        loader=FileSystemLoader(folder / TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[Unindented],
    )
    environment.filters = {name: environment.filters[name] for name in FILTERS} | {
        "amount": partial(money, language=language),
        "moment": partial(moment, language=language),
        "day": date.isoformat,
        "address": _address,
    }
    environment.tests = {name: environment.tests[name] for name in TESTS}
    environment.globals = {
        "range": environment.globals["range"],
        "static": static.address,
        "one_time": tools.one_time_field,
        "language": language,
        "path": lambda path: f"/{language}{path}",
        "text": partial(_text, language),
    }
    return environment


def _address(text: str) -> str:
    """An https address or a path of the shop; ``#`` for anything else, such as ``javascript:``."""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_path or text.startswith("https://") else "#"


def _text(language: str, **by_language: str) -> str:
    return Text(by_language).in_language(language)
