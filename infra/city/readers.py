"""The city's readers: who opens which mail and when, through whose proxy, and the scanners on the way.

Each has habits that are drawn from the address, the same every time: how often they open and click, at which
hour they read. Beside them come the machines that every list meets: half of the mail programs load pictures
before anybody looks, a fifth of the mailboxes have every link followed by a scanner. What people truly did is
known here and told to nobody else: a report can be held against it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

APPLE, GMAIL, DIRECT = "apple", "gmail", "direct"
PROXIES = {APPLE: 0.5, GMAIL: 0.25, DIRECT: 0.25}
SCANNED = 0.2
READING_HOURS = (7, 8, 12, 13, 18, 19, 20, 21)
OPENS, CLICKS = (0.15, 0.55), (0.1, 0.4)
"""How often people open a mail that comes at some hour, and click in one that they opened."""

AT_ONES_HOUR, AT_ANOTHER = 1.6, 0.7
AGENTS = {
    APPLE: "Mozilla/5.0",
    GMAIL: "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    DIRECT: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0",
}
BROWSER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
SCANNER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"
PIXEL = re.compile(r"https?://[^\"/]+(/o/[^/\"]+)")
LINK = re.compile(r"<a\b[^>]*?href=\"https?://[^\"/]+(/t/[^/\"]+/[^\"]+)\"")
SEEN = re.compile(r"/t/[^/]+/\d+")


@dataclass(frozen=True)
class Reader:
    """One person's habits. `hour` is local: a mail that comes around it is opened more often."""

    opens: float
    clicks: float
    hour: int
    proxy: str
    scanned: bool
    network: str


@dataclass(frozen=True, order=True)
class Visit:
    """One request for the pixel or a link, so many seconds after the mail was sent."""

    after_s: float
    path: str
    agent: str
    network: str


@dataclass(frozen=True)
class Read:
    """What became of one mail: whether its reader truly opened and clicked; every visit, machines' too."""

    opened: bool
    clicked: bool
    visits: tuple[Visit, ...]


def reader(address: str) -> Reader:
    """The habits of whoever has an address."""
    random = _drawn(address)
    proxy = random.choices(list(PROXIES), weights=list(PROXIES.values()))[0]
    return Reader(
        opens=random.uniform(*OPENS),
        clicks=random.uniform(*CLICKS),
        hour=random.choice(READING_HOURS),
        proxy=proxy,
        scanned=random.random() < SCANNED,
        network=f"203.0.{random.randrange(256)}.{random.randrange(1, 255)}",
    )


def read(letter: Mapping[str, Any], *, sent_at: datetime, zone: str = "America/New_York") -> Read:
    """What a mail of the outbox meets."""
    who, random = reader(letter["to"]), _drawn(letter["to"] + letter["provider_id"])
    pixel, links = _pixel(letter["html"]), LINK.findall(letter["html"])
    away = abs((sent_at.astimezone(ZoneInfo(zone)).hour - who.hour + 12) % 24 - 12)
    opened = random.random() < who.opens * (AT_ONES_HOUR if away <= 1 else AT_ANOTHER)
    clicked = opened and bool(links) and random.random() < who.clicks
    visits = [*_scanned(who, links, random), *_prefetched(who, pixel, random)]
    if opened:
        at = random.expovariate(1 / 2400) + 90
        if who.proxy != APPLE:
            visits.append(Visit(at, pixel, AGENTS[who.proxy], who.network))
        if clicked:
            link = random.choice([one for one in links if SEEN.fullmatch(one)])
            visits.append(Visit(at + random.uniform(5, 60), link, BROWSER, who.network))
    return Read(opened, clicked, tuple(sorted(visits)))


def _scanned(who: Reader, links: Iterable[str], random: Random) -> list[Visit]:
    """A scanner follows every link, those that nobody sees too, within seconds."""
    begun = random.lognormvariate(3.76, 0.6)
    return [Visit(begun + n, one, SCANNER, "198.51.100.7") for n, one in enumerate(links) if who.scanned]


def _prefetched(who: Reader, pixel: str, random: Random) -> list[Visit]:
    """A proxy loads every picture at an hour of its own, whether or not anybody looks."""
    at = random.uniform(30, 6 * 3600)
    return [Visit(at, pixel, AGENTS[APPLE], "104.28.0.1")] if who.proxy == APPLE else []


def _pixel(html: str) -> str:
    found = PIXEL.search(html)
    return found[1] if found else ""


def _drawn(text: str) -> Random:
    """A source of chance that is the same for the same text."""
    return Random(int.from_bytes(blake2b(text.encode(), digest_size=8).digest()))  # noqa: S311 - no secret
