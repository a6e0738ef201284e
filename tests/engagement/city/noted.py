"""What is noted of a campaign while it is simulated."""

import json
from pathlib import Path
from typing import Any

from chalicelib.engagement.model import Event, Kind, Sign

_FIXTURE = Path(__file__).parents[1] / "fixtures" / "agents.json"
AGENTS: dict[str, str] = {one["name"]: one["agent"] for one in json.loads(_FIXTURE.read_text("utf-8"))}

_BROWSERS = (
    "Chrome on Windows",
    "Chrome on a Mac",
    "Chrome on Android",
    "Safari on an iPhone",
    "Firefox on Windows",
    "Edge on Windows",
    "Samsung's browser",
)
_MAIL_PROGRAMS = (
    "Outlook on Windows",
    "Outlook on an iPhone",
    "Thunderbird",
    "Outlook on a Mac",
    "Apple Mail on a Mac, without the proxy",
    "Apple Mail on an iPhone, without the proxy",
)
BROWSERS = [AGENTS[name] for name in _BROWSERS]
MAIL_PROGRAMS = [AGENTS[name] for name in _MAIL_PROGRAMS]


class Noted:
    """The events of a campaign, by person."""

    def __init__(self, campaign: Any, people: int) -> None:
        self.campaign = campaign
        self.events: list[list[Event]] = [[] for _ in range(people)]
        self.by_people: dict[str, bool] = {}

    def note(
        self,
        person: int,
        kind: Kind,
        at: float,
        agent: str,
        network: str,
        *,
        by_person: bool,
        link: int | None = None,
        signs: frozenset[Sign] = frozenset(),
    ) -> None:
        """Notes one event."""
        told = self.events[person]
        event_id = f"{self.campaign.id}.{person}.{len(told)}"
        told.append(Event(event_id, kind, float(at), link, agent, network, signs))
        self.by_people[event_id] = by_person
