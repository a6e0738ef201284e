"""Posts in the outbox: what stands on the stand-ins of platforms, as its readers would see it."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from infra.aws.outbox import Letter
from infra.stand_ins.shown import Shown, ShownImage


@dataclass(frozen=True)
class PostLetter(Letter):
    """A post beside the letters: its platform is its channel, and its account whom it is to."""

    shown: Shown | None = None

    def document(self) -> dict[str, Any]:
        """The post as `/outbox.json` shows it, under its platform's own id."""
        assert self.shown is not None
        shown = self.shown
        return {
            **super().document(),
            "provider_id": shown.id,
            "url": shown.url,
            "language": shown.language,
            "after": shown.after,
            "edited_at": shown.edited_at,
            "images": [{"type": one.mime, "alt": one.alt} for one in shown.images],
            "card": {"url": shown.card.url, "title": shown.card.title} if shown.card else None,
        }


def letters(posts: Sequence[Shown]) -> list[PostLetter]:
    """Posts as letters, each under a name that an address can hold."""
    return [
        PostLetter(
            channel=one.platform,
            to=one.account,
            subject="",
            html=one.html,
            text=one.text,
            provider_id=name_of(one),
            at=datetime.fromisoformat(one.at),
            shown=one,
        )
        for one in posts
    ]


def name_of(post: Shown) -> str:
    """By which a post is found in the outbox."""
    return f"post-{sha256(f'{post.platform} {post.id}'.encode()).hexdigest()[:16]}"


def thread_of(post: Shown, posts: Sequence[Shown]) -> list[Shown]:
    """The thread in which a post stands, from its first on, where everything before it stands."""
    own = {one.id: one for one in posts if one.platform == post.platform}
    first = post
    while first.after in own:
        first = own[first.after]
    thread = [first]
    while following := [one for one in own.values() if one.after == thread[-1].id]:
        thread.append(following[0])
    return thread if post in thread else [post]


def data_of(image: ShownImage) -> str:
    """A picture as an address that holds it."""
    return f"data:{image.mime};base64,{b64encode(image.data).decode()}"


def linked(post: Shown) -> str:
    """The post's HTML, its links into new tabs."""
    return re.sub(r"<a ", '<a target="_blank" rel="noreferrer" ', post.html)
