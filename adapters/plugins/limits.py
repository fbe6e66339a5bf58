"""Why plugins are called, and the limits of a call."""

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """Why a plugin is called. Each purpose has a thread, a bulkhead and a circuit breaker.

    A buyer waits for ``ENQUIRIES`` while a price is made, so no long call stands before them.
    """

    CALLS = "calls"
    ENQUIRIES = "enquiries"
    NOTIFICATIONS = "notifications"
    ROUTES = "routes"
    JOBS = "jobs"
    SLOTS = "slots"
    PAGES = "pages"


OPENING = {Purpose.CALLS, Purpose.ENQUIRIES, Purpose.SLOTS}
"""Failures in a row quarantine the plugin. Any client can send what makes the other calls fail,
and a job has its own times.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginLimits:
    """``seconds`` is the time limit of a call.

    A call waits for one of ``concurrent_calls`` slots for ``slot_seconds``: a gateway sends many
    notifications at once. After a timeout, a loop that takes no turn for ``blocked_seconds`` is
    blocked. Not more than ``blocked_threads`` of a plugin are replaced until one of them ends.
    ``new_threads`` is how many threads a call may leave behind. ``start_seconds`` is the limit
    for the import of a plugin, and for all its hooks. ``fill_seconds`` is the limit for all slots
    of a page together, ``page_seconds`` that for a storefront page.
    """

    seconds: float = 10.0
    start_seconds: float = 30.0
    fill_seconds: float = 0.08
    page_seconds: float = 2.0
    close_seconds: float = 2.0
    blocked_seconds: float = 1.0
    concurrent_calls: int = 20
    slot_seconds: float = 1.0
    blocked_threads: int = 3
    new_threads: int = 10
