"""What a campaign owes by the choices that a platform holds, read through its API."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from infra.city import Campaign, Message
from infra.client import Client

PAGE = 100


def owed(http: Client, campaign: Campaign) -> list[Message]:
    """One message per chosen channel for each subscriber of any of the topics. Raises Refused, OSError."""
    people: dict[str, Mapping[str, Any]] = {}
    channels: dict[str, set[str]] = {}
    for topic in campaign.topics:
        for one in _subscribers(http, topic):
            people[one["id"]] = one
            channels.setdefault(one["id"], set()).update(one["channels"])
    return [
        Message(channel, one[channel], one["language"], one["name"])
        for key, one in people.items()
        for channel in sorted(channels[key] & set(campaign.channels))
    ]


def _subscribers(http: Client, topic: str) -> Iterator[Mapping[str, Any]]:
    query: dict[str, Any] = {"topic": topic, "limit": PAGE}
    while True:
        page = http.api("GET", f"/v1/subscribers?{urlencode(query)}")
        yield from page["items"]
        if page["next"] is None:
            return
        query["cursor"] = page["next"]
