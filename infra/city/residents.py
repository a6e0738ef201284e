"""The residents: drawn from a seed, with the skew that real lists have.

A few topics have most of the subscribers, a few people have most of the topics; nearly all have email, a
third a mobile number, and not all of these want text messages.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from infra.city.texts import names, topics

Picked = TypeVar("Picked")

SEED = 1630
COUNT = 2000
SMS_SHARE = 1 / 3
NO_EMAIL_SHARE = 0.03
AREA_CODES = (617, 857, 339, 781, 508, 774, 978, 351)
NUMBERS = range(100, 200)
"""555-0100 to 555-0199 of each area code belong to nobody."""
DOMAINS = {
    "mail.example": 46,
    "inbox.example": 21,
    "post.example": 13,
    "letters.example": 9,
    "riverside-university.example": 6,
    "harbor-works.example": 5,
}
SOURCES = {"Sign-up sheet at City Hall": 5, "Former newsletter": 12, "Library card form": 3}
ZONES = {"America/New_York": 97, "America/Chicago": 2, "America/Puerto_Rico": 1}
COLUMNS = (
    "email",
    "phone",
    "name",
    "language",
    "time_zone",
    "topics",
    "channels",
    "consent_source",
    "consent_at",
)
HABITS = {("email",): 35, ("sms",): 15, ("email", "sms"): 50}
"""What those who have both channels want."""
FIRST_CONSENT, CONSENT_DAYS = date(2019, 3, 4), 2300
ACTIVITY = (0.35, 0.6, 0.8, 1.0, 1.2, 1.7, 3.2)
"""How much keener than most a person is; drawn evenly."""


@dataclass(frozen=True)
class Resident:
    """One resident. `name` is what the person wants to be called, or empty; `addresses` by channel.

    `topics` come on each of `channels`; `consent_source` says where the consent comes from, `consent_at` on
    which day.
    """

    name: str
    language: str
    time_zone: str
    addresses: Mapping[str, str]
    topics: tuple[str, ...]
    channels: tuple[str, ...]
    consent_source: str
    consent_at: str


def residents(seed: int = SEED, count: int = COUNT) -> list[Resident]:
    """The residents of a seed, in a fixed order.

    Raises ValueError for more than the numbers of fiction serve (2,400).
    """
    random = Random(seed)  # noqa: S311 - the city must be the same every time
    numbers = [f"+1{area}555{number:04}" for area in AREA_CODES for number in NUMBERS]
    random.shuffle(numbers)
    if count * SMS_SHARE > len(numbers):
        raise ValueError(f"there are only {len(numbers)} phone numbers")
    phones = {place: numbers.pop() for place in random.sample(range(count), round(count * SMS_SHARE))}
    taken: set[str] = set()
    return [_resident(random, phones.get(place), taken) for place in range(count)]


def _resident(random: Random, phone: str | None, taken: set[str]) -> Resident:
    language = _pick(random, {tag: known["share"] for tag, known in names().items()})
    given, family = (random.choice(names()[language][part]) for part in ("given", "family"))
    addresses = {"sms": phone} if phone else {}
    if not phone or random.random() >= NO_EMAIL_SHARE / SMS_SHARE:
        addresses["email"] = _email(random, language, given, family, taken)
    return Resident(
        name=_called(random, language, given, family),
        language=language,
        time_zone=_pick(random, ZONES),
        addresses=dict(sorted(addresses.items())),
        topics=_topics(random),
        channels=_pick(random, HABITS) if len(addresses) > 1 else tuple(addresses),
        consent_source=_pick(random, SOURCES),
        consent_at=(FIRST_CONSENT + timedelta(days=random.randrange(CONSENT_DAYS))).isoformat(),
    )


def _called(random: Random, language: str, given: str, family: str) -> str:
    """What the person typed where the form asked for a name; a tenth left it empty."""
    how = random.random()
    if how < 0.1:
        return ""
    if language == "zh-Hans":
        return family + given
    if how < 0.65:
        return given
    return f"{family} {given}" if language == "vi" else f"{given} {family}"


def _email(random: Random, language: str, given: str, family: str, taken: set[str]) -> str:
    spelt = names()[language].get("ascii", {})
    first, last = (_ascii(spelt.get(one, one)) for one in (given, family))
    forms = (f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{first}_{last}", f"{last}.{first}")
    while True:
        local = random.choice(forms) + random.choice(("", "", f"{random.randrange(1, 100)}"))
        address = f"{local}@{_pick(random, DOMAINS)}"
        if address not in taken:
            taken.add(address)
            return address


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return re.sub("[^a-z]", "", plain)


def _topics(random: Random) -> tuple[str, ...]:
    keen = random.choice(ACTIVITY)
    chosen = tuple(one.id for one in topics() if random.random() < 1 - (1 - one.share) ** keen)
    return chosen or (_pick(random, {one.id: one.share for one in topics()}),)


def _pick(random: Random, weights: Mapping[Picked, float]) -> Picked:
    return random.choices(list(weights), weights=list(weights.values()))[0]


def to_csv(people: Iterable[Resident]) -> bytes:
    """The file that `POST /v1/imports` takes: UTF-8, one line a resident."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(one) for one in people)
    return text.getvalue().encode()


def _cells(one: Resident) -> tuple[str, ...]:
    email, phone = (one.addresses.get(channel, "") for channel in ("email", "sms"))
    topics, channels = ";".join(one.topics), ";".join(one.channels)
    who = (email, phone, one.name, one.language, one.time_zone)
    return (*who, topics, channels, one.consent_source, one.consent_at)
