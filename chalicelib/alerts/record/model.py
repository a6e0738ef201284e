"""What the record of an alert is made of, as plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Event(StrEnum):
    """What happened to an alert."""

    TRIGGERED = "triggered"
    DRAFTED = "drafted"
    CHANGED = "changed"
    PREVIEWED = "previewed"
    SUBMITTED = "submitted"
    APPROVAL_PASSED_ON = "approval-passed-on"
    APPROVED = "approved"
    REJECTED = "rejected"
    BREAK_GLASS = "break-glass"
    LAUNCHED = "launched"
    HALTED = "halted"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    ENDED = "ended"
    EXPIRED = "expired"
    ANSWERED_HELP = "answered-help"
    ALARM = "alarm"
    CHANNEL_HALTED = "channel-halted"
    CHANNEL_GOES_ON = "channel-goes-on"
    SENDING_HALTED = "sending-halted"


FAULTS = frozenset(
    {Event.HALTED, Event.ALARM, Event.CHANNEL_HALTED, Event.CHANNEL_GOES_ON, Event.SENDING_HALTED}
)


@dataclass(frozen=True)
class Entry:
    """One thing that happened to an alert: the `number`-th, at `at` (RFC 3339).

    `by` is a staff id, or `source:ID`, or empty where Crier did it by itself. `detail` is small JSON of
    identifiers, codes and counts; where another alert followed, it names that one (`report.FOLLOWED_BY`).
    `before` is the hash of the entry before, `hash` this one's.
    """

    alert_id: str
    number: int
    at: str
    event: str
    by: str
    detail: Mapping[str, Any]
    before: str
    hash: str = ""


@dataclass(frozen=True)
class Head:
    """Where a record stood when this was noted: the number of its last entry, and that entry's hash."""

    number: int
    hash: str


@dataclass(frozen=True)
class Record:
    """An alert's record: `identifier` is that of its CAP message when the record began."""

    alert_id: str
    identifier: str
    entries: tuple[Entry, ...]
    head: Head
