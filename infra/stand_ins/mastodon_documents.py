"""What a Mastodon server holds, and the documents in which it tells of it.

https://docs.joinmastodon.org/entities/
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from infra.stand_ins.mastodon_text import as_html
from infra.stand_ins.shown import Shown, ShownImage

HOST = "mastodon.example"
RIGHTS = frozenset({"read", "write:statuses", "write:media"})
LONGEST = 500
ALT_LONGEST = 1_500
IMAGE_BYTES = 16 * 1024 * 1024


@dataclass
class Account:
    """Somebody with an account; the agency's own, or a reader's."""

    id: str
    username: str
    token: str = ""
    rights: frozenset[str] = RIGHTS


@dataclass
class Media:
    """A picture that was uploaded. `waits`: how often it is not ready when asked for."""

    id: str
    data: bytes
    mime: str
    alt: str
    waits: int = 0
    used: str = ""


@dataclass
class Status:
    """A post."""

    id: str
    account: Account
    text: str
    at: datetime
    language: str | None
    visibility: str
    after: str | None
    media: list[str]
    edited: datetime | None = None
    liked_by: set[str] = field(default_factory=set)
    boosted_by: set[str] = field(default_factory=set)


def shown(status: Status, held: Mapping[str, Media]) -> Shown:
    """A post as its reader sees it."""
    pictures = [held[one] for one in status.media]
    return Shown(
        platform="mastodon",
        account=f"@{status.account.username}@{HOST}",
        id=status.id,
        url=_url(status),
        at=rfc3339(status.at),
        text=status.text,
        html=as_html(status.text),
        language=status.language or "",
        images=tuple(ShownImage(one.data, one.mime, one.alt) for one in pictures),
        after=status.after or "",
        edited_at=rfc3339(status.edited) if status.edited else "",
    )


def status_document(status: Status, held: Mapping[str, Media], *, answers: int) -> dict[str, Any]:
    """A status, with the number of its answers."""
    return {
        "id": status.id,
        "created_at": rfc3339(status.at),
        "edited_at": rfc3339(status.edited) if status.edited else None,
        "in_reply_to_id": status.after,
        "visibility": status.visibility,
        "language": status.language,
        "uri": f"https://{HOST}/users/{status.account.username}/statuses/{status.id}",
        "url": _url(status),
        "content": as_html(status.text),
        "account": account_document(status.account),
        "media_attachments": [media_document(held[one]) for one in status.media],
        "favourites_count": len(status.liked_by),
        "reblogs_count": len(status.boosted_by),
        "replies_count": answers,
    }


def _url(status: Status) -> str:
    return f"https://{HOST}/@{status.account.username}/{status.id}"


def account_document(account: Account) -> dict[str, Any]:
    """An account."""
    return {
        "id": account.id,
        "username": account.username,
        "acct": account.username,
        "url": f"https://{HOST}/@{account.username}",
    }


def media_document(media: Media) -> dict[str, Any]:
    """A picture; without an address as long as the server works on it."""
    address = f"https://{HOST}/media/{hashlib.sha256(media.data).hexdigest()[:16]}"
    return {
        "id": media.id,
        "type": "image",
        "url": None if media.waits else address,
        "preview_url": address,
        "description": media.alt,
    }
