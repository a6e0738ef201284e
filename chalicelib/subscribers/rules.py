"""What one change of a person means for every table, decided without touching any.

Pure rules over two Persons.

The invariants that hold whatever rule made the new person: a subscription names only channels that the person
has an address on, and ends with its last channel; every topic of the person, and `_all`, has exactly one row;
the ledger, replayed, gives the topics.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict
from chalicelib.subscribers.cadence import remembered
from chalicelib.subscribers.facts import Digest, facts
from chalicelib.subscribers.model import (
    CHANNELS,
    DIGEST,
    EVERYONE,
    HABITS,
    IMMEDIATE,
    Address,
    LedgerChange,
    LedgerEntry,
    Person,
    Provenance,
    Row,
    Subscription,
)
from chalicelib.subscribers.projection import row_of

MAX_TOPICS = 88
MAX_WRITES = 97
CHANGED = "changed"
ERASED = "erased"
SUNSET = "sunset"
"""The reason of silence where somebody read nothing for long, and did not answer whether they want it."""

STRENGTH = ("manual", "bounce", "complaint", "stop", ERASED, SUNSET)
LIFTED_BY_CONFIRMING = frozenset({"complaint", "stop", ERASED, SUNSET})

Entries = Mapping[str, Mapping[str, Any]]


class TooManyTopics(Conflict):
    """The person would have more topics than one transaction can keep in step."""

    code = "too-many-topics"


@dataclass(frozen=True)
class Change:
    """The writes of one change: `before` None makes a person, `after` None removes one.

    `claimed` and `released` are digests of addresses (`email#HMAC`); `rows` the projections to write by
    topic, `dropped` the topics whose rows go.
    """

    before: Person | None
    after: Person | None
    claimed: tuple[str, ...]
    released: tuple[str, ...]
    rows: Mapping[str, Row]
    dropped: tuple[str, ...]
    entry: LedgerEntry

    @property
    def subscriber_id(self) -> str:
        """Whom it is about."""
        return self.entry.subscriber_id

    @property
    def size(self) -> int:
        """How many items of a transaction it takes.

        The person, its ledger entry, addresses (with a check each) and rows.
        """
        return 2 + 2 * len(self.claimed) + len(self.released) + len(self.rows) + len(self.dropped)


def change(
    before: Person | None, after: Person | None, *, provenance: Provenance, digest: Digest
) -> Change | None:
    """The writes that lead from one person to the other, or None where nothing differs.

    Raises TooManyTopics.

    DynamoDB's transactions take 100 items; three are left for what goes with a change: the count of growth,
    and a suppression, or an import's cursor and refusals.
    """
    after = settled(after) if after else None
    known = before or after
    assert known is not None
    after = remembered(before, after, at=provenance.at) if before and after else after
    changes = _ledger_changes(before, after, digest)
    if not changes and before is not None and not provenance.said:
        return None
    version = known.version + 1
    if after:
        after = replace(after, version=version, ended=_ended(before, after, rfc3339(provenance.at)))
    old, new = _rows(before), _rows(after)
    held, wanted = _digests(before, digest), _digests(after, digest)
    made = Change(
        before=before,
        after=after,
        claimed=tuple(sorted(wanted - held)),
        released=tuple(sorted(held - wanted)),
        rows={topic: row for topic, row in new.items() if old.get(topic) != row},
        dropped=tuple(sorted((old.keys() - new.keys()) | _unlearned(before, after))),
        entry=LedgerEntry(known.id, version, provenance, changes),
    )
    if (after and len(after.topics) > MAX_TOPICS) or made.size > MAX_WRITES:
        raise TooManyTopics(f"A person may have at most {MAX_TOPICS} topics; change fewer at a time.")
    return made


def settled(person: Person) -> Person:
    """The person with subscriptions and blocks only on channels that they have an address on."""
    topics = {}
    for topic, subscription in sorted(person.topics.items()):
        channels = tuple(c for c in CHANNELS if c in subscription.channels and c in person.addresses)
        if channels:
            topics[topic] = replace(subscription, channels=channels)
    blocks = {
        key: why for key, why in sorted(person.blocks.items()) if key.partition(":")[0] in person.addresses
    }
    return replace(person, topics=topics, blocks=blocks)


def with_address(person: Person, channel: str, address: str, *, verified_at: str) -> Person:
    """The person with this address on the channel; one that is the same keeps its first verification."""
    held = person.addresses.get(channel)
    if held and held.address.casefold() == address.casefold():
        return person
    return replace(person, addresses={**person.addresses, channel: Address(address, verified_at)})


def without_address(person: Person, channel: str) -> Person | None:
    """The person without an address on the channel; None where it was the last one."""
    rest = {c: a for c, a in person.addresses.items() if c != channel}
    return replace(person, addresses=rest) if rest else None


def subscribed(
    person: Person, topic: str, channels: Iterable[str], *, source: str, at: str, cadence: str = ""
) -> Person:
    """The person subscribed to a topic on exactly these channels; none of them ends it.

    What stays keeps its start and source.
    """
    chosen = tuple(c for c in CHANNELS if c in set(channels))
    held = person.topics.get(topic)
    cadence = cadence or (held.cadence if held else IMMEDIATE)
    if held and held.channels == chosen and held.cadence == cadence:
        return person
    if not chosen:
        return replace(person, topics={t: s for t, s in person.topics.items() if t != topic})
    made = (
        replace(held, channels=chosen, cadence=cadence) if held else Subscription(chosen, cadence, source, at)
    )
    return replace(person, topics={**person.topics, topic: made})


def without_channel(person: Person, channel: str, topics: Iterable[str] | None) -> Person:
    """The person with the channel taken from the given topics (None: from all).

    A topic without channels ends.
    """
    for topic in sorted(person.topics if topics is None else set(topics) & person.topics.keys()):
        held = person.topics[topic]
        rest = [c for c in held.channels if c != channel]
        person = subscribed(person, topic, rest, source=held.source, at=held.since, cadence=held.cadence)
    return person


def with_blocks(person: Person, channel: str, entries: Entries) -> Person:
    """The person with a channel's blocks as the entries of their address's suppression say."""
    kept = {key: why for key, why in person.blocks.items() if key.partition(":")[0] != channel}
    return replace(person, blocks={**kept, **blocks_of(channel, entries)})


def blocks_of(channel: str, entries: Entries) -> dict[str, str]:
    """The blocks that a suppression means: for each scope the strongest of its reasons."""
    blocks: dict[str, str] = {}
    for reason in reversed(STRENGTH):
        for scope in (scope for scope, why in map(_scope_and_reason, entries) if why == reason):
            blocks[f"{channel}:{scope}"] = reason
    return blocks


def covers(entries: Entries, scope: str) -> bool:
    """Whether a suppression keeps an address silent for a scope."""
    return any(of in {"*", scope} for of, _ in map(_scope_and_reason, entries))


def asked_again(scope: str) -> Callable[[Entries], dict[str, Mapping[str, Any]]]:
    """What is left of a suppression once its person asked for a scope's messages again.

    A complaint, STOP, a sunset or (of `*`) the wish to be forgotten goes, the rest stays.
    """
    gone = {f"{scope}:{reason}" for reason in LIFTED_BY_CONFIRMING}
    return lambda entries: {key: value for key, value in entries.items() if key not in gone}


def forgotten(entries: Entries) -> bool:
    """Whether the address's holder asked to be forgotten, and did not come back since."""
    return any(why == ERASED for _, why in map(_scope_and_reason, entries))


