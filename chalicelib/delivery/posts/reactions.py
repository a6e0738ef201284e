"""What people do with posts: asked of platforms, often while a post is young, and kept as totals.

Beside each post of a platform that reads back lies a reading: its totals, and when it is due again. The sweep
sends what is due, in batches of one account, to the queue of campaigns' posts. Replies go on, as messages to
the queue `inbound`, where each is taken once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.channels.accounts import manage
from chalicelib.channels.accounts.model import Account, AccountState
from chalicelib.channels.base import ProviderError, Throttled
from chalicelib.channels.platforms.base import Denied, Posted, Reactions
from chalicelib.core.clock import rfc3339
from chalicelib.core.dynamo import marshal, unmarshal
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.posts.record import Record
from chalicelib.delivery.posts.table import OPEN_READINGS, READING, posts

HOUR_S, DAY_S = 3600, 86_400
EVERY_S = ((6 * HOUR_S, 900), (3 * DAY_S, HOUR_S), (30 * DAY_S, DAY_S))
"""Until which age a post is asked about, and how often, in seconds; older ones are not."""

LATE_S = 600
"""When a reading is sent again whose message was lost."""

BATCH = 25
OVERLAP = timedelta(hours=1)
"""Platforms tell of replies late; each is taken once anyhow."""


@dataclass(frozen=True)
class Read:
    """A post that is read back, with its reading."""

    record: Record
    reading: Mapping[str, Any]

    @property
    def posted(self) -> list[Posted]:
        """What stands of it."""
        return [part.posted for part in self.record.parts]


def begin(record: Record, *, now: datetime, wiring: Wiring) -> None:
    """Has a post that stands read back from now on; once more is harmless."""
    at = int(now.timestamp())
    posts(wiring).update(
        {"plan_id": record.plan_id, "part": READING + record.name},
        UpdateExpression="SET account_id = :account, posted_at = :at, read_at = :at, expires_at = :expires,"
        " #open = :open, due_at = :due, likes = :none, shares = :none, replies = :none",
        ConditionExpression="attribute_not_exists(part)",
        ExpressionAttributeNames={"#open": "open"},
        ExpressionAttributeValues=marshal(
            {
                ":account": record.account_id,
                ":at": at,
                ":expires": record.expires_at,
                ":open": OPEN_READINGS,
                ":due": at + EVERY_S[0][1],
                ":none": 0,
            }
        ),
    )


def send_due(*, now: datetime, wiring: Wiring) -> int:
    """Sends the readings that are due, by account; answers how many."""
    at = now.timestamp()
    by_account: dict[str, list[list[str]]] = defaultdict(list)
    for item in map(unmarshal, posts(wiring).due(OPEN_READINGS, now=at)):
        if _moved(item, due_at=int(at) + LATE_S, wiring=wiring):
            by_account[item["account_id"]].append([item["plan_id"], item["part"].removeprefix(READING)])
    messages = [
        ({"read": account, "posts": names[start : start + BATCH]}, 0)
        for account, names in by_account.items()
        for start in range(0, len(names), BATCH)
    ]
    if messages:
        wiring.queues.send_all(LANES["bulk"].posts_queue, messages)
    return sum(map(len, by_account.values()))


def read_back(account_id: str, names: Sequence[Sequence[str]], *, wiring: Wiring) -> None:
    """Asks an account's platform about posts, keeps the totals, and passes new replies on."""
    now = wiring.clock()
    found = [read for plan_id, name in names if (read := _reading(plan_id, name, wiring=wiring))]
    asked = [posted for read in found for posted in read.posted]
    account = manage.get_all([account_id]).get(account_id)
    if account is None or not asked:
        _close(found, wiring=wiring)
        return
    wait_s, reactions = _asked(account, found, now=now, wiring=wiring)
    for read in found:
        if reactions is not None:
            _pass_on(read, account, reactions, wiring=wiring)
        _note(read, reactions, wait_s=wait_s, now=now, wiring=wiring)


