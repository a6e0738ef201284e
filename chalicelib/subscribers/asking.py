"""A bound on messages that anyone can have sent to an address by asking for them in its name, in a day."""

from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from chalicelib.core.clock import epoch
from chalicelib.subscribers.passing_tables import AskedItem

A_DAY = 5
DAY = timedelta(days=1)


def may_ask(digest: str, request_id: str, *, now: datetime, a_day: int = A_DAY) -> bool:
    """Whether this request is among the first few (five) of the day that began with the first.

    `digest` names who is to be spared. Asked again, it answers the same.
    """
    item = AskedItem(AskedItem.id_of(digest))
    fresh = AskedItem.expires_at.does_not_exist() | (AskedItem.expires_at <= epoch(now))
    if _try(item, fresh, [AskedItem.requests.set({request_id}), AskedItem.expires_at.set(epoch(now + DAY))]):
        return True
    within = AskedItem.requests.contains(request_id) | (size(AskedItem.requests) < a_day)
    return _try(item, within, [AskedItem.requests.add({request_id})])


def inbox(channel: str, address: str) -> str:
    """Where an address leads: `ana+news@city.example` to the inbox of `ana@city.example` (RFC 5233)."""
    if channel != "email":
        return address
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


def _try(item: AskedItem, condition: Condition, actions: list[Action]) -> bool:
    try:
        item.update(actions=actions, condition=condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
