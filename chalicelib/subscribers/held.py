"""What the row of `_digest` holds of a person beside the row of `_all`: all their topics, and their clocks.

So that whoever composes digests reads one row of each person, and decides from it alone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.subscribers.cadence import Clocks, History, hour_of
from chalicelib.subscribers.model import EVERYONE, IMMEDIATE, LIST_PREFIX, Person, Row, Turn, Turns

ZONES, HOURS = "_zones", "_hours"
"""No topic's id begins with a low line."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a person: channels, cadence and since when (RFC 3339)."""

    channels: tuple[str, ...]
    cadences: History
    since: str


@dataclass(frozen=True, slots=True)
class Held:
    """All that a person subscribes to, lists included, by id, and the clocks of their digests."""

    topics: Mapping[str, Topic]
    clocks: Clocks

    def row(self, row: Row, source: str, *, instant: str) -> Row | None:
        """The person's row under a topic or list, if they had it at an item's instant, or of `_all`."""
        if source == EVERYONE:
            return row
        topic = self.topics.get(source)
        if topic is None or topic.since > instant:
            return None
        cadence, turns = topic.cadences
        return replace(
            row, channels=topic.channels, cadence=cadence, turns=turns, wanted=(), sources=(), held=""
        )


def waits(person: Person) -> bool:
    """Whether some topic of a person is not sent at once, or was not lately."""
    return any(
        subscription.cadence != IMMEDIATE or any(turn.was != IMMEDIATE for turn in subscription.turns)
        for topic, subscription in person.topics.items()
        if not topic.startswith(LIST_PREFIX)
    )


def written(person: Person) -> str:
    """What the row of `_digest` holds, as JSON."""
    topics = {
        topic: [list(one.channels), one.cadence, one.since, list(one.turns)]
        for topic, one in sorted(person.topics.items())
    }
    return json.dumps(
        {"zones": person.zones, "hours": [hour_of(person), person.digest_hours], "topics": topics},
        separators=(",", ":"),
    )


def read(row: Row, *, usual: History) -> Held:
    """What a row of `_digest` holds; `usual` is the deployment's hour of digests."""
    found = json.loads(row.held)
    hour, hours = found["hours"]
    return Held(
        {
            topic: Topic(tuple(channels), History(cadence, turns_of(turns)), since)
            for topic, (channels, cadence, since, turns) in found["topics"].items()
        },
        Clocks(History(row.time_zone, turns_of(found["zones"])), History(hour, turns_of(hours)), usual),
    )


def turns_by_name(person: Person) -> dict[str, list[list[str]]]:
    """All turns of a person by topic, `ZONES` and `HOURS`, as the table holds them; none is absent."""
    every = {topic: one.turns for topic, one in person.topics.items()}
    every |= {ZONES: person.zones, HOURS: person.digest_hours}
    return {name: [list(turn) for turn in turns] for name, turns in every.items() if turns}


def turns_of(pairs: Iterable[Sequence[str]]) -> Turns:
    """Turns as tables and rows hold them, read back."""
    return tuple(Turn(until, was) for until, was in pairs)
