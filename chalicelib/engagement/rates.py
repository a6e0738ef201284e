"""What share of the people read a message and followed its links, where not all can be seen. Pure.

Clicks can be counted: a person's are told from a machine's (`classify`), and only those of browsers that ask
not to be tracked come without a person. They are taken for as many people per click as the others.

Opens cannot be counted, but estimated; docs/event_classes.md tells it to people. Three kinds of readers are
not seen: those whose Apple Mail loads every picture ahead (*hidden*), those whose program shows no pictures,
and those who ask not to be tracked.

- Of the people who are not hidden, some were seen opening it, some clicked, and some did both. All who
  clicked have read it, and of these the share both ÷ clicked was seen: so was the same share of all readers,
  and seen ÷ share have read it. This is counting by capture and recapture (Petersen 1896, Lincoln 1930).
- Hidden people are taken to read as often as the others, times how much more or less often they click: for
  whoever reads follows links as often with one program as with another. Few clicks say little, so this factor
  is held at 1 by `TRUST` clicks as expected (the mean of a gamma prior after Poisson counts).

Beyond such an estimate stands what is certain: `read` people opened or clicked before our eyes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import exp, sqrt

from chalicelib.engagement.model import Class, Event, Kind, Verdicts, Why
from chalicelib.engagement.reports.intervals import wilson

TRUST = 40
"""So many clicks as expected stand beside the counted ones: 16 % up or down is then no surprise."""

SHOWN, SHOWN_OF = 9, 10
"""Nine programs in ten show pictures: what is taken for known before any click."""

WIDEST = 0.5
"""Half the width of the widest interval, relative to the figure, that still says something."""

Z = 1.96
READ, HIDDEN, NOBODY = "read", "hidden", "nobody"
DID = ("people", "opened", "clicked", READ)


@dataclass(frozen=True)
class Did:
    """So many people, and how many of them did what, before our eyes.

    `opened` and `clicked`: with an event that is a human's; `read`: with any such event.
    """

    people: int = 0
    opened: int = 0
    clicked: int = 0
    read: int = 0

    def __sub__(self, other: "Did") -> "Did":
        return Did(
            self.people - other.people,
            self.opened - other.opened,
            self.clicked - other.clicked,
            self.read - other.read,
        )

    def __add__(self, other: "Did") -> "Did":
        return Did(
            self.people + other.people,
            self.opened + other.opened,
            self.clicked + other.clicked,
            self.read + other.read,
        )


@dataclass(frozen=True)
class Readers:
    """Who got messages of a channel, and what was seen of them; the sum of several is that of all of them.

    `hidden`: those of `everybody` for whom Apple's proxy loaded the picture. `opens` and `clicks`: human
    events with a person; `opens_of_nobody` and `clicks_of_nobody`: without one. `messages`: how many were
    sent to these people.
    """

    everybody: Did = field(default_factory=Did)
    hidden: Did = field(default_factory=Did)
    opens: int = 0
    clicks: int = 0
    opens_of_nobody: int = 0
    clicks_of_nobody: int = 0
    messages: int = 1

    def __add__(self, other: "Readers") -> "Readers":
        return Readers(
            self.everybody + other.everybody,
            self.hidden + other.hidden,
            self.opens + other.opens,
            self.clicks + other.clicks,
            self.opens_of_nobody + other.opens_of_nobody,
            self.clicks_of_nobody + other.clicks_of_nobody,
            self.messages + other.messages,
        )


@dataclass(frozen=True)
class Rate:
    """A share, 0 to 1, the interval that holds the true one 95 times in 100, and how many people it is of.

    `enough`: whether the data carry it; if not, reports say "not enough data" in its place.
    """

    value: float
    low: float
    high: float
    of: int
    enough: bool


SEEN = {Kind.OPEN: "opens", Kind.CLICK: "clicks"}
"""What people are seen reading by; a conversion follows a click, and tells no more."""


def standing(events: Iterable[Event], verdicts: Verdicts) -> Iterator[str]:
    """The counters, without their channel, in which a delivery with these events counts once each."""
    human = {event.kind for event in events if verdicts[event.id].as_ is Class.HUMAN} & SEEN.keys()
    if human:
        yield f"{READ}#{Class.HUMAN}"
    if any(verdict.why is Why.APPLE_PROXY for verdict in verdicts.values()):
        yield f"{HIDDEN}#people"
        if Kind.OPEN in human:
            yield f"{HIDDEN}#opened"
        if Kind.CLICK in human:
            yield f"{HIDDEN}#clicked"
        if human:
            yield f"{HIDDEN}#{READ}"


def of_nobody(event: Event, verdicts: Verdicts) -> Iterator[str]:
    """The counters, without their channel, in which an event without a person counts."""
    if verdicts[event.id].as_ is Class.HUMAN and event.kind in SEEN:
        yield f"{NOBODY}#{SEEN[event.kind]}"


def readers(counts: Mapping[str, int], channel: str, people: int) -> Readers:
    """The readers of a plan on a channel that `people` got, out of its counters."""

    def count(name: str) -> int:
        return counts.get(f"{channel}#{name}", 0)

    return Readers(
        everybody=Did(people, *(count(f"{one}#{Class.HUMAN}") for one in DID[1:])),
        hidden=Did(*(count(f"{HIDDEN}#{one}") for one in DID)),
        opens=count(f"opens#{Class.HUMAN}") - count(f"{NOBODY}#opens"),
        clicks=count(f"clicks#{Class.HUMAN}") - count(f"{NOBODY}#clicks"),
        opens_of_nobody=count(f"{NOBODY}#opens"),
        clicks_of_nobody=count(f"{NOBODY}#clicks"),
    )


def click_rate(found: Readers) -> Rate | None:
    """The share of the people who followed a link, as estimated; None of nobody.

    How many people the clicks without a person are is not known: perhaps nobody beside those who were seen,
    perhaps one more for each of them. So the interval begins where that of the one begins, and ends where
    that of the other does.
    """
    seen, unnamed = found.everybody.clicked, found.clicks_of_nobody
    people = max(found.everybody.people, seen)
    if not people:
        return None
    clicked = min(seen * _unnamed(max(found.clicks, seen), unnamed) if seen else unnamed, people)
    low, high = wilson(seen, people).low, wilson(min(seen + unnamed, people), people).high
    return Rate(clicked / people, low, high, people, enough=True)


def open_rate(found: Readers) -> Rate | None:
    """The share of the people who read the message, as estimated; None where nobody's reading can be seen.

    Of several messages to the same people it is the mean, and no surer than of one: each person reads all of
    them alike.
    """
    everybody, hidden, plain = found.everybody, found.hidden, found.everybody - found.hidden
    if plain.people <= 0 or plain.opened <= 0:
        return None
    trust, known = TRUST * found.messages, SHOWN_OF * found.messages
    both = plain.opened + plain.clicked - plain.read
    shown = min(1.0, (both + SHOWN * found.messages) / (plain.clicked + known))
    share = min(1.0, plain.opened * _unnamed(found.opens, found.opens_of_nobody) / shown / plain.people)
    factor = (trust + hidden.clicked) / (trust + hidden.people * plain.clicked / plain.people)
    of_hidden = min(1.0, share * factor) * hidden.people
    people = max(share * plain.people + of_hidden, everybody.read)
    spread = found.messages * (
        (1 - share) / plain.opened
        + (1 - shown) / shown / (plain.clicked + known)
        + (of_hidden / people) ** 2 * (1 / (trust + hidden.clicked) + 1 / (trust + plain.clicked))
    )
    value, wide = people / everybody.people, Z * sqrt(spread)
    low = max(value * exp(-wide), everybody.read / everybody.people)
    return Rate(value, low, min(1.0, value * exp(wide)), everybody.people, enough=wide <= WIDEST)


def _unnamed(named: int, of_nobody: int) -> float:
    """By what the people with a name are to be multiplied for those without one."""
    return 1 + of_nobody / named if named > 0 else 1.0
