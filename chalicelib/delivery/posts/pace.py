"""How fast an account may post: so many an hour, and not before its platform wants to hear of it again."""

from chalicelib.core.dynamo import marshal, unmarshal
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.posts.table import Posts, posts

HOUR_S = 3600
KEPT_S = 7 * 24 * HOUR_S


def wait_until(account_id: str, *, per_hour: int, now: float, wiring: Wiring) -> float:
    """When the account may post; 0 if at once, which then counts as one of its hour's (`per_hour` 0: any)."""
    found = wiring.dynamodb.get_item(
        TableName=posts(wiring).table, Key=marshal(_key(account_id)), ConsistentRead=True
    )
    pace = unmarshal(found.get("Item", {}))
    if pace.get("hold_until", 0) > now:
        return float(pace["hold_until"])
    if not per_hour or _counted(posts(wiring), account_id, per_hour=per_hour, now=now):
        return 0.0
    return float((int(now) // HOUR_S + 1) * HOUR_S)


def hold(account_id: str, *, until: float, wiring: Wiring) -> None:
    """Has all posts of an account wait, for its platform is throttling it."""
    posts(wiring).update(
        _key(account_id),
        UpdateExpression="SET hold_until = :until, expires_at = :expires",
        ExpressionAttributeValues=marshal({":until": int(until) + 1, ":expires": int(until) + KEPT_S}),
    )


def _counted(table: Posts, account_id: str, *, per_hour: int, now: float) -> bool:
    hour = int(now) // HOUR_S
    values = {":hour": hour, ":one": 1, ":expires": int(now) + KEPT_S}
    begun = table.update(
        _key(account_id),
        UpdateExpression="SET #hour = :hour, made = :one, expires_at = :expires",
        ConditionExpression="attribute_not_exists(#hour) OR #hour <> :hour",
        ExpressionAttributeNames={"#hour": "hour"},
        ExpressionAttributeValues=marshal(values),
    )
    return begun or table.update(
        _key(account_id),
        UpdateExpression="SET made = made + :one",
        ConditionExpression="#hour = :hour AND made < :most",
        ExpressionAttributeNames={"#hour": "hour"},
        ExpressionAttributeValues=marshal({":hour": hour, ":one": 1, ":most": per_hour}),
    )


def _key(account_id: str) -> dict[str, str]:
    return {"plan_id": f"account#{account_id}", "part": "pace"}
