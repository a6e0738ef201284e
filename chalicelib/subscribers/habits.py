"""Habits: when a person reads what comes, learned with their leave; one row each, beside those of the topics.

They stand under the reserved topic `_habits`, sorted as every stream is. What a habit says is decided where
it is learned (`engagement.timing`); here it is kept: nobody's without their leave, and gone in the person's
own transaction when leave is withdrawn or the person is removed (`rules.change`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from chalicelib.core import ids
from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Cancelled, Item, batch_get, marshal, transact, unmarshal, updated
from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.model import EVERYONE, HABITS, Wishes
from chalicelib.subscribers.streams import stream

AT_ONCE = 50
"""Habits written in one transaction: each with the check of its person's leave."""

READ_AT_ONCE = 100
DAY_S = 86_400
MAPS = ("opened", "clicked", "sent", "hidden", "unread", "unclicked")

Hours = Mapping[int, tuple[float, float]]
"""By local hour (0 to 23): messages sent, and how many of them the person engaged with. Each counts less as
it grows old."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What was learned of one person. Days are of UTC, counted from 1970-01-01; only human events count.

    `hours` are decayed as of the day `day`; `best` is the best hour as it was learned (None: nothing told).
    `opened` and `clicked` have the last day of an open and of a click by channel, `sent` that of a message.
    `hidden` has that of a message whose picture a proxy loaded ahead: whether it was opened cannot be seen.
    `seen` is the last day on which the person did anything else of their own (0: never): changed what they
    get, or wrote. `since` is the first day from which engagement is known. `unread` are the messages of a
    channel since the person last opened or clicked one there, `unclicked` those since the last click.
    `learned` are the plans that stand in `hours` already, the newest ones (`mark`); `version` is 0 until
    first written and rises by one.
    """

    subscriber_id: str
    since: int
    day: int = 0
    hours: Hours = field(default_factory=dict)
    best: int | None = None
    opened: Mapping[str, int] = field(default_factory=dict)
    clicked: Mapping[str, int] = field(default_factory=dict)
    sent: Mapping[str, int] = field(default_factory=dict)
    hidden: Mapping[str, int] = field(default_factory=dict)
    seen: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)
    unclicked: Mapping[str, int] = field(default_factory=dict)
    learned: tuple[str, ...] = ()
    version: int = 0

    @property
    def engaged(self) -> int | None:
        """The last day on which the person opened or clicked anything, as far as is known."""
        return max([*self.opened.values(), *self.clicked.values()], default=None)


def may_be_kept(wishes: Wishes, *, usual: bool) -> bool:
    """Whether engagement may be kept of a person: by their own wish, else as is `usual` here."""
    return usual if wishes.tracking is None else wishes.tracking


def every(
    dynamodb: Any, shard: int, *, after: str | None = None, consistent: bool = False
) -> Iterator[Habit]:
    """The habits of a shard, sorted by subscriber id, from `after` (exclusive) on; read page by page."""
    return map(_habit, stream(dynamodb, HABITS, shard, after=after, consistent=consistent))


def habits_of(dynamodb: Any, subscriber_ids: Sequence[str], *, consistent: bool = False) -> dict[str, Habit]:
    """The habits of up to 100 ids, by id; of whom nothing was learned is left out."""
    name = settings().table("subscriptions")
    keys = [marshal(_key(one)) for one in dict.fromkeys(subscriber_ids)]
    found = map(_habit, batch_get(dynamodb, name, keys, ConsistentRead=consistent))
    return {habit.subscriber_id: habit for habit in found}


def write(habits: Iterable[Habit], *, wiring: Wiring) -> list[str]:
    """Writes habits over those that were read, each with the version that it had then.

    Answers the ids of those that were not written: another one was, meanwhile, or the person did not leave
    it. Who is left out has no row of `_all`, or took the leave back.
    """
    refused: list[str] = []
    left = iter(habits)
    while batch := list(islice(left, AT_ONCE)):
        refused += _write(batch, wiring)
    return refused


def saw(subscriber_id: str, *, now: datetime, wiring: Wiring) -> None:
    """Notes that a person did something of their own, where engagement is kept of them; again is harmless."""
    updated(
        wiring.dynamodb,
        TableName=wiring.settings.table("subscriptions"),
        Key=marshal(_key(subscriber_id)),
        UpdateExpression="SET seen = :day ADD version :one",
        ConditionExpression="attribute_exists(version) AND (attribute_not_exists(seen) OR seen < :day)",
        ExpressionAttributeValues=marshal({":day": epoch(now) // DAY_S, ":one": 1}),
    )


def _write(batch: Sequence[Habit], wiring: Wiring) -> Iterator[str]:
    """Writes a batch in one transaction; where a condition fails, the others of it again without those."""
    left = list(batch)
    while left:
        operations = [one for habit in left for one in _operations(habit, wiring)]
        try:
            transact(wiring.dynamodb, operations)
            return
        except Cancelled as cancelled:
            failed = {left[place // 2].subscriber_id for place in cancelled.failed()}
        yield from sorted(failed)
        left = [habit for habit in left if habit.subscriber_id not in failed]


def _operations(habit: Habit, wiring: Wiring) -> tuple[Item, Item]:
    name = wiring.settings.table("subscriptions")
    put: Item = {"TableName": name, "Item": marshal(_item(habit))}
    if habit.version:
        put |= {
            "ConditionExpression": "version = :was",
            "ExpressionAttributeValues": marshal({":was": habit.version}),
        }
    else:
        put["ConditionExpression"] = "attribute_not_exists(subscriber_id)"
    wish = "wishes.tracking = :yes"
    if wiring.settings.tracking:
        wish += " OR (attribute_exists(subscriber_id) AND attribute_not_exists(wishes.tracking))"
    check = {
        "TableName": name,
        "Key": marshal({**_key(habit.subscriber_id), "topic_shard": _partition(EVERYONE, habit)}),
        "ConditionExpression": wish,
        "ExpressionAttributeValues": marshal({":yes": True}),
    }
    return {"Put": put}, {"ConditionCheck": check}


def _partition(topic: str, habit: Habit) -> str:
    return ids.sharded(topic, ids.shard_of(habit.subscriber_id))


def _key(subscriber_id: str) -> dict[str, str]:
    return {
        "topic_shard": ids.sharded(HABITS, ids.shard_of(subscriber_id)),
        "subscriber_id": subscriber_id,
    }


def _item(habit: Habit) -> dict[str, Any]:
    """A habit as the table holds it: the hours as JSON, for they are read by the hundred thousand."""
    hours = [[hour, round(sent, 4), round(engaged, 4)] for hour, (sent, engaged) in habit.hours.items()]
    values: dict[str, Any] = {
        **_key(habit.subscriber_id),
        "since": habit.since,
        "day": habit.day,
        "hours": json.dumps(sorted(hours), separators=(",", ":")),
        "learned": list(habit.learned),
        "version": habit.version + 1,
        **{name: dict(getattr(habit, name)) for name in MAPS},
    }
    if habit.seen:
        values["seen"] = habit.seen
    return values if habit.best is None else {**values, "best": habit.best}


def _habit(item: Item) -> Habit:
    plain = unmarshal(item)
    known = {name: plain[name] for name in Habit.__dataclass_fields__ if name in plain}
    hours = {hour: (float(sent), float(engaged)) for hour, sent, engaged in json.loads(plain["hours"])}
    return Habit(**{**known, "hours": hours, "learned": tuple(plain["learned"])})
