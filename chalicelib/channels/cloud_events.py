"""A message to machines as a CloudEvent (CloudEvents 1.0.2, JSON event format, structured mode). Pure."""

from hashlib import sha256
from typing import Any

from chalicelib.channels.platforms.base import Post
from chalicelib.core.clock import rfc3339
from chalicelib.core.hotpath import to_json

MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"
TYPE_PREFIX = "crier."


def event_id(key: str) -> str:
    """The event's id, of a post's key: the same in every try, so that its reader takes it once."""
    return f"msg_{sha256(key.encode()).hexdigest()[:32]}"


def event(post: Post, *, source: str) -> dict[str, Any]:
    """The event of a post for a `whole` platform; `source` is the deployment's public address.

    `crier.campaign.sent`, and so on, about the campaign that `subject` names; `data` is the message.
    """
    return _event(
        event_id(post.key), post.event_type, source, subject=str(post.event["id"]),
        at=rfc3339(post.made_at), data=dict(post.event),
    )  # fmt: skip


def withdrawal(campaign_id: str, *, source: str, at: str) -> dict[str, Any]:
    """The event that a campaign was taken back."""
    kind = "campaign.withdrawn"
    return _event(
        event_id(f"{kind} {campaign_id}"), kind, source, subject=campaign_id, at=at, data={"id": campaign_id}
    )


def ping(account_id: str, *, source: str, at: str) -> dict[str, Any]:
    """An event that tells nothing but that it arrives."""
    return _event(event_id(f"ping {account_id} {at}"), "ping", source, subject=account_id, at=at, data={})


def as_json(told: Any) -> bytes:
    """An event, or a part of one, as it is sent."""
    return to_json(told).encode()


def _event(
    event_id: str, kind: str, source: str, *, subject: str, at: str, data: dict[str, Any]
) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": f"{TYPE_PREFIX}{kind}",
        "subject": subject,
        "time": at,
        "datacontenttype": "application/json",
        "data": data,
    }
