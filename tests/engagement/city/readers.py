"""What comes in when people read: openings by their programs, and the links that they follow."""

from typing import TYPE_CHECKING

import numpy as np

from chalicelib.engagement.model import Kind, Sign
from tests.engagement.city.noted import AGENTS, BROWSERS, MAIL_PROGRAMS, Noted
from tests.engagement.city.people import Floats, Program

if TYPE_CHECKING:
    from tests.engagement.city import City, Truth

PRIVATE = frozenset({Sign.PRIVATE})
NONE: frozenset[Sign] = frozenset()
CHAT = AGENTS["Slack's preview"]


def readers(city: "City", truth: "Truth", handed_at: Floats, noted: Noted) -> None:
    """Notes what people's reading shows of itself."""
    openers = np.flatnonzero(truth.opened)
    for person in openers.tolist():
        _opens(city, person, float(truth.opened_at[person]), noted)
    for person in np.flatnonzero(truth.clicked).tolist():
        _clicks(city, person, float(truth.clicked_at[person]), noted)


def browser_of(city: "City", person: int) -> tuple[str, str, frozenset[Sign]]:
    """The browser of a person: its user agent, its network, and what it says of privacy."""
    agent = BROWSERS[int(city.people.browser[person]) % len(BROWSERS)]
    return agent, f"home{person}", PRIVATE if city.people.private[person] else NONE


def _opens(city: "City", person: int, at: float, noted: Noted) -> None:
    people, random, given = city.people, city.random, city.parameters
    program = people.program[person]
    if program == Program.APPLE:
        # What Apple's proxy loads is noted with the machines: it may have come before, or comes now.
        if random.random() < given.second:
            other = [AGENTS["Gmail's image proxy"], *MAIL_PROGRAMS][int(random.integers(0, 4))]
            noted.note(person, Kind.OPEN, at + 3600, other, f"home{person}", by_person=True)
        return
    if people.blocked[person]:
        return
    times = [at]
    while random.random() < given.reopens:
        times.append(times[-1] + float(random.lognormal(8, 1.5)))
    for moment in times:
        _one_open(city, person, program, moment, noted)


def _one_open(city: "City", person: int, program: int, at: float, noted: Noted) -> None:
    if program == Program.WEBMAIL:
        agent, network, signs = browser_of(city, person)
        noted.note(person, Kind.OPEN, at, agent, network, by_person=True, signs=signs)
        return
    proxy = {Program.GMAIL: "Gmail's image proxy", Program.YAHOO: "Yahoo's image proxy"}.get(Program(program))
    own = MAIL_PROGRAMS[int(city.people.browser[person]) % len(MAIL_PROGRAMS)]
    network = f"proxy{int(city.random.integers(0, 50))}" if proxy else f"home{person}"
    noted.note(person, Kind.OPEN, at, AGENTS[proxy] if proxy else own, network, by_person=True)


def _clicks(city: "City", person: int, at: float, noted: Noted) -> None:
    random, given, links = city.random, city.parameters, noted.campaign.links
    agent, network, signs = browser_of(city, person)
    times = [at]
    if random.random() < given.tabs:
        times += [at + 3, at + 7]
    while random.random() < given.again:
        times.append(times[-1] + 10 + float(random.lognormal(4.5, 1.2)))
    # The first links of a message are followed most.
    weights = 1 / np.arange(1, links + 1)
    followed = random.choice(links, len(times), p=weights / weights.sum(), replace=len(times) > links)
    if random.random() < given.hover:
        for link in range(min(links, 3)):
            ahead = signs | {Sign.AHEAD}
            noted.note(
                person, Kind.CLICK, at - 2 + link / 2, agent, network, by_person=False, link=link, signs=ahead
            )
    for moment, link in zip(times, followed.tolist(), strict=True):
        noted.note(person, Kind.CLICK, moment, agent, network, by_person=True, link=link, signs=signs)
    if random.random() < given.shared:
        noted.note(person, Kind.CLICK, at + 300, CHAT, "chat", by_person=False, link=int(followed[0]))
