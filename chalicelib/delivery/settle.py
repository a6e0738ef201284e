"""What events say against or beyond the record.

An unknown that was sent after all, a sent one that failed after all.
"""

from datetime import datetime

from chalicelib.core.clock import rfc3339
from chalicelib.core.dynamo import Cancelled, Item, marshal, transact
from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.deliveries import key
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.plan import moved_counts
from chalicelib.delivery.plans import plans


def settled_sent(ref: DeliveryRef, *, at: datetime, wiring: Wiring) -> bool:
    """Moves a delivery from `unknown` to `sent`, once; False if it was not unknown (any more)."""
    change = _change(
        ref,
        "REMOVE unknown_at SET settled_sent_at = :at",
        "attribute_exists(unknown_at)",
        {":at": rfc3339(at)},
        wiring=wiring,
    )
    return _commit(ref, change, {"unknown": -1, "sent": 1}, wiring=wiring)


def failed_after_sent(ref: DeliveryRef, *, reason: str, at: datetime, wiring: Wiring) -> bool:
    """Moves a delivery to `failed`, once, from `sent` or `unknown`.

    False if it had failed before or is not there.

    May come before the record: the counts are right when both are in. What fails so was sent: an unknown one
    bears both flags, and each flag tells what it moved.
    """
    values = {":at": rfc3339(at), ":reason": reason}
    fail = "SET failed_at = :at, failed_reason = :reason"
    unknown = _change(
        ref,
        f"{fail}, settled_sent_at = :at REMOVE unknown_at",
        "attribute_exists(unknown_at) AND attribute_not_exists(failed_at)",
        values,
        wiring=wiring,
    )
    if _commit(ref, unknown, {"unknown": -1, "failed": 1}, wiring=wiring):
        return True
    condition = "attribute_exists(plan_shard) AND attribute_not_exists(unknown_at)"
    condition += " AND attribute_not_exists(failed_at)"
    sent = _change(ref, fail, condition, values, wiring=wiring)
    return _commit(ref, sent, {"sent": -1, "failed": 1}, wiring=wiring)


def _change(ref: DeliveryRef, update: str, condition: str, values: dict[str, str], *, wiring: Wiring) -> Item:
    return {
        "Update": {
            "TableName": wiring.settings.table("deliveries"),
            "Key": marshal(key(ref.plan_id, ref.subscriber_id, ref.channel)),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": marshal(values),
        }
    }


def _commit(ref: DeliveryRef, change: Item, counts: dict[str, int], *, wiring: Wiring) -> bool:
    head = plans(wiring).head(ref.plan_id)
    named = {f"{ref.channel}|{name}": value for name, value in counts.items()}
    part = moved_counts(shard_of(ref.subscriber_id))
    add = plans(wiring).add(ref.plan_id, part, named, expires_at=head.expires_at)
    try:
        transact(wiring.dynamodb, [change, add])
    except Cancelled:
        return False
    return True
