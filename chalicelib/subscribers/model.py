"""What a subscriber is, as plain immutable data.

The shapes that the rules, the verbs and the other rooms share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from chalicelib.subscribers.habits import Habit

CHANNELS = ("push", "email", "sms", "voice")
"""All ways to reach a person: at most one address on each."""

SIGN_UP_CHANNELS = ("email", "sms")
"""The channels on which people sign up and confirm, are sent the link to their page, and get notices."""

IMMEDIATE, DAILY, WEEKLY = "immediate", "daily", "weekly"
CADENCES = (IMMEDIATE, DAILY, WEEKLY)
EVERYONE = "_all"
DIGEST = "_digest"
HABITS = "_habits"
"""The reserved topic of what was learned of people (`habits`)."""
LIST_PREFIX = "list:"
UNCLEAR = f"{LIST_PREFIX}unclear-"
"""Of the lists of imports whose people's consent is unclear: no campaign reaches them."""


@dataclass(frozen=True)
class Address:
    """One verified way to reach a subscriber. `verified_at` is RFC 3339 text."""

    address: str
    verified_at: str


class Turn(NamedTuple):
    """What was in force before a moment (RFC 3339), and is no more."""

    until: str
    was: str


Turns = tuple[Turn, ...]
"""The turns of one thing, the oldest first."""


@dataclass(frozen=True)
class Subscription:
    """Subscriber × topic.

    On which channels, how often, where the consent came from, and since when (RFC 3339). `turns` are those
    of the cadence, as far as an item may still wait for them (`cadence`).
    """

    channels: tuple[str, ...]
    cadence: str
    source: str
    since: str
    turns: Turns = ()


@dataclass(frozen=True)
class Place:
    """Where a person lives, works or wants to know about: WGS 84 degrees, kept to a metre."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Wishes:
    """When a person wants to be written to, and how closely looked at; what is None is left to the agency.

    `paused_until` is the first day (ISO 8601, in the person's zone) on which newsletters come again, empty
    where they come now. `hours` are those of the day, local time, in which newsletters may come: `(8, 21)`
    from eight in the morning until nine in the evening, `(20, 2)` passes midnight. `digest_hour` is the local
    hour of digests, 0 to 23. `tracking` is whether opens and clicks may be kept of this person.
    """

    paused_until: str = ""
    hours: tuple[int, int] | None = None
    digest_hour: int | None = None
    tracking: bool | None = None


NO_WISHES = Wishes()


@dataclass(frozen=True)
class Person:
    """One subscriber, whole. `id` is 32 hex characters; `language` a BCP 47 tag; `time_zone` an IANA name.

    `addresses` by channel; `topics` by topic id; `blocks` by `channel:scope` (`email:newsletter`, `sms:*`),
    with the reason. `version` is 0 until first written and rises by one with each change. `places` by the
    person's name for each (`home`). `life_safety`: they want to be alerted to danger at any hour, on every
    verified channel, whatever they subscribe to. `zones` and `digest_hours` are the turns of the time zone
    and of the wish for a digest's hour (empty: none), as far as an item may still wait for them. `ended`:
    since when (RFC 3339) topics that they do not have now are over, as the ledger has it, so that no import
    brings one back.
    """

    id: str
    name: str
    language: str
    time_zone: str
    addresses: Mapping[str, Address]
    topics: Mapping[str, Subscription]
    blocks: Mapping[str, str]
    version: int
    created_at: str
    places: Mapping[str, Place] = field(default_factory=dict)
    wishes: Wishes = NO_WISHES
    life_safety: bool = False
    zones: Turns = ()
    digest_hours: Turns = ()
    ended: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """What the engine needs to know of one person subscribed to one topic.

    `_all` has a row for everyone with an address, `_digest` for everyone who has, or lately had, a topic that
    is not sent at once; that one is as the row of `_all`, and holds the topics (`subscribers.held`).

    `channels` are those chosen for the topic (for `_all`, every verified one); `blocks` are the keys of
    `Person.blocks`. `places` are written `home:42.3601,-71.0589`, and read only where an area asks; `joined`
    is the day (UTC) on which the person first subscribed. Only the row of `_all` tells which channels the
    person chose for one topic at least (`wanted`; lists are staff's choice, not theirs), and from where the
    consents came (`sources`). `turns` are those of the cadence. The address of each channel stands under its
    name. `habit` is joined to it only where an audience asks for what the person did with messages.
    """

    subscriber_id: str
    email: str | None
    sms: str | None
    channels: tuple[str, ...]
    cadence: str
    language: str
    time_zone: str
    name: str
    blocks: tuple[str, ...]
    places: tuple[str, ...] = ()
    joined: str = ""
    wanted: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    wishes: Wishes = NO_WISHES
    life_safety: bool = False
    turns: Turns = ()
    held: str = ""
    push: str | None = None
    voice: str | None = None
    habit: "Habit | None" = None


@dataclass(frozen=True)
class Wording:
    """The words of consent that a person was shown, as shown (translated)."""

    text: str

    @property
    def version(self) -> str:
        """Twelve hex characters that change whenever a letter of the text does."""
        return sha256(self.text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Provenance:
    """Where a change comes from, for the consent ledger.

    `source` names the way (`preference-page`, `one-click`, `import`, `bounce` …); `by` who acted:
    `subscriber`, `system`, or `staff:ID`; `wording` what they were shown, where anything was; `note` a reason
    typed by staff. `said`: worth an entry even where nothing changed.
    """

    source: str
    by: str
    at: datetime
    wording: Wording | None = None
    note: str = ""
    said: bool = False


@dataclass(frozen=True)
class LedgerChange:
    """One thing that changed.

    `field` is a path (`topics/roads`), `before` and `after` its values, None where there was none.
    """

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class LedgerEntry:
    """What one change of a person says in the consent ledger. `version` is the person's after the change."""

    subscriber_id: str
    version: int
    provenance: Provenance
    changes: tuple[LedgerChange, ...] = field(default=())
