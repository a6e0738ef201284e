"""Counting an audience: the people and messages a plan would have, by the engine's own streams and rules.

A count is walked in steps: its `Tally` holds all that there is, small however large the audience, so that any
worker goes on with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from chalicelib.core.clock import rfc3339
from chalicelib.core.ids import SHARDS
from chalicelib.delivery.audience import Expression
from chalicelib.delivery.by_channel import people
from chalicelib.delivery.choose import NEWSLETTER, choose
from chalicelib.delivery.costs import Countries
from chalicelib.delivery.daylight import Daylight
from chalicelib.delivery.reading import TableReading
from chalicelib.delivery.streams import Match
from chalicelib.subscribers.conditions import PERSONAL, Test
from chalicelib.subscribers.streams import Row

SAMPLE = 20
LANGUAGES = 100
"""Languages told apart; those met after so many count as `other`."""

OTHER = "other"


class Beside(NamedTuple):
    """What is counted of people beside how many they are.

    Those of whom the test `apart` holds; `left_out`, they are counted nowhere else. By channel, the messages
    of each of its `bands`: of the first whose test holds. With a `turn`, the people by when theirs comes
    (epoch seconds; 0.0: at once).
    """

    apart: Test | None = None
    left_out: bool = False
    bands: Mapping[str, Sequence[Test]] = MappingProxyType({})
    turn: Callable[[Row], float] | None = None


NOTHING = Beside()


@dataclass
class Tally:
    """What was counted up to a place.

    `people` get one message at least and `messages` are by channel and language; `skipped` people, by reason,
    get none; `asleep` of the people would be held for daylight at this moment, with a newsletter. `sample`
    holds hash and id of those with the smallest hashes under `seed`: each person has the same chance,
    whatever the order. `places` has the messages that are paid for, by channel, and by language and country
    (`en US`; `delivery.costs`). `apart`, `bands` and `turns` (by the moment, RFC 3339)
    are what was counted `Beside`.
    """

    seed: str
    shard: int = 0
    after: str = ""
    people: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    messages: dict[str, dict[str, int]] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    asleep: int = 0
    sample: list[list[str]] = field(default_factory=list)
    places: dict[str, dict[str, int]] = field(default_factory=dict)
    apart: int = 0
    bands: dict[str, list[int]] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether everyone was counted."""
        return self.shard >= SHARDS

    @property
    def matched(self) -> int:
        """How many people of the audience were counted."""
        return self.people + sum(self.skipped.values())

    @property
    def progress(self) -> float:
        """Which part of all ids lies behind, 0 to 1: ids are random, so of the work too."""
        if self.done:
            return 1.0
        return int(self.after[:8], 16) / 2**32 if self.after else self.shard / SHARDS

    def ids(self) -> list[str]:
        """The sample's ids."""
        return [subscriber_id for _, subscriber_id in self.sample]

    def take(
        self,
        match: Match,
        *,
        channels: Sequence[str],
        scope: str,
        light: Daylight,
        countries: Mapping[str, Countries] = MappingProxyType({}),
        beside: Beside = NOTHING,
    ) -> None:
        """Counts one person of the audience."""
        choice = choose(
            match.rows,
            match.topics,
            channels=channels,
            scope=scope,
            at=light.now,
            written=match.written,
        )
        if choice.skip:
            _add(self.skipped, choice.skip.value)
            return
        if beside.apart and beside.apart(match.rows[0]):
            self.apart += 1
            if beside.left_out:
                return
        language = match.rows[0].language
        self.people += 1
        self.asleep += scope == NEWSLETTER and bool(light.opens_at(match.rows[0]))
        if beside.turn:
            at = beside.turn(match.rows[0]) or light.now.timestamp()
            moment = rfc3339(datetime.fromtimestamp(at, UTC))
            self.turns[moment] = self.turns.get(moment, 0) + 1
        _add(self.languages, language)
        for channel, address in choice.addresses.items():
            _add(self.messages.setdefault(channel, {}), language)
            if channel in beside.bands:
                self._band(channel, beside.bands[channel], match.rows[0])
            if channel in countries:
                _add(self.places.setdefault(channel, {}), f"{language} {countries[channel].of(address)}")
        self._draw(match.subscriber_id)

    def _band(self, channel: str, tests: Sequence[Test], row: Row) -> None:
        counts = self.bands.setdefault(channel, [0] * len(tests))
        number = next((number for number, test in enumerate(tests) if test(row)), None)
        if number is not None:
            counts[number] += 1

    def _draw(self, subscriber_id: str) -> None:
        drawn = sha256(f"{self.seed}{subscriber_id}".encode()).hexdigest()[:16]
        if len(self.sample) < SAMPLE or drawn < self.sample[-1][0]:
            self.sample = sorted([*self.sample, [drawn, subscriber_id]])[:SAMPLE]

    def document(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


def test_of(leaf: Mapping[str, Any]) -> Test:
    """The test that a personal leaf of an expression asks: `{"placed": false}`."""
    ((kind, value),) = leaf.items()
    return PERSONAL[kind](value)


def tally_of(document: Mapping[str, Any]) -> Tally:
    """The tally of its JSON."""
    return Tally(**document)


def walk(
    tally: Tally,
    audience: Expression,
    *,
    channels: Sequence[str],
    scope: str,
    light: Daylight,
    reading: TableReading,
    enough: Callable[[Tally], bool],
    countries: Mapping[str, Countries] = MappingProxyType({}),
    beside: Beside = NOTHING,
) -> None:
    """Counts on from where the tally stands, until everyone is counted or `enough` says so.

    `audience` is resolved; `light` is the moment of which it is counted. `enough` is asked after each person
    and at the end of each shard. `countries` are those of the numbers of channels that are paid for.
    """
    while not tally.done and not enough(tally):
        found = people(audience, channels, reading, shard=tally.shard, after=tally.after or None)
        for match, ways in found:
            tally.take(match, channels=ways, scope=scope, light=light, countries=countries, beside=beside)
            tally.after = match.subscriber_id
            if enough(tally):
                break
        else:
            tally.shard, tally.after = tally.shard + 1, ""


def _add(counts: dict[str, int], name: str) -> None:
    if name not in counts and len(counts) >= LANGUAGES:
        name = OTHER
    counts[name] = counts.get(name, 0) + 1
