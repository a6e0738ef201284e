"""What a source of alerts is, as plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Conditions:
    """Which messages are meant: those that keep all of these; what is empty is not asked for.

    `events` are names or codes of events, `codes` geocodes of any system (`025025`, `MAZ015`), `senders`
    CAP's. Upper and lower case are one.
    """

    events: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    certainties: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """What is launched without further hands, and who agreed to it (a staff id) when (RFC 3339).

    `signed`: only what a listed certificate signed. `most_a_day`: a feed gone wild does not wake the city.
    """

    conditions: Conditions
    signed: bool
    most_a_day: int
    set_by: str
    set_at: str


@dataclass(frozen=True)
class Source:
    """A feed of alerts, of one department and of the mode of the key that set it up.

    It is looked at `every` so many minutes. `only` says what of it is taken at all. `topics`, `channels` and
    `without_place` are those of the alerts that come of it. It is silent, and an alarm goes off, when it
    could not be read for `silent_minutes`, or when nothing new came of it for `quiet_hours` (0: never).
    """

    id: str
    name: str
    department: str
    url: str
    mode: str
    version: int
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str
    every: int = 2
    active: bool = True
    silent_minutes: int = 30
    quiet_hours: int = 0
    only: Conditions = Conditions()
    topics: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    without_place: bool = False
    rule: Rule | None = None


@dataclass(frozen=True)
class Watch:
    """How looking at a source goes. Times are RFC 3339, empty for never.

    `url` is the address that all of this is of: with another one everything begins anew. `since` is when that
    was. `read_at` is when it was last read well, `news_at` when something was last new in it. `failures` and
    `problem` tell of the looks that failed since. `unread`: how many of its entries could not be read last.
    """

    url: str = ""
    since: str = ""
    looked_at: str = ""
    read_at: str = ""
    news_at: str = ""
    due_at: str = ""
    validators: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0
    problem: str = ""
    unread: int = 0


class Fate(StrEnum):
    """What became of a message."""

    DRAFT = "draft"
    LAUNCHING = "launching"
    LAUNCHED = "launched"
    CANCELLED = "cancelled"
    PASSED = "passed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """A message that a feed lists: how it is known there, and where it stands, or itself (`xml`)."""

    key: str
    link: str = ""
    xml: bytes = b""


@dataclass(frozen=True)
class Seen:
    """A message that came, and what became of it; `why` is a code where it did not simply become a draft."""

    sender: str
    identifier: str
    sent: str
    event: str
    message_type: str
    seen_at: str
    fate: str
    why: str = ""
    alert_id: str = ""
    signed_by: str = ""
