"""What comes in of machines: programs that load ahead, and scanners."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator

from chalicelib.engagement.model import Kind, Sign
from tests.engagement.city.noted import AGENTS, BROWSERS, Noted
from tests.engagement.city.people import Flags, Floats, Program

if TYPE_CHECKING:
    from tests.engagement.city import City, Truth

APPLE, GMAIL_AHEAD = AGENTS["Apple Mail Privacy Protection"], AGENTS["Gmail loads ahead"]
NAMED = [
    AGENTS[name]
    for name in ("Barracuda Sentinel", "Bing's preview, for Outlook", "Safe Links, without a name")
]
DISGUISED = [
    AGENTS[name]
    for name in ("Safe Links, as a browser", "Safe Links, as another browser", "Microsoft clicking as Edge")
]
HEAD = frozenset({Sign.HEAD})
CLOUDS = 40
"""Networks that scanners come from."""


def machines(city: "City", truth: "Truth", handed_at: Floats, noted: Noted) -> None:
    """Notes what machines do with the messages."""
    got = ~np.isnan(handed_at)
    _ahead(city, truth, handed_at, got, noted)
    scanned = np.flatnonzero(got & city.people.scanned)
    starts = handed_at[scanned] + delays(city.random, len(scanned)) * city.parameters.pace
    for person, start in zip(scanned.tolist(), starts.tolist(), strict=True):
        _scan(city, person, start, noted)
    for person in np.flatnonzero(city.people.scanned & truth.clicked).tolist():
        if city.random.random() < city.parameters.rescans:
            agent, network = next(_sources(city, person))
            at = float(truth.clicked_at[person]) + 2
            noted.note(person, Kind.CLICK, at, agent, network, by_person=False, link=0)


def delays(random: Generator, number: int) -> Floats:
    """Seconds from the delivery to the start of a scan.

    As standards.md has it: a median of 43; 0.5 % within 10, 66 % at 20 to 60, 28 % at 60 to 300; of the rest,
    3 % at 10 to 20 and 2.5 % up to half an hour.
    """
    places = np.array([0.0, 0.005, 0.035, 0.695, 0.975, 1.0])
    bounds = np.array([1.0, 10.0, 20.0, 60.0, 300.0, 1800.0])
    drawn = random.random(number)
    part = np.clip(np.searchsorted(places, drawn, side="right") - 1, 0, 4)
    inside = (drawn - places[part]) / (places[part + 1] - places[part])
    # Early within their part, so that the half of all lies at 43.
    bent = np.where(part == 2, inside**1.58, inside)
    seconds: Floats = bounds[part] + bent * (bounds[part + 1] - bounds[part])
    return seconds


def _ahead(city: "City", truth: "Truth", handed_at: Floats, got: Flags, noted: Noted) -> None:
    random, people, given = city.random, len(city), city.parameters
    apple = got & (city.people.program == Program.APPLE)
    load = handed_at + random.lognormal(np.log(1200), 1.5, people)
    # What was not loaded ahead is loaded when it is read.
    fetched = random.random(people) < given.fetched
    load = np.fmin(np.where(fetched, load, np.nan), truth.opened_at)
    for person in np.flatnonzero(apple & ~np.isnan(load)).tolist():
        network = f"apple{int(random.integers(0, 200))}"
        noted.note(person, Kind.OPEN, float(load[person]), APPLE, network, by_person=False)
    gmail = got & (city.people.program == Program.GMAIL) & (random.random(people) < given.ahead)
    for person in np.flatnonzero(gmail).tolist():
        at = float(handed_at[person]) + float(random.uniform(1, 10))
        noted.note(person, Kind.OPEN, at, GMAIL_AHEAD, "google", by_person=False)


def _sources(city: "City", person: int) -> Iterator[tuple[str, str]]:
    """The user agent and network of each of a scanner's requests: the same ones, or others each time."""
    own = int(city.people.browser[person])
    names = NAMED if city.people.named[person] else DISGUISED
    agent, network = names[own % len(names)], f"cloud{own % CLOUDS}"
    while True:
        yield agent, network
        if city.people.rotating[person]:
            agent = BROWSERS[int(city.random.integers(0, len(BROWSERS)))]
            network = f"cloud{int(city.random.integers(0, CLOUDS))}"


def _scan(city: "City", person: int, start: float, noted: Noted) -> None:
    people, random, links = city.people, city.random, noted.campaign.links
    sources = _sources(city, person)
    gap = 45.0 if people.slow[person] else 0.8
    at = start
    if people.pixel[person]:
        agent, network = next(sources)
        noted.note(person, Kind.OPEN, at, agent, network, by_person=False)
    followed = random.permutation(links)
    if people.shy[person]:
        followed = followed[: int(random.integers(1, 3))]
    for link in followed.tolist():
        at += float(random.exponential(gap))
        agent, network = next(sources)
        if people.heads[person]:
            noted.note(person, Kind.CLICK, at, agent, network, by_person=False, link=link, signs=HEAD)
        noted.note(person, Kind.CLICK, at + 0.2, agent, network, by_person=False, link=link)
    if people.control[person] and not people.shy[person]:
        agent, network = next(sources)
        noted.note(person, Kind.CONTROL, at + float(random.exponential(gap)), agent, network, by_person=False)
