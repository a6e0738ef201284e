"""Bluesky, on any server of the AT protocol.

https://docs.bsky.app/docs/advanced-guides/posts, https://atproto.com/specs/record-key, and the lexicons
`app.bsky.feed.post` and `app.bsky.richtext.facet`. A post is written under a record key that follows from its
own key, with the demand that nothing stands there yet: a second try finds the first. What is edited there no
reader sees, so nothing is; it is withdrawn, or answered.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.channels import bluesky_text
from chalicelib.channels.bluesky_session import Signed, Taken
from chalicelib.channels.platforms.base import (
    About,
    Gone,
    Image,
    Login,
    Post,
    Posted,
    PostLimits,
    Reactions,
    Refused,
    Reply,
    Setting,
    Standing,
)
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.wiring import Wiring

POSTS = "app.bsky.feed.post"
READERS = "https://bsky.app"
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
POSTS_AT_ONCE = 25
THUMB_BYTES = 1_000_000

ABOUT = About(
    label="Bluesky",
    settings={
        "handle": Setting("The account's handle, such as city.bsky.social"),
        "app_password": Setting(
            "An app password (Settings, Privacy and security), not the password", secret=True
        ),
        "server": Setting(
            "The address of the account's server, where not https://bsky.social", required=False
        ),
    },
    limits=PostLimits(
        length=bluesky_text.length,
        longest=300,
        thread=20,
        images=4,
        image_bytes=1_000_000,
        media=frozenset({"image/jpeg", "image/png", "image/webp"}),
        alt_longest=2_000,
        per_hour=1_600,
    ),
    keyed=True,
    finds=True,
    withdraws=True,
    reads_back=True,
)


def opened(login: Login, *, wiring: Wiring) -> "Bluesky":
    """The account on its server."""
    return Bluesky(Signed(login.values, wiring=wiring))


class Bluesky:
    """One account on one server."""

    def __init__(self, call: Signed) -> None:
        self._call = call

    def standing(self) -> Standing:
        """As whom it posts. Raises Denied."""
        handle = self._call("GET", "com.atproto.server.getSession")["handle"]
        return Standing(f"@{handle}", f"{READERS}/profile/{handle}")

    def refreshed(self) -> None:
        """Nothing is to be renewed: an app password is good until somebody revokes it."""

    def publish(self, post: Post) -> Posted:
        """Writes the post where nothing stands yet; where the same stands, an earlier try wrote it."""
        said = {
            "repo": self._call.session.did,
            "collection": POSTS,
            "rkey": record_key(post),
            "record": self._record(post),
            "swapRecord": None,
        }
        try:
            return self._posted(self._call("POST", "com.atproto.repo.putRecord", json=said))
        except Taken:
            found = self.find(post)
            if found is None:
                raise
            return found

    def find(self, post: Post) -> Posted | None:
        """What stands under the post's record key, with its text."""
        asked = {"repo": self._call.session.did, "collection": POSTS, "rkey": record_key(post)}
        try:
            found = self._call("GET", "com.atproto.repo.getRecord", params=asked)
        except Gone:
            return None
        return self._posted(found) if found["value"]["text"] == bluesky_text.shown(post.text) else None

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Not to be had: readers go on seeing what was posted first."""
        raise NotImplementedError

    def withdraw(self, posted: Posted) -> None:
        """Deletes the record, or sees that it is not there."""
        named = {"repo": self._call.session.did, "collection": POSTS, "rkey": posted.id.rpartition("/")[2]}
        self._call("POST", "com.atproto.repo.deleteRecord", harmless=True, json=named)

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """Likes, reposts and quotes, and answers of others straight to each post."""
        found: dict[str, Reactions] = {}
        for start in range(0, len(posted), POSTS_AT_ONCE):
            asked = {"uris": [one.id for one in posted[start : start + POSTS_AT_ONCE]]}
            for seen in self._call("GET", "app.bsky.feed.getPosts", params=asked)["posts"]:
                answers = self._answers(seen["uri"]) if seen.get("replyCount") else []
                shares = seen.get("repostCount", 0) + seen.get("quoteCount", 0)
                fresh = tuple(one for one in answers if parse_rfc3339(one.at) > since)
                found[seen["uri"]] = Reactions(seen.get("likeCount", 0), shares, len(answers), fresh)
        return found

    def _answers(self, uri: str) -> list[Reply]:
        asked = {"uri": uri, "depth": 1, "parentHeight": 0}
        try:
            thread = self._call("GET", "app.bsky.feed.getPostThread", params=asked)["thread"]
        except Gone:
            return []
        told = [one["post"] for one in thread.get("replies", []) if "post" in one]
        return [
            Reply(one["uri"], one["author"]["handle"], one["record"]["text"], one["indexedAt"], _address(one))
            for one in told
            if one["author"]["did"] != self._call.session.did
        ]

    # What is written.

    def _posted(self, written: Mapping[str, Any]) -> Posted:
        key = written["uri"].rpartition("/")[2]
        url = f"{READERS}/profile/{self._call.session.handle}/post/{key}"
        return Posted(written["uri"], url, {"cid": written["cid"]})

    def _record(self, post: Post) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": POSTS,
            "text": bluesky_text.shown(post.text),
            "createdAt": rfc3339(post.made_at),
        }
        if post.language:
            record["langs"] = [post.language]
        if facets := bluesky_text.facets(post.text, resolved=self._resolved):
            record["facets"] = facets
        if post.after and post.first:
            record["reply"] = {"root": _reference(post.first), "parent": _reference(post.after)}
        if embed := self._embed(post):
            record["embed"] = embed
        return record

    def _resolved(self, handle: str) -> str | None:
        """The identity of a handle, or None where nobody has it: then it stays plain text."""
        try:
            asked = {"handle": handle}
            return str(self._call("GET", "com.atproto.identity.resolveHandle", params=asked)["did"])
        except (Gone, Refused):
            return None

    def _embed(self, post: Post) -> dict[str, Any] | None:
        """Pictures, or else the card of the page that is linked: Bluesky makes none by itself."""
        if post.images:
            return {"$type": "app.bsky.embed.images", "images": [self._image(one) for one in post.images]}
        if post.card is None:
            return None
        card = post.card
        told: dict[str, Any] = {"uri": card.url, "title": card.title, "description": card.description}
        if card.image and len(card.image.data) <= THUMB_BYTES:
            told["thumb"] = self._blob(card.image)
        return {"$type": "app.bsky.embed.external", "external": told}

    def _image(self, image: Image) -> dict[str, Any]:
        ratio = {"width": image.width, "height": image.height}
        return {"image": self._blob(image), "alt": image.alt, "aspectRatio": ratio}

    def _blob(self, image: Image) -> Any:
        headers = {"Content-Type": image.mime}
        name = "com.atproto.repo.uploadBlob"
        return self._call("POST", name, harmless=True, headers=headers, data=image.data, read_timeout_s=30)[
            "blob"
        ]


def record_key(post: Post) -> str:
    """The record key of a post, the same in every try: a TID of the second in which it was decided on.

    What a TID has beside the seconds, microseconds and a clock's number, follows from the post's own key: two
    of a thousand posts in the same second meet with a chance of 1 to 2,000, and are then refused.
    https://atproto.com/specs/tid
    """
    mixed = int.from_bytes(hashlib.sha256(post.key.encode()).digest()[:8], "big")
    micros, clock = mixed % 1_000_000, mixed // 1_000_000 % 1_024
    number = (int(post.made_at.timestamp()) * 1_000_000 + micros) << 10 | clock
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(12, -1, -1))


def _reference(posted: Posted) -> dict[str, str]:
    return {"uri": posted.id, "cid": posted.more["cid"]}


def _address(seen: Mapping[str, Any]) -> str:
    return f"{READERS}/profile/{seen['author']['handle']}/post/{seen['uri'].rpartition('/')[2]}"
