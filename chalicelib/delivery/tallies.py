"""What was sent and what came back of it, as self-protection counts it: by plan, and by day for the account.

Items of the table `plans`, under the plan's id or the day's (`account#2026-11-22`, in UTC):

    counts#N     what was sent: the plan's own counts, or the account's, spread so that workers do not meet
    back#N       who bounced for good or complained, by the place of their mail in the plan
    before       what had been counted when somebody let it go on after a halt

One query reads all of them. Mode `test`, of which nothing leaves, is not counted.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from chalicelib.core.clock import epoch
from chalicelib.core.dynamo import Item, marshal, unmarshal
from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import Chunk
from chalicelib.delivery.counters import SLOTS
from chalicelib.delivery.plan import CHANNEL_CHUNKS
from chalicelib.delivery.plans import plans
from chalicelib.delivery.protection import ANYWHERE, REASONS, Tally, place_of

CHANNEL = "email"
"""The only channel whose provider tells what came back."""

ACCOUNT_SLOTS = 64
ACCOUNT_KEPT = timedelta(days=30)
SENT = f"{CHANNEL}|sent"
END = "counts$"
"""All parts that make up a tally, and no others, sort before this."""


def day_of(moment: datetime) -> str:
    """The day of a moment in UTC: `2026-11-22`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def account_on(moment: datetime) -> str:
    """What the account's counts of a moment's day stand under."""
    return f"account#{day_of(moment)}"


class Tallies:
    """The tallies of one deployment, through the raw client."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._table = wiring.settings.table("plans")

    def sending(self, chunk: Chunk, sent: int, *, now: datetime) -> Item:
        """Adds a chunk's mails to what the account sent today, for a transaction."""
        slot = (chunk.root + int(chunk.plan_id[-4:], 16)) % ACCOUNT_SLOTS
        account, expires_at = account_on(now), epoch(now + ACCOUNT_KEPT)
        return self._adding(account, f"counts#{slot}", {SENT: sent}, expires_at=expires_at)

    def coming_back(
        self, plan_id: str, subscriber_id: str, reason: str, *, chunk: int, handed_at: datetime
    ) -> list[Item]:
        """Adds one who bounced or complained to plan and account, for a transaction.

        `chunk` is the number of the mail's root chunk, `handed_at` when the provider took it.
        """
        part = f"back#{shard_of(subscriber_id) % SLOTS}"
        expires_at = epoch(handed_at + timedelta(days=self._wiring.settings.retention_days))
        own = {f"{reason}|{place_of(chunk % CHANNEL_CHUNKS)}": 1}
        everyone = {f"{reason}|{ANYWHERE}": 1}
        return [
            self._adding(plan_id, part, own, expires_at=expires_at),
            self._adding(account_on(handed_at), part, everyone, expires_at=epoch(handed_at + ACCOUNT_KEPT)),
        ]

    def _adding(self, name: str, part: str, counts: Mapping[str, int], *, expires_at: int) -> Item:
        return plans(self._wiring).add(name, part, counts, expires_at=expires_at)

    def read(self, name: str) -> tuple[Tally, Tally]:
        """The present tally of a plan or a day, read consistently, and the one at the last resume."""
        answer = self._wiring.dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="plan_id = :name AND part < :end",
            ExpressionAttributeValues=marshal({":name": name, ":end": END}),
            ConsistentRead=True,
        )
        items = [unmarshal(item) for item in answer["Items"]]
        before = next((item["tally"] for item in items if item["part"] == "before"), "")
        return _summed(items), _tally(json.loads(before)) if before else Tally()

    def begin_anew(self, name: str) -> None:
        """Has the test of a plan or a day begin at what is counted now."""
        tally, _ = self.read(name)
        kept = timedelta(days=self._wiring.settings.retention_days)
        item = {
            "plan_id": name,
            "part": "before",
            "tally": json.dumps({"sent": tally.sent, "back": tally.back}),
            "expires_at": epoch(self._wiring.clock() + kept),
        }
        self._wiring.dynamodb.put_item(TableName=self._table, Item=marshal(item))


def _summed(items: list[dict[str, Any]]) -> Tally:
    sent, back = 0, {reason: Counter[int]() for reason in REASONS}
    for item in items:
        sent += item.get(SENT, 0)
        for name, count in item.items():
            reason, _, place = name.partition("|")
            if reason in back:
                back[reason][int(place)] += count
    return Tally(sent, back)


def _tally(document: Mapping[str, Any]) -> Tally:
    """The tally of its JSON, in which places are text."""
    back = {
        reason: {int(place): count for place, count in places.items()}
        for reason, places in document["back"].items()
    }
    return Tally(document["sent"], back)


@lru_cache(maxsize=8)
def tallies(wiring: Wiring) -> Tallies:
    """The tallies of this process."""
    return Tallies(wiring)
