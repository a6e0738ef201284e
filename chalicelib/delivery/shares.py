"""Who walks on a lane's channel, and so what part of its rate one wave has.

A small item for each lane and channel counts its *page*: a wave that begins or ends turns it in the same
transaction. A step commits on condition of the page that it reckoned with; so it asks nobody who else is
under way, and yet a newcomer has its share with everybody's next step.
"""

import time
from functools import lru_cache

from chalicelib.core.dynamo import Item, marshal, query
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.pacing import share

KEPT_S = 120
"""Who is paused, halted or let go on turns no page, and the index may lag: after a while it is read anew."""


class Shares:
    """The shares of one deployment: items `walking` of the table `plans`, and its index."""

    def __init__(self, wiring: Wiring) -> None:
        self._db = wiring.dynamodb
        self._table = wiring.settings.table("plans")
        self._kept: dict[str, tuple[float, int, list[str]]] = {}

    def of(self, lane: str, channel: str, department: str) -> float:
        """The part of the lane's rate that one wave of a department may use on a channel."""
        return share(self._walking(lane, channel), department)

    def turning(self, lane: str, channel: str) -> Item:
        """Turns the page, for the transaction in which a wave begins or ends."""
        return {
            "Update": {
                "TableName": self._table,
                "Key": _key(lane, channel),
                "UpdateExpression": "ADD page :one",
                "ExpressionAttributeValues": marshal({":one": 1}),
            }
        }

    def unturned(self, lane: str, channel: str, *, turning: bool) -> Item:
        """The condition, for a transaction, that the page is the one that `of` reckoned with.

        `turning` it by the way: the wave ends.
        """
        page = self._kept[f"{lane}#{channel}"][1]
        condition: Item = {
            "TableName": self._table,
            "Key": _key(lane, channel),
            "ConditionExpression": "page = :page" if page else "attribute_not_exists(page)",
        }
        values = {":page": page} if page else {}
        if turning:
            condition["UpdateExpression"] = "ADD page :one"
            values[":one"] = 1
        if values:
            condition["ExpressionAttributeValues"] = marshal(values)
        return {"Update" if turning else "ConditionCheck": condition}

    def forget(self, lane: str, channel: str) -> None:
        """Has the next look read who walks."""
        self._kept.pop(f"{lane}#{channel}", None)

    def _walking(self, lane: str, channel: str) -> list[str]:
        name = f"{lane}#{channel}"
        kept = self._kept.get(name)
        if kept is None or time.monotonic() - kept[0] > KEPT_S:
            # The page first: who commits on it has missed nothing that changed after it was read.
            page = kept[1] if kept else self._page(lane, channel)
            self._kept[name] = kept = (time.monotonic(), page, self.walking(lane, channel))
        return kept[2]

    def _page(self, lane: str, channel: str) -> int:
        answer = self._db.get_item(TableName=self._table, Key=_key(lane, channel), ConsistentRead=True)
        return int(answer["Item"]["page"]["N"]) if "Item" in answer else 0

    def walking(self, lane: str, channel: str) -> list[str]:
        """The department of each wave of a lane that is walking its audience for a channel."""
        found = query(
            self._db,
            TableName=self._table,
            IndexName="due-index",
            KeyConditionExpression="#open = :lane",
            FilterExpression="channel = :channel AND walking = :true",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues=marshal({":lane": lane, ":channel": channel, ":true": True}),
        )
        return [item["department"]["S"] if "department" in item else "" for item in found]


def _key(lane: str, channel: str) -> Item:
    return marshal({"plan_id": f"walking#{lane}#{channel}", "part": "walking"})


@lru_cache(maxsize=8)
def shares(wiring: Wiring) -> Shares:
    """The shares as this process knows them."""
    return Shares(wiring)
