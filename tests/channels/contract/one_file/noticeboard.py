"""A platform of one file, as docs/channels.md has it: the notice board of a town."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.channels.platforms.base import (
    About,
    Gone,
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
from chalicelib.core.web import Answer
from chalicelib.core.wiring import Wiring

BOARD = "https://board.example/notices"

ABOUT = About(
    label="Notice board",
    settings={"pin": Setting("The pin of the board's key holder", secret=True)},
    limits=PostLimits(length=len, longest=200, thread=20, images=2, image_bytes=10_000, alt_longest=200),
    keyed=True,
    finds=True,
    edits=True,
    withdraws=True,
    reads_back=True,
)


def opened(login: Login, *, wiring: Wiring) -> "NoticeBoard":
    """The board of one account."""
    return NoticeBoard(WebCalls(wiring.web, wiring.clock, code=_code), login.values["pin"])


def _code(answer: Answer) -> str:
    return str(answer.json()["error"])


class NoticeBoard:
    """One account on the board."""

    def __init__(self, calls: WebCalls, pin: str) -> None:
        self._calls = calls
        self._headers = {"Authorization": f"Pin {pin}"}

    def _call(self, method: str, url: str, **request: Any) -> Any:
        return self._calls(method, url, headers=self._headers, **request).json()

    def standing(self) -> Standing:
        """Asks the board who the pin belongs to."""
        return Standing(self._call("GET", f"{BOARD}/me")["name"])

    def refreshed(self) -> Mapping[str, str] | None:
        """A pin does not expire."""
        return None

    def publish(self, post: Post) -> Posted:
        """Pins a notice; the board takes each key once."""
        return _posted(self._call("POST", BOARD, json={"key": post.key, **_content(post)}))

    def find(self, post: Post) -> Posted | None:
        """The notice of a key."""
        found = self._call("GET", BOARD, params={"key": post.key})
        return _posted(found[0]) if found else None

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Writes another notice over it."""
        return _posted(self._call("PUT", f"{BOARD}/{posted.id}", json=_content(post)))

    def withdraw(self, posted: Posted) -> None:
        """Takes a notice down."""
        try:
            self._call("DELETE", f"{BOARD}/{posted.id}")
        except Gone:
            return

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """What is scribbled below the notices."""
        found: dict[str, Reactions] = {}
        for one in posted:
            try:
                notice = self._call("GET", f"{BOARD}/{one.id}")
            except Gone:
                continue
            answers = [Reply(**answer) for answer in notice["answers"]]
            fresh = tuple(answer for answer in answers if parse_rfc3339(answer.at) > since)
            found[one.id] = Reactions(notice["likes"], notice["shares"], len(answers), fresh)
        return found


def _content(post: Post) -> dict[str, Any]:
    return {
        "text": post.text,
        "language": post.language,
        "after": post.after.id if post.after else "",
        "images": [
            {"data": base64.b64encode(one.data).decode(), "mime": one.mime, "alt": one.alt}
            for one in post.images
        ],
    }


def _posted(notice: Mapping[str, Any]) -> Posted:
    return Posted(notice["id"], notice["url"])
