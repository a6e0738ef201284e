"""What a message adds to the counters of engagement: its events and their verdicts, by the counters' names.

    email#opens#human   email#clicks#machine          events, by what they are taken for; raw is their sum
    email#opened#raw|human|machine   email#clicked#…  people with such an event at least
    email#link#3#clicks#human   email#link#3#clicked#human     the same of the plan's link 3
    email#why#apple-proxy                             events by the rule that decided
    email#hour#2026-11-22T05#opens#human              events of one hour, UTC
    email#language#es#opened#human   email#variant#b#clicks#human   both by the version of the message
    email#within#60#opened#human                      people by minutes until a person's first event (`BANDS`)
    email#controls#machine                            followings of the control link
    email#read#human   email#hidden#people|opened|clicked|read     people as `rates` needs them
    email#nobody#opens   email#nobody#clicks          human events without a person
    email#conversions#human   email#converted#human   the same of conversions, over all goals
    email#goal#ID#converted#human   …#link#3#…  …#variant#b#…  those of one goal, also by link and by version

Pure: no clock, no table.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.delivery.counters import hour_of
from chalicelib.delivery.flags import moment_text
from chalicelib.engagement import rates
from chalicelib.engagement.model import Class, Event, Kind, Verdicts

EVENTS = {Kind.OPEN: "opens", Kind.CLICK: "clicks", Kind.CONTROL: "controls", Kind.CONVERSION: "conversions"}
PEOPLE = {Kind.OPEN: "opened", Kind.CLICK: "clicked", Kind.CONVERSION: "converted"}
FLAGGED = (Kind.OPEN, Kind.CLICK)
RAW = "raw"
VIEWS = (RAW, Class.HUMAN, Class.MACHINE)
BANDS = (5, 15, 60, 180, 720, 1440, 4320)
"""Minutes from the message to the first event of a person: each counts in the first band that holds it."""

LATER = "more"


@dataclass(frozen=True, slots=True)
class Message:
    """What counts of a message itself; `taken_at` in epoch seconds (0: not known)."""

    plan_id: str
    channel: str
    language: str
    variant: str
    taken_at: int


def message_of(item: Mapping[str, Any]) -> Message:
    """The message that a delivery is."""
    _, _, language, variant = item.get("rendition", "###").split("#")
    channel = item["subscriber_channel"].partition("#")[2]
    return Message(item["plan_id"], channel, language, variant, int(item.get("taken_at", 0)))


def counted(
    events: Sequence[Event], verdicts: Verdicts, message: Message, *, people: bool = True
) -> dict[str, int]:
    """What a message adds by these of its events; each has a verdict. With its person, or without."""
    counts: Counter[str] = Counter()
    for event in events:
        counts.update(_event(event, verdicts, message))
    if not people:
        named = (name for event in events for name in rates.of_nobody(event, verdicts))
        counts.update(f"{message.channel}#{name}" for name in named)
        return dict(counts)
    for kind in PEOPLE:
        of_kind = [event for event in events if event.kind is kind]
        counts.update(_people(kind, of_kind, verdicts, message))
    counts.update(f"{message.channel}#{name}" for name in rates.standing(events, verdicts))
    return dict(counts)


def flags_of(events: Sequence[Event], verdicts: Verdicts) -> dict[str, str]:
    """The flags of a delivery: when a person first did what, by the flags' names."""
    first: dict[str, float] = {}
    for event in events:
        if event.kind in FLAGGED and verdicts[event.id].as_ is Class.HUMAN:
            verb = PEOPLE[event.kind]
            for name in (f"{verb}_at", *([] if event.link is None else [f"{verb}_{event.link}_at"])):
                first[name] = min(event.at, first.get(name, event.at))
    return {name: moment_text(datetime.fromtimestamp(at, UTC)) for name, at in first.items()}


def _event(event: Event, verdicts: Verdicts, message: Message) -> Iterator[str]:
    verdict, channel, events = verdicts[event.id], message.channel, EVENTS[event.kind]
    yield f"{channel}#{events}#{verdict.as_}"
    yield f"{channel}#why#{verdict.why}"
    if event.kind not in PEOPLE:
        return
    for part in _parts(message):
        yield f"{channel}#{part}#{events}#{verdict.as_}"
    if event.link is not None:
        yield f"{channel}#link#{event.link}#{events}#{verdict.as_}"
    for part in _goal_parts(event, message):
        yield f"{channel}#{part}#{events}#{verdict.as_}"
    if hour := hour_of(message.plan_id, datetime.fromtimestamp(event.at, UTC)):
        yield f"{channel}#hour#{hour}#{events}#{verdict.as_}"


def _people(kind: Kind, events: Sequence[Event], verdicts: Verdicts, message: Message) -> Iterator[str]:
    channel, verb = message.channel, PEOPLE[kind]
    for view in _views(events, verdicts):
        yield f"{channel}#{verb}#{view}"
        for part in _parts(message):
            yield f"{channel}#{part}#{verb}#{view}"
    for link in {event.link for event in events if event.link is not None}:
        for view in _views((event for event in events if event.link == link), verdicts):
            yield f"{channel}#link#{link}#{verb}#{view}"
    goal_parts = {event.id: _goal_parts(event, message) for event in events}
    for part in sorted({part for parts in goal_parts.values() for part in parts}):
        for view in _views((event for event in events if part in goal_parts[event.id]), verdicts):
            yield f"{channel}#{part}#{verb}#{view}"
    first = min((event.at for event in events if verdicts[event.id].as_ is Class.HUMAN), default=None)
    if first is not None and message.taken_at:
        yield f"{channel}#within#{band_of(first - message.taken_at)}#{verb}#{Class.HUMAN}"


def _parts(message: Message) -> list[str]:
    """The versions that the message is one of."""
    versions = {"language": message.language, "variant": message.variant}
    return [f"{kind}#{name}" for kind, name in versions.items() if name]


def _goal_parts(event: Event, message: Message) -> list[str]:
    """Where a conversion counts beside: its goal, and that by the link that led there and by the version."""
    if not event.goal:
        return []
    goal = f"goal#{event.goal}"
    return [goal, f"{goal}#link#{event.link}", *(f"{goal}#{part}" for part in _parts(message))]


def _views(events: Iterable[Event], verdicts: Verdicts) -> list[str]:
    """In which of the three views somebody with these events counts."""
    found = {verdicts[event.id].as_ for event in events}
    return [view for view in VIEWS if (found if view == RAW else view in found)]


def band_of(seconds: float) -> str:
    """The band of so many seconds: its last minute, or `more`."""
    return next((str(minutes) for minutes in BANDS if seconds <= minutes * 60), LATER)
