"""What Crier says of a simulated city, against what is true: raw, cleaned, and class by class."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.engagement.classify import classify
from chalicelib.engagement.model import Class, Event, Kind, Sign, Verdicts
from chalicelib.engagement.rates import Readers, click_rate, of_nobody, open_rate, readers, standing
from tests.engagement.city import Campaign, City, Sent
from tests.engagement.city.parameters import Parameters

LINKS = (6, 4, 1, 8, 2, 5, 10, 3, 6, 7, 1, 4, 12)
"""How many links the messages of three months have: one a week."""

FIRST = 1_700_000_000.0 - 1_700_000_000 % 86_400 + 14 * 3600
WEEK = 7 * 86_400.0
PEOPLE = {Kind.OPEN: "opened", Kind.CLICK: "clicked"}
EVENTS = {Kind.OPEN: "opens", Kind.CLICK: "clicks"}


@dataclass
class Measured:
    """Sums over all messages: who truly did what, who did by raw events, and what Crier counts."""

    messages: int = 0
    opened: int = 0
    clicked: int = 0
    raw_opened: int = 0
    raw_clicked: int = 0
    found: Readers = field(default_factory=Readers)
    table: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Events by kind, by who made them (people, machines), and by why they are taken for what they are."""

    @property
    def open_error(self) -> float:
        """How far the rate of opens is off, relative to the truth; infinite where none can be told."""
        rate = open_rate(self.found)
        return self._error(rate.value, self.opened) if rate else float("inf")

    @property
    def click_error(self) -> float:
        """The same of clicks."""
        rate = click_rate(self.found)
        assert rate
        return self._error(rate.value, self.clicked)

    @property
    def raw_open_error(self) -> float:
        """How far off the raw events are."""
        return self._error(self.raw_opened / self.messages, self.opened)

    @property
    def raw_click_error(self) -> float:
        """The same of clicks."""
        return self._error(self.raw_clicked / self.messages, self.clicked)

    def _error(self, rate: float, truly: int) -> float:
        return rate * self.messages / truly - 1


def measured(people: int, seed: int, *, changed: Mapping[str, float] | None = None) -> Measured:
    """Three months of a city, a message a week to everybody, where some parameters are `changed`."""
    city, found = City(people, seed, parameters=replace(Parameters(), **(changed or {}))), Measured()
    for number, links in enumerate(LINKS):
        campaign = Campaign(f"week{number}", links=links)
        _add(found, city.send(campaign, FIRST + number * WEEK + number % 5 * 3 * 3600))
    return found


def _add(found: Measured, sent: Sent) -> None:
    counts: Counter[str] = Counter()
    for events, handed_at in zip(sent.events, sent.handed_at.tolist(), strict=True):
        kinds = {event.kind for event in events}
        found.raw_opened += Kind.OPEN in kinds
        found.raw_clicked += Kind.CLICK in kinds
        # Who asks not to be tracked is nobody to the pipeline: such an event is judged alone.
        alone = [event for event in events if Sign.PRIVATE in event.signs]
        told = [event for event in events if Sign.PRIVATE not in event.signs]
        verdicts = dict(classify(told, handed_at=handed_at, pictures=True))
        counts.update(_counted(told, verdicts))
        for event in alone:
            verdicts |= (own := classify([event], handed_at=0))
            counts.update([*_events([event], own), *of_nobody(event, own)])
        for event in events:
            who = "people" if sent.by_people[event.id] else "machines"
            found.table[str(event.kind), who, str(verdicts[event.id].why)] += 1
    found.opened += int(sent.truth.opened.sum())
    found.clicked += int(sent.truth.clicked.sum())
    told_of = readers({f"email#{name}": n for name, n in counts.items()}, "email", len(sent.events))
    found.found = found.found + told_of if found.messages else told_of
    found.messages += len(sent.events)


def _events(events: Iterable[Event], verdicts: Verdicts) -> Iterator[str]:
    for event in events:
        if event.kind in EVENTS:
            yield f"{EVENTS[event.kind]}#{verdicts[event.id].as_}"


def _counted(events: list[Event], verdicts: Verdicts) -> Iterator[str]:
    yield from _events(events, verdicts)
    yield from standing(events, verdicts)
    for kind, did in PEOPLE.items():
        if any(event.kind is kind and verdicts[event.id].as_ is Class.HUMAN for event in events):
            yield f"{did}#human"
