"""The conformance kits of listeners and event types find each fault."""

from collections.abc import Callable
from typing import Any

import pytest

from entrepot import Capability, Event, EventListener, Manifest
from entrepot.testing import EventTypeSuite, ListenerSuite
from entrepot.testing.listeners import Effects
from tests.plugins.broken_listeners import (
    BROKEN_EVENT_TYPES,
    BROKEN_LISTENERS,
    PLACED,
    WorkingEvent,
    WorkingListener,
)
from tests.plugins.inner_run import QUIET

HEAD = """
import pytest

from tests.plugins import broken_listeners
from tests.plugins.test_broken_listeners import ForEventType, ForListener


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"
"""
LISTENER = """

class {name}(ForListener):
    kind = broken_listeners.{name}
"""
EVENT_TYPE = """

class {name}(ForEventType):
    kind = broken_listeners.{name}
"""


class ForListener(ListenerSuite):
    __test__ = False
    kind: type[WorkingListener] = WorkingListener

    @pytest.fixture
    def store(self) -> dict[str, Any]:
        return {}

    @pytest.fixture
    def new_listener(self, store: dict[str, Any]) -> Callable[[], EventListener]:
        return lambda: self.kind(store)

    @pytest.fixture
    def event(self) -> Event:
        return PLACED

    @pytest.fixture
    def effects(self, store: dict[str, Any]) -> Effects:
        async def effects() -> object:
            return dict(store)

        return effects


class TestWorkingListener(ForListener):
    __test__ = True


class ForEventType(EventTypeSuite):
    __test__ = False
    kind: type[Any] = WorkingEvent

    @pytest.fixture
    def manifest(self) -> Manifest:
        events = frozenset({Capability.EVENTS})
        return Manifest(name="helper", version="1", api=">=1,<2", capabilities=events)

    @pytest.fixture
    def event(self) -> Event:
        event: Event = self.kind()
        return event


class TestWorkingEvent(ForEventType):
    __test__ = True


def test_each_fault_is_found_by_the_case_for_it(pytester: pytest.Pytester) -> None:
    listeners = {each.__name__: case for each, case in BROKEN_LISTENERS.items()}
    event_types = {each.__name__: case for each, case in BROKEN_EVENT_TYPES.items()}
    body = "".join(LISTENER.format(name=name) + "    __test__ = True\n" for name in listeners)
    body += "".join(EVENT_TYPE.format(name=name) + "    __test__ = True\n" for name in event_types)
    file = pytester.makepyfile(HEAD + body)
    faults = {**listeners, **event_types}
    cases = [f"{file.name}::{name}::{case}" for name, case in faults.items()]
    classes = "python_classes=" + " ".join(faults)
    run = pytester.inline_run(*cases, "-o", classes, *QUIET)
    found = {report.nodeid.split("[")[0].split("::")[1] for report in run.listoutcomes()[2]}
    assert set(faults) - found == set()
