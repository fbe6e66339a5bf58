"""The conformance kit of event types."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.plugins.answers.event_types import (
    EventTypeDescription,
    describe_event_type,
    event_values,
    own_event,
)
from adapters.serialization.events import payload_of, read_payload
from core.domain.events import Event
from entrepot.hookspecs import Manifest


class EventTypeSuite:
    """Subclass this and override the fixtures: the ``manifest`` of the plugin, and an ``event``.

    Fill all fields of the event, with values as in production.
    """

    @pytest.fixture
    def manifest(self) -> Manifest:
        raise NotImplementedError

    @pytest.fixture
    def event(self) -> Event:
        raise NotImplementedError

    @pytest.fixture
    def description(self, event: Event) -> EventTypeDescription:
        return describe_event_type(type(event))

    def test_the_type_begins_with_the_name_of_the_plugin(
        self, manifest: Manifest, description: EventTypeDescription
    ) -> None:
        assert description.code.startswith(f"{manifest.name}.")

    def test_the_manifest_declares_the_capability(self, manifest: Manifest) -> None:
        assert "events" in manifest.capabilities

    def test_its_values_are_ids_numbers_times_and_codes(
        self, event: Event, description: EventTypeDescription
    ) -> None:
        assert set(event_values(event, description.stored)) >= {"at"}

    def test_it_is_the_same_after_it_was_stored(
        self, event: Event, description: EventTypeDescription
    ) -> None:
        stored = description.stored(**event_values(event, description.stored))
        read = read_payload(description.stored, payload_of(stored))
        assert read == stored
        own = own_event(read, {description.code: type(event)})
        assert type(own) is type(event)
        assert own == event
        assert own != replace(event, at=datetime(2000, 1, 1, tzinfo=UTC))
