"""Raw events as they travel and as they stand: messages of the queue `events`, small maps on deliveries."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.clock import parse_rfc3339
from chalicelib.delivery.engaged import Raw, events_on
from chalicelib.engagement.model import Event, Kind, Sign


def raw_of(message: Mapping[str, Any]) -> Raw:
    """What is kept of a message of the queue `events`; what is empty is left out."""
    kept = {
        "kind": str(Kind(message["kind"])),
        "at": parse_rfc3339(message["at"]).timestamp(),
        "link": message.get("link"),
        "agent": message.get("agent", ""),
        "network": message.get("network", ""),
        "signs": sorted(Sign(one) for one in message.get("signs", ())),
        "goal": message.get("goal", ""),
    }
    return {name: value for name, value in kept.items() if value not in (None, "", [])}


def event_of(event_id: str, raw: Raw) -> Event:
    """The event of its raw map."""
    return Event(
        event_id,
        Kind(raw["kind"]),
        float(raw["at"]),
        raw.get("link"),
        raw.get("agent", ""),
        raw.get("network", ""),
        frozenset(Sign(one) for one in raw.get("signs", ())),
        raw.get("goal", ""),
    )


def events_of(item: Mapping[str, Any]) -> list[Event]:
    """The events that stand on a delivery, by their times."""
    found = [event_of(event_id, raw) for event_id, raw in events_on(item).items()]
    return sorted(found, key=lambda event: (event.at, event.id))