def lifted(entries: Entries) -> dict[str, Mapping[str, Any]]:
    """What is left of a suppression once its person confirmed the address again.

    A complaint, STOP, a sunset or the wish to be forgotten goes, the rest stays.
    """
    return {
        key: value for key, value in entries.items() if _scope_and_reason(key)[1] not in LIFTED_BY_CONFIRMING
    }


def _ended(before: Person | None, after: Person, at: str) -> dict[str, str]:
    """Since when topics that the person does not have any more are over."""
    over = {
        **after.ended,
        **dict.fromkeys(before.topics if before else (), at),
        **(before.ended if before else {}),
    }
    return {topic: since for topic, since in sorted(over.items()) if topic not in after.topics}


def _ledger_changes(before: Person | None, after: Person | None, digest: Digest) -> tuple[LedgerChange, ...]:
    old = facts(before, digest) if before else {}
    new = facts(after, digest) if after else {}
    changes = [
        LedgerChange(field, old.get(field), new.get(field))
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    ]
    if before and after and before.name != after.name:
        changes.append(LedgerChange("name", CHANGED, CHANGED))
    return (*changes, *_place_changes(before, after))


def _place_changes(before: Person | None, after: Person | None) -> Iterator[LedgerChange]:
    old, new = before.places if before else {}, after.places if after else {}
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield LedgerChange(
                f"places/{name}", CHANGED if name in old else None, CHANGED if name in new else None
            )


def takes_leave_back(before: Person | None, after: Person | None) -> bool:
    """Whether a person goes, or no longer lets us keep what they open and follow."""
    return before is not None and not (after and after.wishes.tracking in (True, before.wishes.tracking))


def _unlearned(before: Person | None, after: Person | None) -> set[str]:
    """The row of a person's habits, where it goes: with the person, and with leave to learn of them."""
    return {HABITS} if takes_leave_back(before, after) else set()


def _rows(person: Person | None) -> dict[str, Row]:
    if person is None:
        return {}
    rows = {topic: row_of(person, topic) for topic in (EVERYONE, DIGEST, *person.topics)}
    return {topic: row for topic, row in rows.items() if row is not None}


def _digests(person: Person | None, digest: Digest) -> set[str]:
    return {digest(c, a.address) for c, a in person.addresses.items()} if person else set()


def _scope_and_reason(key: str) -> tuple[str, str]:
    scope, _, reason = key.partition(":")
    return scope, reason
