"""The policies that come with the shop, and China's calendar of working days."""

import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import chinese_calendar

from core.domain.privacy.policy import Policy, parse_policy

JURISDICTIONS = ("cn", "eu")
SATURDAY = 5


def load_policy(jurisdictions: Sequence[str], folder: Path | None = None) -> Policy:
    """From our own files, and before them those of the same name in a shop's ``folder``.

    Raises `ValueError` for a policy that the law does not allow.
    """
    rules = {each: _document(each, folder) for each in jurisdictions}
    return parse_policy(_document("notice", folder), rules)


def is_working_day(day: date) -> bool:
    """By the calendar that the State Council publishes each autumn; by the week beyond it.

    What is not published yet has more working days that way, so that a deadline comes earlier
    and never later.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def _document(name: str, folder: Path | None) -> dict[str, Any]:
    own = folder / f"{name}.toml" if folder else None
    ours = files("adapters.privacy").joinpath("policy", f"{name}.toml")
    file = own if own is not None and own.exists() else ours
    return tomllib.loads(file.read_text(encoding="utf-8"))
