"""How fast an account may post: so many an hour, and not before its platform wants to hear of it again.

Nothing that campaigns do keeps an alert: they leave a part of each hour to it, its posts are counted and
never kept by that count, and where the platform throttles a campaign, an alert asks for itself.
"""

from chalicelib.core.dynamo import marshal, unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.lanes import Lane
from chalicelib.delivery.posts.table import Posts, posts

HOUR_S = 3600
KEPT_S = 7 * 24 * HOUR_S


def wait_until(account_id: str, lane: Lane, *, per_hour: int, now: float, wiring: Wiring) -> float:
    """When the account may post of a lane; 0 if at once, which then counts as one of its hour's.

    `per_hour` is how many it may; 0: any.
    """
    found = wiring.dynamodb.get_item(
        TableName=posts(wiring).table, Key=marshal(_key(account_id)), ConsistentRead=True
    )
    held = unmarshal(found.get("Item", {})).get(_hold(lane), 0)
    if held > now:
        return float(held)
    if not per_hour or _counted(posts(wiring), account_id, lane, per_hour=per_hour, now=now):
        return 0.0
    return float((int(now) // HOUR_S + 1) * HOUR_S)


def hold(account_id: str, lane: Lane, *, until: float, wiring: Wiring) -> None:
    """Has the account's posts of a lane wait, and of those that it overtakes: its platform throttles it."""
    names = {f"#{n}": name for n, name in enumerate(sorted({"hold_until", _hold(lane)}))}
    sets = "".join(f"{name} = :until, " for name in names)
    posts(wiring).update(
        _key(account_id),
        UpdateExpression=f"SET {sets}expires_at = :expires",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=marshal({":until": int(until) + 1, ":expires": int(until) + KEPT_S}),
    )


def _counted(table: Posts, account_id: str, lane: Lane, *, per_hour: int, now: float) -> bool:
    hour = int(now) // HOUR_S
    values = {":hour": hour, ":one": 1, ":expires": int(now) + KEPT_S}
    begun = table.update(
        _key(account_id),
        UpdateExpression="SET #hour = :hour, made = :one, expires_at = :expires",
        ConditionExpression="attribute_not_exists(#hour) OR #hour <> :hour",
        ExpressionAttributeNames={"#hour": "hour"},
        ExpressionAttributeValues=marshal(values),
    )
    room, most = ("", {}) if lane.overtakes else (" AND made < :most", {":most": _most(lane, per_hour)})
    return begun or table.update(
        _key(account_id),
        UpdateExpression="SET made = made + :one",
        ConditionExpression=f"#hour = :hour{room}",
        ExpressionAttributeNames={"#hour": "hour"},
        ExpressionAttributeValues=marshal({":hour": hour, ":one": 1, **most}),
    )


def _most(lane: Lane, per_hour: int) -> int:
    return max(1, int(per_hour * lane.share))


def _hold(lane: Lane) -> str:
    return f"hold_{lane.name}_until" if lane.overtakes else "hold_until"


def _key(account_id: str) -> dict[str, str]:
    return {"plan_id": f"account#{account_id}", "part": "pace"}
