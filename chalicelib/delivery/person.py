"""What the engine holds on one person: the messages that were handed over for them, and what became of each.

Messages are found by the deliveries' index of subscribers. How each stands is told by its chunk and by what
reports said since; what its reader did stands on the delivery, and what else came, in the table of events.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.channels.base import Outcome, State
from chalicelib.channels.holes import fill
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.dynamo import Item, batch_get, marshal, query, unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import partition
from chalicelib.delivery.engaged import events_on
from chalicelib.delivery.listing import status_of

KEYS = 100
"""What DynamoDB reads in one BatchGetItem."""

NO_REPORTS = frozenset({"expires_at", "taken_at", "begun_at", "answer_at"})
"""What of a delivery ends like a report's time, and is none."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Event:
    """What a provider reported of a message or its reader did, such as `opened`.

    `at` is RFC 3339; `link` where it led; `details` codes of the provider, or the reader's program.
    """

    at: str
    name: str
    link: str
    details: Mapping[str, str]


@dataclass(frozen=True)
class Message:
    """One message to a person: from which plan, when it was made (RFC 3339), how it stands.

    `kind` and `reference` say what it came from, such as `campaign` and its id; `subject` is as
    it reads without personal fields; `reports` have the first time of each, by name.
    """

    plan_id: str
    kind: str
    reference: str
    channel: str
    language: str
    subject: str
    at: str
    status: str
    reason: str
    reports: Mapping[str, str]
    events: tuple[Event, ...]


def export_person(recipient_id: str, *, wiring: Wiring) -> list[Message]:
    """All messages to a person that are still kept, in any order; those whose plan is expiring are left out.

    A bounded number of requests: three or four for each hundred messages, and one for each that was reacted
    to.
    """
    found = list(deliveries_of(recipient_id, wiring=wiring))
    heads = _read("plans", [(one["plan_id"], "head") for one in found], wiring=wiring)
    chunks = _read("chunks", [key for one in found for key in _chunk_keys(one)], wiring=wiring)
    parts = [
        (one["plan_id"], state["rendition"]) for one in found if (state := chunks.get(_chunk_keys(one)[0]))
    ]
    subjects = _read("plans", parts, wiring=wiring, fields=("plan_id", "part", "subject", "defaults"))
    return [
        _message(one, heads[one["plan_id"], "head"], chunks, subjects, wiring=wiring)
        for one in found
        if (one["plan_id"], "head") in heads and _chunk_keys(one)[0] in chunks
    ]


def deliveries_of(recipient_id: str, *, wiring: Wiring) -> Iterator[Item]:
    """The deliveries of a recipient, whole, by the index; eventually consistent."""
    keys = query(
        wiring.dynamodb,
        TableName=wiring.settings.table("deliveries"),
        IndexName="subscriber-index",
        KeyConditionExpression="subscriber_id = :id",
        ExpressionAttributeValues=marshal({":id": recipient_id}),
    )
    places = [(key["plan_shard"]["S"], key["subscriber_channel"]["S"]) for key in keys]
    return iter(_read("deliveries", places, wiring=wiring).values())


NAMES = {
    "deliveries": ("plan_shard", "subscriber_channel"),
    "plans": ("plan_id", "part"),
    "chunks": ("plan_slot", "seq"),
}


def _read(
    table: str, keys: Iterable[Key], *, wiring: Wiring, fields: Sequence[str] = ()
) -> dict[Key, dict[str, Any]]:
    """The items of any number of keys, by key; absent ones are left out."""
    how = {"ProjectionExpression": ", ".join(fields)} if fields else {}
    names, wanted = NAMES[table], list(dict.fromkeys(keys))
    found: dict[Key, dict[str, Any]] = {}
    for start in range(0, len(wanted), KEYS):
        asked = [marshal(dict(zip(names, key, strict=True))) for key in wanted[start : start + KEYS]]
        for item in batch_get(wiring.dynamodb, wiring.settings.table(table), asked, **how):
            plain = unmarshal(item)
            found[plain[names[0]], plain[names[1]]] = plain
    return found