def _asked(
    account: Account, found: Sequence[Read], *, now: datetime, wiring: Wiring
) -> tuple[float, Mapping[str, Reactions] | None]:
    """What the platform told, and how long it wants not to be asked, at least."""
    if not account.is_active:
        return HOUR_S, None
    since = datetime.fromtimestamp(min(read.reading["read_at"] for read in found), UTC) - OVERLAP
    posted = [posted for read in found for posted in read.posted]
    try:
        return 0, manage.opened(account, wiring=wiring).reactions(posted, since=since)
    except Denied as error:
        manage.mark(account.id, AccountState.DENIED, reason=error.code, now=now)
    except Throttled as error:
        return max(error.retry_after_s, HOUR_S), None
    except ProviderError as error:
        logger.info("reactions-not-read", account=account.id, code=error.code)
    return HOUR_S, None


def _reading(plan_id: str, name: str, *, wiring: Wiring) -> Read | None:
    account_id, _, language = name.partition("#")
    record = posts(wiring).read(plan_id, account_id, language)
    reading = posts(wiring).readings(plan_id).get(name)
    return Read(record, reading) if record is not None and reading is not None else None


def _pass_on(read: Read, account: Account, told: Mapping[str, Reactions], *, wiring: Wiring) -> None:
    messages = [
        (
            {
                "kind": "reply",
                "platform": account.platform,
                "account": account.id,
                "plan": read.record.plan_id,
                "title": read.record.task.title,
                "reply": {
                    "id": answer.id,
                    "author": answer.author,
                    "text": answer.text,
                    "at": answer.at,
                    "url": answer.url,
                },
            },
            0,
        )
        for posted in read.posted
        for answer in told.get(posted.id, Reactions()).answers
    ]
    if messages:
        wiring.queues.send_all("inbound", messages)


def _note(
    read: Read, told: Mapping[str, Reactions] | None, *, wait_s: float, now: datetime, wiring: Wiring
) -> None:
    """Keeps the totals of a post's parts, and when it is asked about again; an old one no more."""
    at = int(now.timestamp())
    age = at - read.reading["posted_at"]
    every = next((often for until, often in EVERY_S if age < until), 0)
    values: dict[str, Any] = {}
    sets = []
    if told is not None:
        of_parts = [told.get(posted.id, Reactions()) for posted in read.posted]
        values = {
            ":likes": sum(one.likes for one in of_parts),
            ":shares": sum(one.shares for one in of_parts),
            ":replies": sum(one.replies for one in of_parts),
            ":read": at,
        }
        sets = ["likes = :likes", "shares = :shares", "replies = :replies", "read_at = :read"]
    if every:
        values[":due"] = at + int(max(every, wait_s))
        sets.append("due_at = :due")
    ending = "" if every else " REMOVE #open, due_at"
    _update(read.reading, (f"SET {', '.join(sets)}" if sets else "") + ending, values, wiring=wiring)


def _close(found: Sequence[Read], *, wiring: Wiring) -> None:
    for read in found:
        _update(read.reading, "REMOVE #open, due_at", {}, wiring=wiring)


def _moved(item: Mapping[str, Any], *, due_at: int, wiring: Wiring) -> bool:
    return posts(wiring).update(
        {"plan_id": item["plan_id"], "part": item["part"]},
        UpdateExpression="SET due_at = :due",
        ConditionExpression="due_at = :was",
        ExpressionAttributeValues=marshal({":due": due_at, ":was": item["due_at"]}),
    )


def _update(reading: Mapping[str, Any], expression: str, values: dict[str, Any], *, wiring: Wiring) -> None:
    request: dict[str, Any] = {"UpdateExpression": expression.strip()}
    if values:
        request["ExpressionAttributeValues"] = marshal(values)
    if "#open" in expression:
        request["ExpressionAttributeNames"] = {"#open": "open"}
    posts(wiring).update({"plan_id": reading["plan_id"], "part": reading["part"]}, **request)


def read_at(reading: Mapping[str, Any]) -> str:
    """When a reading was last read (RFC 3339)."""
    return rfc3339(datetime.fromtimestamp(reading["read_at"], UTC))
