"""Being forgotten: at once for what is sent and shown, and in passes for what stands anywhere else.

The person, their projections and addresses go at once. A worker does the rest a quarter of an hour later,
when what was under way has come to rest: it asks each room in turn, and comes again, less and less often,
until nothing is found that still moves. Every step may be repeated, so it may crash anywhere. What it needs
to know it reads from the ledger, which outlives the person and names addresses by keyed digests only: no
list of those to be forgotten is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.answers import person as answers
from chalicelib.conversations import person as conversations
from chalicelib.conversations.person import stranger
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import erase as delivery
from chalicelib.delivery.erase import Place
from chalicelib.engagement.fold import fold_person
from chalicelib.subscribers import people, snapshots
from chalicelib.subscribers import person as subscribers
from chalicelib.subscribers.imports import unclear

QUEUE = "erasures"
PAUSE = timedelta(minutes=15)
"""Until the first pass, and between the first two; longer than anything waits in a queue, but for a halt."""

LONGEST = timedelta(days=1)


def forget(
    subscriber_id: str, *, source: str, by: str, now: datetime, wiring: Wiring, note: str = ""
) -> None:
    """Forgets a person. Raises NotFound.

    The worker's message leaves first: whatever happens then, it will be done.
    """
    people.get(subscriber_id)
    message = {"forget": subscriber_id, "source": source, "by": by, "note": note, "at": rfc3339(now)}
    wiring.queues.send(QUEUE, message, delay_s=int(PAUSE.total_seconds()))
    subscribers.forget(subscriber_id, source=source, by=by, note=note, now=now, wiring=wiring)


def work(message: Mapping[str, Any], *, left: Callable[[], float], wiring: Wiring) -> None:
    """Goes on with an erasure: one pass over all rooms, or a part of it."""
    now, subscriber_id = wiring.clock(), message["forget"]
    due = parse_rfc3339(message.get("due", message["at"]))
    if now < due:
        _send(message, due - now, wiring)
        return
    if "place" not in message:
        why = {name: message[name] for name in ("source", "by", "note")}
        subscribers.forget(subscriber_id, **why, now=parse_rfc3339(message["at"]), wiring=wiring)
    records = people.records_of(subscriber_id)
    digests = subscribers.digests_of(records)
    signups = sorted(subscribers.erase_person(digests, until=parse_rfc3339(message["at"])))
    for record in records:
        unclear.erase_person(record)
        snapshots.take_out(record, wiring=wiring)
        answers.erase_person(record)
        conversations.erase_person(record, digests=digests, wiring=wiring)
        fold_person(record, wiring=wiring)
    strangers = sorted(stranger(digest) for digest in digests)
    place = Place(**message.get("place", {}))
    place = delivery.erase_person([*records, *strangers, *signups], place, left=left, wiring=wiring)
    if place.table:
        _send({**message, "place": asdict(place)}, timedelta(), wiring)
    elif place.waits:
        _again(message, now, wiring)
    else:
        subscribers.erased(digests, signups)
        logger.info("person-forgotten", passes=message.get("passes", 0) + 1)


def _again(message: Mapping[str, Any], now: datetime, wiring: Wiring) -> None:
    """Another pass, later each time."""
    passes = message.get("passes", 0) + 1
    wait = min(PAUSE * 2 ** (passes - 1), LONGEST)
    following = {name: value for name, value in message.items() if name != "place"}
    _send({**following, "passes": passes, "due": rfc3339(now + wait)}, wait, wiring)


def _send(message: Mapping[str, Any], wait: timedelta, wiring: Wiring) -> None:
    wiring.queues.send(QUEUE, message, delay_s=int(wait.total_seconds()) + 1 if wait else 0)
