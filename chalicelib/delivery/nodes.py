"""What an audience's expression is compiled into (`audience`): the few shapes that `streams` evaluates."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.subscribers.conditions import Test
from chalicelib.subscribers.streams import EVERYONE


@dataclass(frozen=True)
class Source:
    """The rows of a topic, of a list (`list:NAME`), or of `_all`."""

    name: str


@dataclass(frozen=True)
class Written:
    """Who was written to by a plan, with a delivery of this state: ids, without rows.

    On one channel or on any; for `clicked`, one link or any; in a band of time or at any: taken `since` a
    moment and before `until` (epoch seconds). What was never timed belongs to the band without beginning.
    """

    plan: str
    state: str
    channel: str = ""
    link: int | None = None
    since: int | None = None
    until: int | None = None

    def timed(self, taken_at: int | None) -> bool:
        """Whether a delivery that was taken at a moment lies in the band."""
        if taken_at is None:
            return self.since is None
        return (self.since is None or taken_at >= self.since) and (
            self.until is None or taken_at < self.until
        )


@dataclass(frozen=True)
class Snapshot:
    """Who was in a segment when it was frozen: ids, without rows (`subscribers.snapshots`)."""

    id: str


@dataclass(frozen=True)
class Found:
    """The same people with their rows of `_all`; who has none any more is left out."""

    people: "Node"


@dataclass(frozen=True)
class Where:
    """Those of whom a test holds. `habits`: it asks what they did with messages, so that is read of each."""

    people: "Node"
    test: Test
    habits: bool = False


@dataclass(frozen=True)
class Union:
    """Who is in one of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Intersection:
    """Who is in each part."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Difference:
    """Who is in `keep` and in none of `minus`."""

    keep: "Node"
    minus: "Node"


Listed = Written | Snapshot
"""What is a stream of ids, without rows."""

Node = Source | Listed | Found | Where | Union | Intersection | Difference


def listed(node: Node) -> Iterator[Listed]:
    """The streams of ids that a compiled expression asks for: earlier deliveries, and snapshots."""
    match node:
        case Written() | Snapshot():
            yield node
        case Found(people) | Where(people):
            yield from listed(people)
        case Union(parts) | Intersection(parts):
            for part in parts:
                yield from listed(part)
        case Difference(keep, minus):
            yield from listed(keep)
            yield from listed(minus)


def asks_habits(node: Node) -> bool:
    """Whether a compiled expression asks what people did with messages."""
    match node:
        case Where(people, _, habits):
            return habits or asks_habits(people)
        case Found(people):
            return asks_habits(people)
        case Union(parts) | Intersection(parts):
            return any(map(asks_habits, parts))
        case Difference(keep, minus):
            return asks_habits(keep) or asks_habits(minus)
    return False


def by_everyone(node: Node) -> bool:
    """Whether somebody may be in a compiled audience by nothing but their row of `_all`."""
    match node:
        case Source(name):
            return name == EVERYONE
        case Where(people) | Difference(people):
            return by_everyone(people)
        case Union(parts):
            return any(map(by_everyone, parts))
        case Intersection(parts):
            return all(map(by_everyone, parts))
    return True
