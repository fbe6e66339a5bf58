"""Rendering of templates. Each language has its own environment of compiled templates."""

import re
from collections.abc import Mapping
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from adapters.regions import divisions
from adapters.web.formatting import country_options, moment, money, percent, sentences
from adapters.web.language import LANGUAGE_TAGS, NATIVE_NAMES, translator
from adapters.web.names import named
from adapters.web.one_time import one_time_field
from core.domain.text import LANGUAGES
from ports.catalogue.queries import CategoryView
from ports.clock import NewToken

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


class Unindented(Extension):
    """Reduces indentation to one space: it is a quarter of the bytes of a page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        del name, filename
        return re.sub(r"^[ \t]+", " ", source, flags=re.MULTILINE)


class Pages:
    """Renders templates with autoescape. ``base_url`` is for links to other languages.

    ``new_token`` makes the one-time keys of forms.
    """

    def __init__(self, base_url: str, new_token: NewToken) -> None:
        self._base_url = base_url
        self._new_token = new_token
        self._navigation: dict[str, tuple[tuple[CategoryView, ...], Markup]] = {}

    def render(self, template: str, language: str, variables: Mapping[str, Any]) -> bytes:
        page = self._environments[language].get_template(template)
        return page.render(variables).encode()

    def navigation(self, language: str, tree: tuple[CategoryView, ...]) -> Markup:
        """The category tree in the page header, cached per language until the tree changes."""
        cached = self._navigation.get(language)
        if cached is None or cached[0] is not tree:
            template = self._environments[language].get_template(
                "storefront/catalogue/navigation.html"
            )
            cached = (tree, Markup(template.render(tree=tree)))  # noqa: S704 -- our own template
            self._navigation[language] = cached
        return cached[1]

    @cached_property
    def _environments(self) -> dict[str, Environment]:
        return {language: self._environment(language) for language in LANGUAGES}

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=[Unindented],
        )
        environment.globals.update(
            _=translator(language),
            named=partial(named, language=language),
            language=language,
            tag=LANGUAGE_TAGS[language],
            native_names=NATIVE_NAMES,
            base_url=self._base_url,
            one_time=partial(one_time_field, self._new_token),
            static=partial(_static, _fingerprints()),
            country_options=partial(country_options, language),
            divisions=divisions,
            sentences=partial(sentences, language=language),
        )
        environment.filters.update(
            money=partial(money, language=language),
            moment=partial(moment, language=language),
            percent=percent,
            rich=Markup,
        )
        return environment


def _fingerprints() -> dict[str, str]:
    """A short hash of each static file, so that its URL changes with its content."""
    return {
        file.name: sha256(file.read_bytes()).hexdigest()[:10]
        for file in STATIC.iterdir()
        if file.is_file()
    }


def _static(fingerprints: Mapping[str, str], name: str) -> str:
    return f"/static/{name}?v={fingerprints[name]}"
