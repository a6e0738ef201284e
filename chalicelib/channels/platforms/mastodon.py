"""Mastodon, and servers that speak its API.

https://docs.joinmastodon.org/methods/statuses/, /methods/media/, /api/rate-limits/. A server remembers an
`Idempotency-Key` for an hour; later a post is looked for among the account's newest, by its text.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from chalicelib.channels.base import Retryable
from chalicelib.channels.graphemes import clusters, pattern
from chalicelib.channels.links import links
from chalicelib.channels.platforms.base import (
    About,
    Gone,
    Image,
    Login,
    Post,
    Posted,
    PostLimits,
    Reactions,
    Reply,
    Setting,
    Standing,
)
from chalicelib.channels.web_call import WebCalls
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.wiring import Wiring

LINK_INSTEAD = "x" * 23
WORD = r"\p{L}\p{M}\p{Nd}\p{Pc}"
MENTION = (
    rf"(?<![=/{WORD}])@([A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+)(@[{WORD}]++(?:[.-]++[{WORD}]++)*+)?"
    r"(?![@＠]|://|[\u0300-\u036f])"
)
JOINED = r"\p{M}\u200d?\p{Lo}"
"""Letters of Indic scripts that Unicode joined to one character in 2023: Mastodon counts each."""

NEWEST = 40
CLOCKS_DIFFER = timedelta(minutes=2)
PAUSES_S = (0.25, 0.5, 1.0, 2.0, 3.0)
"""How long to wait for a picture that the server still works on."""


def length(text: str) -> int:
    """The length as Mastodon counts it: characters as people see them, a link 23, a mention without server.

    https://docs.joinmastodon.org/user/posting/#text, and the server's StatusLengthValidator.
    """
    counted, place = "", 0
    found = [(start, end, LINK_INSTEAD) for start, end in links(text)]
    for start, end, instead in sorted([*found, *_mentions(text)]):
        if start >= place:
            counted += text[place:start] + instead
            place = end
    return _characters(counted + text[place:])


def _characters(text: str) -> int:
    if text.isascii() and "\r" not in text:
        return len(text)
    return sum(1 + len(pattern(JOINED).findall(one)) for one in clusters(text))


def _mentions(text: str) -> Iterator[tuple[int, int, str]]:
    for found in pattern(MENTION).finditer(text):
        yield found.start(), found.end(), f"@{found[1]}"


ABOUT = About(
    label="Mastodon",
    settings={
        "server": Setting("The address of the account's server, such as https://mastodon.social"),
        "token": Setting(
            "An access token with the rights read, write:statuses and write:media (Preferences, Development)",
            secret=True,
        ),
        "visibility": Setting(
            "Who sees it: public, or unlisted (public, but in no timeline)", required=False
        ),
    },
    limits=PostLimits(
        length=length,
        longest=500,
        thread=20,
        images=4,
        image_bytes=16_000_000,
        media=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}),
        alt_longest=1_500,
        per_hour=100,
    ),
    keyed=True,
    finds=True,
    edits=True,
    withdraws=True,
    reads_back=True,
)


def opened(login: Login, *, wiring: Wiring) -> "Mastodon":
    """The account on its server."""
    return Mastodon(login.values, calls=WebCalls(wiring.web, wiring.clock))


class Mastodon:
    """One account on one server."""

    def __init__(self, values: Mapping[str, str], *, calls: WebCalls) -> None:
        self._calls = calls
        address = values["server"].strip().rstrip("/")
        self._server = address if "://" in address else f"https://{address}"
        self._token = values["token"].strip()
        self._visibility = values.get("visibility") or "public"

    def _call(self, method: str, path: str, *, key: str = "", **request: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        if key:
            headers["Idempotency-Key"] = key
        return self._calls(method, f"{self._server}{path}", headers=headers, **request).json()

    def _me(self) -> Mapping[str, Any]:
        me: Mapping[str, Any] = self._call("GET", "/api/v1/accounts/verify_credentials")
        return me

    def standing(self) -> Standing:
        """As whom it posts; a token does not expire by itself. Raises Denied."""
        me = self._me()
        return Standing(f"@{me['username']}@{urlsplit(self._server).hostname}", str(me["url"]))

    def refreshed(self) -> None:
        """Nothing is to be renewed: a token is good until somebody revokes it."""

    def publish(self, post: Post) -> Posted:
        """Posts with the key that the server remembers for an hour."""
        said = self._content(post) | {"visibility": self._visibility}
        if post.after:
            said["in_reply_to_id"] = post.after.id
        return _posted(self._call("POST", "/api/v1/statuses", key=post.key, json=said))

    def find(self, post: Post) -> Posted | None:
        """The newest post of the same text, in the same place of a thread, made since it was decided on."""
        mine = f"/api/v1/accounts/{self._me()['id']}/statuses"
        for status in self._call("GET", mine, params={"limit": NEWEST, "exclude_reblogs": "true"}):
            young = parse_rfc3339(status["created_at"]) >= post.made_at - CLOCKS_DIFFER
            after = post.after.id if post.after else None
            if (
                young
                and status["in_reply_to_id"] == after
                and self._source(status["id"]) == post.text.strip()
            ):
                return _posted(status)
        return None

    def _source(self, status_id: str) -> str:
        return str(self._call("GET", f"/api/v1/statuses/{status_id}/source")["text"])

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Changes the text and its pictures; who boosted or answered it is told by the server."""
        path = f"/api/v1/statuses/{posted.id}"
        return _posted(self._call("PUT", path, harmless=True, json=self._content(post)))

    def withdraw(self, posted: Posted) -> None:
        """Deletes the post, here and, as far as they listen, on all other servers."""
        try:
            self._call("DELETE", f"/api/v1/statuses/{posted.id}", harmless=True)
        except Gone:
            return

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """Favourites, boosts, and answers of others straight to each post."""
        found: dict[str, Reactions] = {}
        for one in posted:
            try:
                found[one.id] = self._reactions(one, since=since)
            except Gone:
                continue
        return found

    def _reactions(self, posted: Posted, *, since: datetime) -> Reactions:
        status = self._call("GET", f"/api/v1/statuses/{posted.id}")
        answers = self._answers(status) if status["replies_count"] else []
        fresh = tuple(one for one in answers if parse_rfc3339(one.at) > since)
        return Reactions(status["favourites_count"], status["reblogs_count"], len(answers), fresh)

    def _answers(self, status: Mapping[str, Any]) -> list[Reply]:
        return [
            Reply(
                one["id"], one["account"]["acct"], _plain(one["content"]), one["created_at"], one["url"] or ""
            )
            for one in self._call("GET", f"/api/v1/statuses/{status['id']}/context")["descendants"]
            if one["in_reply_to_id"] == status["id"] and one["account"]["id"] != status["account"]["id"]
        ]

    def _content(self, post: Post) -> dict[str, Any]:
        """What a reader gets. A language is two letters here; the card of a link the server makes itself."""
        said: dict[str, Any] = {"status": post.text, "language": post.language.partition("-")[0]}
        if post.images:
            said["media_ids"] = [self._uploaded(image) for image in post.images]
        return said

    def _uploaded(self, image: Image) -> str:
        """The id of a picture that is ready. Raises Retryable where the server works on it still."""
        name = f"picture.{image.mime.partition('/')[2]}"
        told = self._call(
            "POST",
            "/api/v2/media",
            harmless=True,
            read_timeout_s=30,
            files={"file": (name, image.data, image.mime)},
            data={"description": image.alt},
        )
        for pause in PAUSES_S:
            if told["url"]:
                return str(told["id"])
            time.sleep(pause)
            told = self._call("GET", f"/api/v1/media/{told['id']}")
        raise Retryable("MediaProcessing")


def _posted(status: Mapping[str, Any]) -> Posted:
    return Posted(str(status["id"]), str(status["url"] or status["uri"]))


def _plain(html: str) -> str:
    """The text of a post that its server gives as HTML."""
    import nh3

    lines = html.replace("</p><p>", "\n\n").replace("<br>", "\n").replace("<br />", "\n")
    return unescape(nh3.clean(lines, tags=set())).strip()
