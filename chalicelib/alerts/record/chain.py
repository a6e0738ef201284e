"""The record of an alert: a chain of entries, each holding the hash of the one before.

Whoever changes, drops, adds or moves an entry breaks the chain at that place. Whoever cuts off its end, or
writes all of it anew, does not: so each head is told in the log, which no function can change, and stands in
every report; held against one that was noted, the record shows that, too.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import rfc8785

from chalicelib.alerts import tables as alerts
from chalicelib.alerts.record import tables
from chalicelib.alerts.record.model import Entry, Event, Head, Record
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring

TRIES = 12
MAX_DETAIL_BYTES = 4_000


def note(
    alert_id: str,
    event: Event,
    *,
    by: str = "",
    detail: Mapping[str, Any] | None = None,
    once: str = "",
    now: datetime,
    wiring: Wiring,
) -> Entry:
    """Appends what happened to an alert's record, and answers with the entry.

    `by` and `detail` are as in `Entry`: never a name, an address or a token, nor what a person wrote. A verb
    that may be repeated, for its answer was lost or it was cut short, gives a key that is the same each time,
    such as `launched`: of each `once` there is one entry, the first. Raises ValueError for a detail that is
    no JSON or over 4 kB, NotFound for no alert's id, Conflict (`record-busy`) if others keep writing.
    """
    facts = dict(detail or {})
    if len(rfc8785.dumps(facts)) > MAX_DETAIL_BYTES:
        raise ValueError("the detail of a record's entry is small")
    for attempt in range(TRIES):
        if once and (before := tables.noted(alert_id, once)):
            return before
        head, identifier = tables.beginning(alert_id)
        if not head.number:
            identifier = alerts.read(alert_id).message.identifier
        begun = head.hash or opening(alert_id, identifier)
        entry = following(alert_id, head.number, begun, event, at=rfc3339(now), by=by, detail=facts)
        if tables.append(entry, identifier=identifier, once=once, wiring=wiring):
            _tell(entry)
            return entry
        time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 6)))  # noqa: S311 - jitter, not a secret
    raise Conflict("Too many write to this alert's record at once; try again.", code="record-busy")


def following(
    alert_id: str, number: int, before: str, event: str, *, at: str, by: str, detail: Mapping[str, Any]
) -> Entry:
    """The entry behind the `number`-th, whose hash is `before`, with its own. Pure."""
    entry = Entry(alert_id, number + 1, at, str(event), by, detail, before)
    return replace(entry, hash=digest(entry))


def opening(alert_id: str, identifier: str) -> str:
    """What the first entry has before it: the hash of the alert's id and its CAP identifier. Pure."""
    return sha256(rfc8785.dumps({"alert_id": alert_id, "identifier": identifier})).hexdigest()


def digest(entry: Entry) -> str:
    """The hash of an entry: SHA-256 over all its other fields as canonical JSON (RFC 8785), in hex. Pure."""
    facts = {name: value for name, value in asdict(entry).items() if name != "hash"}
    return sha256(rfc8785.dumps(facts)).hexdigest()


def verify(record: Record, *noted: Head) -> int | None:
    """The number of the first entry that is not as it was written, or None where the record is whole. Pure.

    Held against its own head, and all that were `noted` elsewhere at any time.
    """
    before = opening(record.alert_id, record.identifier)
    for number, entry in enumerate(record.entries, 1):
        if (entry.alert_id, entry.number, entry.before) != (record.alert_id, number, before):
            return number
        if digest(entry) != entry.hash:
            return number
        before = entry.hash
    hashes = ["", *(one.hash for one in record.entries)]
    wrong = [one.number for one in (record.head, *noted) if hashes[one.number :][:1] != [one.hash]]
    return min((min(number, len(hashes)) for number in wrong), default=None)


def _tell(entry: Entry) -> None:
    logger.info(
        "alert-recorded", alert=entry.alert_id, number=entry.number, what=entry.event, hash=entry.hash
    )