def _chunk_keys(delivery: Mapping[str, Any]) -> list[Key]:
    """The keys of the items of the chunk that owns a delivery: state, recipients, outcomes."""
    slot, key = partition(delivery["plan_id"], delivery["chunk"]), delivery["chunk"]
    return [(slot, key), (slot, f"{key}#recipients"), (slot, f"{key}#outcomes")]


def _message(
    delivery: Mapping[str, Any],
    head: Mapping[str, Any],
    chunks: Mapping[Key, Mapping[str, Any]],
    subjects: Mapping[Key, Mapping[str, Any]],
    *,
    wiring: Wiring,
) -> Message:
    state, recipients, outcomes = (chunks.get(key, {}) for key in _chunk_keys(delivery))
    _, channel, language, *_ = state["rendition"].split("#")
    reports = {
        name.removesuffix("_at"): _moment(at)
        for name, at in delivery.items()
        if name.endswith("_at") and name not in NO_REPORTS
    }
    outcome = _outcome(delivery["subscriber_id"], recipients, outcomes)
    status = status_of(outcome, delivery)
    return Message(
        plan_id=delivery["plan_id"],
        kind=head["kind"],
        reference=head["reference"],
        channel=channel,
        language=language,
        subject=_subject(subjects.get((delivery["plan_id"], state["rendition"]))),
        at=rfc3339(datetime.fromtimestamp(state["read_at"], UTC)),
        status=status,
        reason=delivery.get("failed_reason", outcome.reason if outcome else "")
        if status != State.SENT
        else "",
        reports=reports,
        events=(
            *_done(delivery, head["links"]),
            *(_events(delivery, wiring=wiring) if reports.keys() - QUIET else ()),
        ),
    )


def _subject(rendition: Mapping[str, Any] | None) -> str:
    """The subject as it reads for somebody of whom nothing is known."""
    return fill(rendition["subject"], json.loads(rendition["defaults"])) if rendition else ""


QUIET = frozenset({"sent", "delivered", "delayed", "unknown", "settled_sent", "failed", "opened", "clicked"})
"""Reports of which no raw event stands in the table of events."""

DONE = {"open": "opened", "click": "clicked", "conversion": "converted"}
"""What of a reader's events the record shows, and how it is called."""


def _outcome(recipient_id: str, recipients: Mapping[str, Any], outcomes: Mapping[str, Any]) -> Outcome | None:
    if not recipients or not outcomes:
        return None
    ids = [person[0] for person in json.loads(recipients["recipients"])]
    state, *rest = json.loads(outcomes["outcomes"])[ids.index(recipient_id)]
    return Outcome(State(state), *rest)


def _done(delivery: Mapping[str, Any], links: Sequence[str]) -> Iterator[Event]:
    """What was done with the message, whoever or whatever did it, in order."""
    for raw in sorted(events_on(delivery).values(), key=lambda raw: float(raw["at"])):
        number = raw.get("link")
        if raw["kind"] in DONE:
            yield Event(
                at=rfc3339(datetime.fromtimestamp(raw["at"], UTC)),
                name=DONE[raw["kind"]],
                link=links[number] if number is not None and number < len(links) else "",
                details={"agent": raw["agent"]} if "agent" in raw else {},
            )


def _events(delivery: Mapping[str, Any], *, wiring: Wiring) -> Iterator[Event]:
    for item in map(unmarshal, raw_events(delivery, wiring=wiring)):
        known = ("plan_shard", "id", "name", "at", "expires_at")
        details = {name: value for name, value in item.items() if name not in known and value}
        yield Event(at=_moment(item["at"]), name=item["name"], link="", details=details)


def raw_events(delivery: Mapping[str, Any], *, wiring: Wiring) -> Iterator[Item]:
    """What else came of one delivery: bounces, complaints, reasons, answers."""
    return query(
        wiring.dynamodb,
        TableName=wiring.settings.table("events"),
        KeyConditionExpression="plan_shard = :shard AND begins_with(id, :person)",
        ExpressionAttributeValues=marshal(
            {":shard": delivery["plan_shard"], ":person": f"{delivery['subscriber_channel']}#"}
        ),
    )


def _moment(text: str) -> str:
    """A time as all of the history writes it; flags keep microseconds."""
    return rfc3339(parse_rfc3339(text))
