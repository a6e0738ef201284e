"""A bound on messages that anyone can have sent to an address by asking for them in its name, in a day."""

from datetime import datetime, timedelta

from pynamodb.expressions.condition import size
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
    anew: list[Action] = [AskedItem.requests.set({request_id}), AskedItem.expires_at.set(epoch(now + DAY))]
    if item.update_if(actions=anew, condition=fresh):
        return True
    within = AskedItem.requests.contains(request_id) | (size(AskedItem.requests) < a_day)
    return item.update_if(actions=[AskedItem.requests.add({request_id})], condition=within)


def inbox(channel: str, address: str) -> str:
    """Where an address leads: `ana+news@city.example` to the inbox of `ana@city.example` (RFC 5233)."""
    if channel != "email":
        return address
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"
