"""People whose consent is unclear: on a list of their import, which one message may reach, and nothing else.

What they would get stands apart from them until they say yes. Who says no, or nothing within the time given,
goes: their addresses are suppressed by their digests, so that no import asks them again, and whoever has
nothing else here is removed. Signing up anew lifts that, as after a STOP.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules, topics
from chalicelib.subscribers.imports.rows import Row
from chalicelib.subscribers.imports.tables import HEAD, ImportItem, UnclearItem
from chalicelib.subscribers.model import IMMEDIATE, UNCLEAR, Person, Provenance, Wording
from chalicelib.subscribers.settle import Pair, SuppressionEdit, settle
from chalicelib.subscribers.suppressions import Cause, adding
from chalicelib.subscribers.writes import Together

CHANNEL = "email"
SOURCE = "re-permission"
NO_EMAIL = "Only people with an email address can be asked whether they still want it."

Wants = Mapping[str, Mapping[str, str]]


def list_of(import_id: str) -> str:
    """The list of an import's people whose consent is unclear."""
    return f"{UNCLEAR}{import_id}"


def lists_of(person: Person) -> list[str]:
    """The imports whose list a person is on."""
    return [topic.removeprefix(UNCLEAR) for topic in sorted(person.topics) if topic.startswith(UNCLEAR)]


def by_email(row: Row) -> Row:
    """The row with nothing but its email address: nobody is asked by text."""
    addresses = {c: address for c, address in row.addresses.items() if c == CHANNEL}
    return replace(row, addresses=addresses, channels=(CHANNEL,) if addresses else ())


def asked_for(person: Person, row: Row, wants: Wants, import_id: str) -> tuple[Row, Wants]:
    """The row as one of the import's list, if there is anything to ask for; and all that is asked for.

    That is what the person neither has nor ended. Whom another import asks, or asked, is not asked twice.
    """
    others = set(lists_of(person)) - {import_id}
    facts = {"cadence": row.cadence, "source": row.consent_source}
    new = {t: facts for t in row.topics if t not in person.topics and t not in person.ended and not others}
    wants = {**new, **wants}
    return replace(row, topics=(list_of(import_id),) if wants else (), cadence=IMMEDIATE), wants


def agree(subscriber_id: str, *, wording: Wording | None, now: datetime, wiring: Wiring) -> list[str]:
    """Starts what a person was asked for; the topics, sorted. Once they answered, there are none.

    Raises NotFound.
    """
    begun: list[str] = []
    asked_by: list[str] = []

    def pair() -> list[Pair]:
        before = people.get(subscriber_id)
        after, wants = _off(before), wants_of(before)
        begun[:], asked_by[:] = sorted(wants), lists_of(before)
        for topic, facts in wants.items():
            after = rules.subscribed(
                after, topic, (CHANNEL,), source=SOURCE, at=rfc3339(now), cadence=facts["cadence"]
            )
        return [(before, after)]

    def more(together: Together) -> None:
        for import_id in asked_by:
            _answered(together, import_id, subscriber_id, "agreed")

    settle(pair, Provenance(SOURCE, "subscriber", now, wording), wiring=wiring, more=more)
    return begun


def wants_of(person: Person) -> dict[str, Mapping[str, str]]:
    """What a person is asked for, by topic, as far as it is still offered."""
    found: dict[str, Mapping[str, str]] = {}
    for import_id in lists_of(person):
        item = UnclearItem.read(import_id, [person.id]).get(person.id)
        found |= dict(item.wants) if item else {}
    offered = topics.get_all(found)
    return {t: facts for t, facts in found.items() if t in offered and offered[t].status != topics.ENDED}


def leave(subscriber_id: str, import_id: str, *, by: str, note: str, now: datetime, wiring: Wiring) -> bool:
    """Takes a person who said no, or nothing, off an import's list; whether their answer was still due.

    Whoever has nothing else here, also who unsubscribed from the question, is removed, and their address
    suppressed by its digest.
    """
    person = people.present([subscriber_id]).get(subscriber_id)
    edit = None
    if person and _is_alone(person) and (held := person.addresses.get(CHANNEL)):
        cause = Cause("newsletter", "stop", SOURCE, by, rfc3339(now))
        edit = SuppressionEdit.of(CHANNEL, held.address, adding(cause), wiring=wiring)

    def pair() -> list[Pair]:
        if not UnclearItem.read(import_id, [subscriber_id]):
            raise _NotAsked
        before = people.present([subscriber_id]).get(subscriber_id)
        if before is None:
            return []
        return [(before, None if edit and _is_alone(before) else _off(before))]

    def more(together: Together) -> None:
        _answered(together, import_id, subscriber_id, "left")

    try:
        settle(pair, Provenance(SOURCE, by, now, None, note), wiring=wiring, edit=edit, more=more)
    except _NotAsked:
        return False
    return True


def erase_person(subscriber_id: str) -> None:
    """Removes what a person who is forgotten was asked, which their ledger tells. Repeats are harmless."""
    fields = {one.field for entry in people.ledger(subscriber_id) for one in entry.changes}
    prefix = f"topics/{UNCLEAR}"
    for field in sorted(field for field in fields if field.startswith(prefix)):
        UnclearItem(field.removeprefix(prefix), UnclearItem.part_of(subscriber_id)).delete()


class _NotAsked(Exception):
    """Nothing is due from the person any more."""


def _answered(together: Together, import_id: str, subscriber_id: str, name: str) -> None:
    """Ends and counts a question, once."""
    asked = UnclearItem(import_id, UnclearItem.part_of(subscriber_id))
    together.delete(asked, UnclearItem.id.exists())
    counted = [getattr(ImportItem, name).add(1)]
    together.update(ImportItem(import_id, HEAD), counted, ImportItem.id.exists())


def _off(person: Person) -> Person:
    return replace(person, topics={t: s for t, s in person.topics.items() if not t.startswith(UNCLEAR)})


def _is_alone(person: Person) -> bool:
    """Whether nothing but the question keeps a person here."""
    return not (_off(person).topics or person.life_safety)
