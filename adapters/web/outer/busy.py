"""The response of an overloaded server: made once, because it must cost nothing."""

from collections.abc import Mapping

import msgspec
from litestar.exceptions import ServiceUnavailableException

from adapters.web.language import language_of_path, preferred_language
from adapters.web.pages import Pages
from adapters.web.problems import problem_of
from core.domain.text import LANGUAGES

RETRY_AFTER_SECONDS = 2
STATUS = 503

Headers = list[tuple[bytes, bytes]]


class BusyResponses:
    """A page for visitors, and a problem document for programs, in each language."""

    def __init__(self, pages: Pages) -> None:
        problems = {each: problem_of(ServiceUnavailableException(), each) for each in LANGUAGES}
        self._documents: Mapping[str, bytes] = {
            each: msgspec.json.encode(problems[each]) for each in LANGUAGES
        }
        self._pages: Mapping[str, bytes] = {
            each: pages.render("error.html", each, {"problem": problems[each], "path": f"/{each}"})
            for each in LANGUAGES
        }

    def response(self, path: str, accept_language: str) -> tuple[Headers, bytes]:
        """The headers and the body; the status is always `STATUS`."""
        language = language_of_path(path)
        if language is not None:
            body, content_type = self._pages[language], b"text/html; charset=utf-8"
        else:
            body = self._documents[preferred_language(accept_language)]
            content_type = b"application/problem+json"
        return [
            (b"content-type", content_type),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"retry-after", str(RETRY_AFTER_SECONDS).encode()),
        ], body
