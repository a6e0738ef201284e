"""When somebody gets an item of a topic: at once, or with which digest. Pure (docs/digests.md).

Whoever decides, whenever they do, must come to the same answer, or an item is lost or sent twice. So the
answer hangs on nothing but the item's instant and what was in force at moments that are over: a change of
cadence, time zone or digest hour takes effect a minute after it was asked for, when it has long been
committed, and what was in force before is remembered for as long as an item can wait.

An item is for the first digest after its instant. Digests come once a local day, at the hour that was chosen:
at the first quarter of an hour at which the clock on the wall has reached it. So an hour that is left out in
spring is met at the next instant that exists, and one that comes twice in autumn, the first time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.subscribers.model import IMMEDIATE, WEEKLY, Person, Subscription, Turn, Turns

EFFECT = timedelta(minutes=1)
"""How long after it was asked for a change takes effect: later than any request that makes it can end."""

LONGEST = timedelta(days=9)
"""How long an item waits at most, whoever moves the digest ahead: a week, and the zones' 26 h."""

REMEMBERED = LONGEST + timedelta(days=7)
"""So that a digest which stood still for a week is still for the same people."""

QUARTER = timedelta(minutes=15)
"""Every present zone differs from UTC by whole quarters of an hour (IANA Time Zone Database)."""

TICK = timedelta(milliseconds=1)
WEEKDAY = 0
"""Weekly digests come on Mondays, in the person's zone."""


class History(NamedTuple):
    """What a thing is, and how it came to be so."""

    value: str
    turns: Turns = ()

    def at(self, moment: str) -> str:
        """What was, or will be, in force at a moment (RFC 3339)."""
        return next((turn.was for turn in self.turns if moment < turn.until), self.value)

    @property
    def values(self) -> set[str]:
        """All that it ever was."""
        return {self.value, *(turn.was for turn in self.turns)}


class Clocks(NamedTuple):
    """By which clock a person's digests come, now and before: IANA zones, and whole hours 0 to 23.

    `hours` are the person's own choice, empty for the deployment's, which are `usual`.
    """

    zones: History
    hours: History
    usual: History

    def at(self, moment: str) -> tuple[str, str]:
        """Zone and hour in force at a moment."""
        return self.zones.at(moment), self.hours.at(moment) or self.usual.at(moment)

    @property
    def all(self) -> set[tuple[str, str]]:
        """Each zone with each hour."""
        hours = self.hours.values - {""} | (self.usual.values if "" in self.hours.values else set())
        return {(zone, hour) for zone in self.zones.values for hour in hours}


def turned(turns: Turns, was: str, *, asked_at: datetime) -> Turns:
    """The history of what was something else until a change of this moment; forgets what nothing asks for."""
    until = max([rfc3339(asked_at + EFFECT), *(turn.until for turn in turns[-1:])])
    kept = tuple(turn for turn in turns if turn.until > rfc3339(asked_at - REMEMBERED))
    if kept and kept[-1].until == until:
        return kept  # what was chosen in between was never in force
    return (*kept, Turn(until, was))


def is_immediate(cadence: str, turns: Turns, instant: str) -> bool:
    """Whether an item of this instant (RFC 3339) is sent at once. Empty: what is chosen by now counts."""
    return (History(cadence, turns).at(instant) if turns and instant else cadence) == IMMEDIATE


def digest_of(instant: str, cadences: History, clocks: Clocks) -> str:
    """The moment (RFC 3339) of the digest that an item which is not sent at once belongs to.

    The first of the person's after the item: any day's, or where the topic is weekly by then, Monday's. At
    the latest after `LONGEST`, for who moves the hour ahead of each digest would never get one.
    """
    last = last_resort(instant)
    return next(_digests(instant, last, cadences, clocks), last)


def last_resort(instant: str) -> str:
    """When an item of this instant is sent at the latest: at a full quarter of an hour."""
    latest = parse_rfc3339(instant) + LONGEST
    return rfc3339(datetime.fromtimestamp(-(-latest.timestamp() // 900) * 900, UTC))


def is_digest(moment: str, clocks: Clocks) -> bool:
    """Whether a person's digest comes at a moment, of whatever cadence."""
    return _shows(moment, *clocks.at(moment))


@lru_cache(maxsize=4_096)
def _shows(moment: str, zone: str, hour: str) -> bool:
    today = parse_rfc3339(moment).astimezone(ZoneInfo(zone)).date()
    return any(_reached(zone, hour, day) == moment for day in (today, today - timedelta(days=1)))


@lru_cache(maxsize=4_096)
def window(moment: str, cadences: History, clocks: Clocks) -> tuple[str, str]:
    """From when (inclusive) until when (exclusive) the items are that belong to the digest of a moment.

    The same rule as `digest_of`, seen from the digest: it has what came since the one before. Empty where
    nothing is due then. A moment is a full quarter of an hour.
    """
    here = parse_rfc3339(moment)
    start, end = rfc3339(here - QUARTER - LONGEST + TICK), rfc3339(here - LONGEST + TICK)
    for digest in _digests(start, moment, cadences, clocks):
        start, end = (start, moment) if digest == moment else (digest, end)
    return start, end


def _digests(after: str, until: str, cadences: History, clocks: Clocks) -> Iterator[str]:
    """The moments after one and until another at which a topic's items are sent, in order."""
    days = _days(parse_rfc3339(after), parse_rfc3339(until))
    found = sorted((_reached(*clock, day), day, clock) for clock in clocks.all for day in days)
    for moment, day, clock in found:
        due = day.weekday() == WEEKDAY or cadences.at(moment) != WEEKLY
        if after < moment <= until and due and clocks.at(moment) == clock:
            yield moment


def _days(first: datetime, last: datetime) -> Sequence[date]:
    """All days that are today somewhere between two moments."""
    start = (first - timedelta(days=1)).date()
    return [start + timedelta(days=n) for n in range((last - first).days + 4)]


@lru_cache(maxsize=16_384)
def _reached(zone: str, hour: str, day: date) -> str:
    """The first quarter of an hour at which the clock of a zone has reached an hour of a day."""
    here = ZoneInfo(zone)
    wanted = datetime.combine(day, time(int(hour)))
    moment = wanted.replace(tzinfo=here).astimezone(UTC)
    while (moment - QUARTER).astimezone(here).replace(tzinfo=None) >= wanted:
        moment -= QUARTER
    return rfc3339(moment)


def remembered(before: Person, after: Person, *, at: datetime) -> Person:
    """The person after a change of that moment, with what is in force until it takes effect."""
    topics = {topic: _continued(before.topics.get(topic), one, at) for topic, one in after.topics.items()}
    zones, hours = before.zones, before.digest_hours
    if before.time_zone != after.time_zone:
        zones = turned(zones, before.time_zone, asked_at=at)
    if hour_of(before) != hour_of(after):
        hours = turned(hours, hour_of(before), asked_at=at)
    return replace(after, topics=topics, zones=zones, digest_hours=hours)


def _continued(before: Subscription | None, after: Subscription, at: datetime) -> Subscription:
    """A subscription that was there before keeps its turns; one that begins has none."""
    if before is None or before.since != after.since:
        return after
    if before.cadence == after.cadence:
        return replace(after, turns=before.turns)
    return replace(after, turns=turned(before.turns, before.cadence, asked_at=at))


def hour_of(person: Person) -> str:
    """The hour that a person wishes digests at; empty for the deployment's."""
    hour = person.wishes.digest_hour
    return "" if hour is None else str(hour)
