"""A form that another person saved meanwhile: what was written is kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.web.admin.form_texts import changed_meanwhile
from adapters.web.language import shop_text
from adapters.web.problems import Problem

VERSION = "version"


def after_conflict(
    problem: Problem, language: str, loaded: Mapping[str, Any], sent: Mapping[str, str]
) -> tuple[Problem, dict[str, Any]]:
    """The problem in plain words, and the variables of the page that is shown again.

    ``loaded`` has the ``form`` and the saved ``values``. The page has the new version: to send
    it again replaces what the other person saved.
    """
    saved: Mapping[str, str] = loaded["values"]
    message = shop_text(
        "Another person saved this page meanwhile. What you wrote is still here and is not saved."
        " Compare the marked fields, then save again."
    )
    return replace(problem, detail=message.in_language(language)), {
        "values": {**sent, VERSION: saved.get(VERSION, "")},
        "saved": changed_meanwhile(loaded["form"], saved, sent),
    }
