"""Writes refused log-ins and changed credentials to the log, without personal data."""

from collections.abc import Sequence

import structlog

from core.domain.events import CredentialsChanged, Event, LogInRefused, LoginReleased
from ports.events.outbox import Envelope

log = structlog.get_logger(__name__)


def is_security_event(event: Event) -> bool:
    return isinstance(event, LogInRefused | CredentialsChanged | LoginReleased)


async def log_security_events(envelopes: Sequence[Envelope]) -> None:
    for event in (each.event for each in envelopes):
        if isinstance(event, LogInRefused):
            log.warning("log-in refused", account=event.account, face=event.face)
        elif isinstance(event, CredentialsChanged):
            log.info(
                "credentials changed",
                account=event.account,
                change=event.change,
                actor=event.actor,
            )
        elif isinstance(event, LoginReleased):
            log.warning("log-in released", account=f"customer:{event.customer_id}")
