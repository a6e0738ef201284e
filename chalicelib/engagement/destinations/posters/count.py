"""Scans, from the queue `scans`, into counts: a batch at a time, each once however often it is told.

For each slot and hour one transaction holds the ids that are new and what they add, on condition that the ids
still are those that were read. So the counts are always of the ids, whatever is doubled, late or cut short.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.dynamo import Cancelled, Item, batch_get, marshal, transact, unmarshal
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.engagement.destinations.posters.scans import (
    SEEN_FOR,
    Place,
    Scan,
    by_place,
    counted,
    partition,
)
from chalicelib.engagement.model import Sign

AT_ONCE = 50
"""Places in one transaction, which holds 100 operations."""

TRIES = 8


class Contended(Exception):
    """Others counted in the same places again and again; the batch comes once more."""


def count(messages: Sequence[tuple[str, Mapping[str, Any]]], *, wiring: Wiring) -> set[str]:
    """Counts a batch of messages, each with its id; answers the ids of those that cannot be read."""
    scans, unread = [], set[str]()
    for message_id, message in messages:
        try:
            scans.append(_scan(message))
        except (KeyError, TypeError, ValueError) as error:
            logger.failure("message-failed", error, message_id=message_id)
            unread.add(message_id)
    found = by_place(scans)
    places = list(found)
    for start in range(0, len(places), AT_ONCE):
        _count({place: found[place] for place in places[start : start + AT_ONCE]}, wiring=wiring)
    return unread


def _scan(message: Mapping[str, Any]) -> Scan:
    signs = frozenset(Sign(one) for one in message["signs"])
    return Scan(message["id"], message["poster"], parse_rfc3339(message["at"]), message["agent"], signs)


def _count(told: Mapping[Place, Mapping[str, Scan]], *, wiring: Wiring) -> None:
    for _ in range(TRIES):
        seen = _seen(list(told), wiring=wiring)
        operations = _operations(told, seen, table=wiring.settings.table("scans"))
        if not operations:
            return
        try:
            transact(wiring.dynamodb, operations)
            return
        except Cancelled:
            continue
    raise Contended


def _seen(places: Sequence[Place], *, wiring: Wiring) -> dict[Place, set[str]]:
    by_key = {(partition(place.poster, place.slot), place.seen): place for place in places}
    keys = [marshal({"poster_slot": slot, "part": part}) for slot, part in by_key]
    found = batch_get(wiring.dynamodb, wiring.settings.table("scans"), keys, ConsistentRead=True)
    return {by_key[one["poster_slot"], one["part"]]: one["ids"] for one in map(unmarshal, found)}


def _operations(
    told: Mapping[Place, Mapping[str, Scan]], seen: Mapping[Place, set[str]], *, table: str
) -> list[Item]:
    """The ids that are new at each place, and what they add to each day."""
    ids: list[Item] = []
    days: dict[tuple[str, str], Counter[str]] = {}
    for place, scans in told.items():
        had = seen.get(place, set())
        if new := [scan for scan in scans.values() if scan.id not in had]:
            ids.append(_noting(place, new, had=len(had), table=table))
            day = (partition(place.poster, place.slot), place.day)
            days.setdefault(day, Counter()).update(counted(place.hour, new))
    return [*ids, *(_adding(key, more, table=table) for key, more in days.items())]


def _noting(place: Place, new: Sequence[Scan], *, had: int, table: str) -> Item:
    expires = epoch(max(scan.at for scan in new) + SEEN_FOR)
    values = {":ids": {scan.id for scan in new}, ":is": had + len(new), ":expires": expires}
    update = {
        "TableName": table,
        "Key": marshal({"poster_slot": partition(place.poster, place.slot), "part": place.seen}),
        "UpdateExpression": "ADD ids :ids SET seen = :is, expires_at = :expires",
        "ConditionExpression": "seen = :was" if had else "attribute_not_exists(poster_slot)",
        "ExpressionAttributeValues": marshal(values | ({":was": had} if had else {})),
    }
    return {"Update": update}


def _adding(key: tuple[str, str], more: Counter[str], *, table: str) -> Item:
    update = {
        "TableName": table,
        "Key": marshal(dict(zip(("poster_slot", "part"), key, strict=True))),
        "UpdateExpression": "ADD " + ", ".join(f"#n{n} :n{n}" for n in range(len(more))),
        "ExpressionAttributeNames": {f"#n{n}": name for n, name in enumerate(more)},
        "ExpressionAttributeValues": marshal({f":n{n}": number for n, number in enumerate(more.values())}),
    }
    return {"Update": update}
