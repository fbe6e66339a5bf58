"""The policies that come with the shop, and China's calendar of working days."""

import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import Any

import chinese_calendar

from core.domain.privacy.policy import Policy, parse_policy

JURISDICTIONS = ("cn", "eu")
SATURDAY = 5


def load_policy(jurisdictions: Sequence[str]) -> Policy:
    """Raises `ValueError` for a policy that the law does not allow."""
    return parse_policy(_document("purposes"), {each: _document(each) for each in jurisdictions})


def is_working_day(day: date) -> bool:
    """By the calendar that the State Council publishes each autumn; by the week beyond it.

    What is not published yet has more working days that way, so that a deadline comes earlier
    and never later.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def _document(name: str) -> dict[str, Any]:
    text = files("adapters.privacy").joinpath("policy", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
