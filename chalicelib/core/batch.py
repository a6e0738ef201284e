"""What queues and schedules hand over, each part handled apart: a poison one stops no other.

SQS deletes what is not named in `batchItemFailures` and delivers the rest again; after `maxReceiveCount` a
message goes to the dead-letter queue, where `infra/dead_letters.py` lists it and puts it back.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol

from chalicelib.core.logs import logger

Failures = dict[str, Any]
"""What SQS is answered: which messages of a batch must come again (`batchItemFailures`)."""

SecondsLeft = Callable[[], float]
"""How long a function may still run."""


class Record(Protocol):
    """One message of a batch, as Chalice gives it."""

    body: str

    def to_dict(self) -> dict[str, Any]:
        """The record as Lambda received it, with its `messageId`."""
        ...


def each_message(event: Iterable[Record], handle: Callable[[dict[str, Any]], object]) -> Failures:
    """Calls `handle` with the JSON of each message; answers what SQS needs to bring the failed ones again."""
    failed = []
    for record in event:
        message_id = record.to_dict()["messageId"]
        try:
            handle(json.loads(record.body))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the message must come again
            logger.failure("message-failed", error, message_id=message_id)
            failed.append({"itemIdentifier": message_id})
    return {"batchItemFailures": failed}


def all_messages(
    event: Iterable[Record], handle: Callable[[Sequence[tuple[str, dict[str, Any]]]], Collection[str]]
) -> Failures:
    """Calls `handle` once, with the ids and the JSON of all messages; it answers the ids of the failed ones.

    If it fails itself, all come again.
    """
    messages, failed = [], set[str]()
    for record in event:
        message_id = record.to_dict()["messageId"]
        try:
            messages.append((message_id, json.loads(record.body)))
        except ValueError as error:
            logger.failure("message-failed", error, message_id=message_id)
            failed.add(message_id)
    try:
        failed |= set(handle(messages))
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the messages must come again
        logger.failure("batch-failed", error, messages=len(messages))
        failed |= {message_id for message_id, _ in messages}
    return {"batchItemFailures": [{"itemIdentifier": one} for one in sorted(failed)]}


def each_task(*tasks: Callable[[], object]) -> None:
    """Does what a schedule starts, one after the other, though some may fail.

    Raises at the end what the first of those raised, for the alarm; all are in the log.
    """
    failed = []
    for task in tasks:
        try:
            task()
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the others' turn comes
            logger.failure("task-failed", error)
            failed.append(error)
    if failed:
        raise failed[0]


def seconds_left(context: Any) -> SecondsLeft:
    """How long a Lambda may still run, by its context."""
    return lambda: float(context.get_remaining_time_in_millis() / 1000)
