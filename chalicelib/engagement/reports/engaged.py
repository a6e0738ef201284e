"""What readers did, out of a plan's counters: raw, machines' and people's, events and people. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.engagement.counted import BANDS, LATER

RAW, HUMAN, MACHINE = "raw", "human", "machine"
EVENTS = ("opens", "clicks")
PEOPLE = ("opened", "clicked")
HOUR = re.compile(r"^[a-z]+#hour#(?P<hour>[0-9T-]{13})#(?P<events>opens|clicks)#(?P<by>human|machine)$")
PART = re.compile(r"^[a-z]+#(?P<kind>language|variant)#(?P<name>[^#]+)#")

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Split:
    """One figure: all that came in, and what of it is taken for machines and for people.

    Of events, raw is the sum of the two. Of people it is not: whose mail a scanner opened first may have read
    it since, and is in both.
    """

    raw: int = 0
    machine: int = 0
    human: int = 0

    def __add__(self, other: "Split") -> "Split":
        return Split(self.raw + other.raw, self.machine + other.machine, self.human + other.human)


@dataclass(frozen=True)
class Engaged:
    """Openings and followings of links: `opens` and `clicks` are events, `opened` and `clicked` people."""

    opens: Split = field(default_factory=Split)
    opened: Split = field(default_factory=Split)
    clicks: Split = field(default_factory=Split)
    clicked: Split = field(default_factory=Split)

    def __add__(self, other: "Engaged") -> "Engaged":
        return Engaged(
            self.opens + other.opens,
            self.opened + other.opened,
            self.clicks + other.clicks,
            self.clicked + other.clicked,
        )


def engaged(counts: Counts, prefix: str) -> Engaged:
    """The figures of the counters under a prefix, such as `email`, or `email#language#es`."""
    return Engaged(
        **{name: events_of(counts, f"{prefix}#{name}") for name in EVENTS},
        **{name: people_of(counts, f"{prefix}#{name}") for name in PEOPLE},
    )


def events_of(counts: Counts, name: str) -> Split:
    """A figure of events."""
    human, machine = counts.get(f"{name}#{HUMAN}", 0), counts.get(f"{name}#{MACHINE}", 0)
    return Split(human + machine, machine, human)


def people_of(counts: Counts, name: str) -> Split:
    """A figure of people."""
    return Split(*(counts.get(f"{name}#{one}", 0) for one in (RAW, MACHINE, HUMAN)))


def total(figures: Iterable[Split]) -> Split:
    """The sum of figures."""
    return sum(figures, Split())


def by_part(counts: Counts, kind: str, channels: Iterable[str]) -> dict[str, Engaged]:
    """The figures of each language or variant, over the channels."""
    on = list(channels)
    names = sorted(
        {found["name"] for name in counts if (found := PART.match(name)) and found["kind"] == kind}
    )
    return {
        name: sum((engaged(counts, f"{channel}#{kind}#{name}") for channel in on), Engaged())
        for name in names
    }


def by_hour(counts: Counts) -> dict[str, dict[str, Split]]:
    """The events of each hour (UTC, `2026-11-22T05`), over all channels; hours without any are left out."""
    hours: dict[str, dict[str, Split]] = {}
    for name, count in sorted(counts.items()):
        if count and (found := HOUR.match(name)):
            known = hours.setdefault(found["hour"], {one: Split() for one in EVENTS})
            machine = count if found["by"] == MACHINE else 0
            known[found["events"]] += Split(count, machine, count - machine)
    return dict(sorted(hours.items()))


def by_why(counts: Counts) -> dict[str, int]:
    """How many events each rule decided (`engagement.model.Why`)."""
    return _told(counts, "why")


def reasons(counts: Counts) -> dict[str, int]:
    """Why people unsubscribed, of those who said so."""
    return _told(counts, "reason")


def within(counts: Counts, events: str, channels: Iterable[str]) -> Iterator[tuple[int | None, int]]:
    """How many people did it for the first time within so many minutes, those before among them.

    The last is without a limit (None): all whose moment is known.
    """
    on, so_far = list(channels), 0
    for band in (*map(str, BANDS), LATER):
        so_far += sum(counts.get(f"{channel}#within#{band}#{events}#{HUMAN}", 0) for channel in on)
        yield None if band == LATER else int(band), so_far


def _told(counts: Counts, kind: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in counts.items():
        _, of, what = [*name.split("#", 2), "", ""][:3]
        if of == kind and count:
            found[what] += count
    return dict(sorted(found.items()))
