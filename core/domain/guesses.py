"""Limits for guessing: after some failures, each further attempt must wait longer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessLimit:
    """``free`` failures need no wait. Then the wait doubles from ``first`` to ``longest``.

    Failures are forgotten when none was added for ``forget`` after the last wait.
    """

    free: int
    first: timedelta
    longest: timedelta
    forget: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """The wait before the next attempt.

        >>> limit = GuessLimit(free=2, first=timedelta(seconds=1),
        ...     longest=timedelta(seconds=5), forget=timedelta(hours=1))
        >>> [int(limit.wait_after(number).total_seconds()) for number in range(1, 7)]
        [0, 1, 2, 4, 5, 5]
        """
        doublings = failures - self.free
        if doublings < 0:
            return timedelta(0)
        # 2 ** 40 seconds exceed every limit; a larger power does not fit a timedelta.
        return min(self.first * float(1 << min(doublings, 40)), self.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessLimits:
    """``at_address``: one account from one address. ``account``: one account from all addresses.

    ``device``: one account from a device where it logged in before. ``visitor``: one address, all
    accounts. After a success from an address, ``account`` does not apply to it for ``known_for``:
    strangers who guess do not lock the owner out.
    """

    at_address: GuessLimit
    account: GuessLimit
    device: GuessLimit
    visitor: GuessLimit
    known_for: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessCount:
    """The failures under one key. The next attempt is allowed from ``open_at``.

    ``succeeded_at`` is the last success; None if there was none.
    """

    key: bytes
    failures: int
    open_at: datetime
    succeeded_at: datetime | None = None

    def wait(self, limit: GuessLimit, now: datetime) -> timedelta:
        if self.failures < limit.free:
            return timedelta(0)
        return max(self.open_at - now, timedelta(0))

    def charge(self, limit: GuessLimit, now: datetime) -> "GuessCount":
        """Count a failure in advance; `succeed` or `refund` takes it back."""
        failures = 1 if now > self.open_at + limit.forget else self.failures + 1
        return replace(self, failures=failures, open_at=now + limit.wait_after(failures))

    def succeed(self, now: datetime) -> "GuessCount":
        return replace(self, failures=0, open_at=now, succeeded_at=now)

    def refund(self, now: datetime) -> "GuessCount":
        """Take one failure back: other callers may have failed under this key."""
        return replace(self, failures=max(self.failures - 1, 0), open_at=min(self.open_at, now))
