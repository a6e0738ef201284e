"""The consent ledger as a whole, for an audit.

It has no index by time: every change of consent would pay for one, and an audit is rare. So it is read as it
lies, person by person, and what is outside the period is passed over: ten million entries are some 6 GB, ten
thousand pages of a thousand.
"""

import json
from typing import Any

from chalicelib.core.dynamo import marshal
from chalicelib.core.errors import BadRequest
from chalicelib.core.tables import Page
from chalicelib.core.tokens import TokenRefused, decode, encode
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.model import LedgerEntry
from chalicelib.subscribers.tables import LedgerItem
from chalicelib.subscribers.writes import ledger_entry

LOOK = 2_000
"""Entries looked at for one page."""


def page(
    *, since: str | None, until: str | None, limit: int, cursor: str | None, wiring: Wiring
) -> Page[LedgerEntry]:
    """Entries from `since` on and before `until` (RFC 3339, UTC), each person's in the order of time.

    One look at the table: a page may be short of `limit`, even empty, and have a `next`. Raises BadRequest
    for a cursor that no page gave.
    """
    request: dict[str, Any] = {"TableName": wiring.settings.table("ledger"), "Limit": LOOK}
    bounds = {":since": since, ":until": until}
    signs = {":since": "#at >= :since", ":until": "#at < :until"}
    given = {name: value for name, value in bounds.items() if value}
    if given:
        request["FilterExpression"] = " AND ".join(signs[name] for name in given)
        request["ExpressionAttributeNames"] = {"#at": "at"}
        request["ExpressionAttributeValues"] = marshal(given)
    if cursor:
        request["ExclusiveStartKey"] = _read_cursor(cursor)
    answer = wiring.dynamodb.scan(**request)
    items = answer["Items"]
    entries = [ledger_entry(LedgerItem.from_raw_data(item)) for item in items[:limit]]
    last = _key(items[limit - 1]) if len(items) > limit else answer.get("LastEvaluatedKey")
    return Page(entries, _cursor(last) if last else None)


def _key(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("subscriber_id", "id")}


def _cursor(key: dict[str, Any]) -> str:
    return encode(json.dumps([key["subscriber_id"]["S"], key["id"]["S"]], separators=(",", ":")).encode())


def _read_cursor(cursor: str) -> dict[str, Any]:
    try:
        subscriber_id, entry_id = json.loads(decode(cursor))
        fits = all(isinstance(one, str) and 0 < len(one) <= 200 for one in (subscriber_id, entry_id))
    except (TokenRefused, ValueError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise BadRequest("The cursor is not one that this list gave; begin without one.", code="bad-cursor")
    return marshal({"subscriber_id": subscriber_id, "id": entry_id})
