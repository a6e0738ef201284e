"""Facebook Pages, by the Graph API in the name of one Page.

It knows no key, and refuses as a duplicate what was posted shortly before, so the Page's newest posts are
searched before a second try. A Page has no threads; a post can be changed.
https://developers.facebook.com/docs/pages-api/posts
"""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Throttled
from chalicelib.channels.platforms.base import (
    About,
    Denied,
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
from chalicelib.channels.web_call import WebCalls
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.web import Answer
from chalicelib.core.wiring import Wiring

VERSION = "v25.0"
API = f"https://graph.facebook.com/{VERSION}"
CLOCKS_APART = timedelta(minutes=2)
LONG_WAIT_S = 900
"""Its rates are counted over an hour that rolls on, and asking again prolongs it."""

ABOUT = About(
    label="Facebook Page",
    settings={
        "page_id": Setting("The Page's ID"),
        "page_token": Setting("The Page's access token, best one that a system user made", secret=True),
        "app_id": Setting("The ID of the app that made the token; with it, its end is known", required=False),
        "app_secret": Setting("The app's secret; calls are signed with it", secret=True, required=False),
    },
    limits=PostLimits(
        length=len,
        longest=63_206,
        images=10,
        image_bytes=4_000_000,
        media=frozenset({"image/jpeg", "image/png", "image/gif"}),
        alt_longest=1_000,  # Facebook does not say
    ),
    finds=True,
    edits=True,
    withdraws=True,
    reads_back=True,
)

DUPLICATE = "506"
GONE = "gone"
SUBCODES = {33: GONE, 458: "app-removed", 459: "checkpoint", 460: "password-changed", 463: "token-expired"}
# https://developers.facebook.com/docs/graph-api/guides/error-handling
MEANINGS: Mapping[str, type[ProviderError]] = {
    **{SUBCODES[subcode]: Denied for subcode in (458, 459, 460, 463)},
    **{str(code): Denied for code in (3, 10, 102, 190, 368, *range(200, 300))},
    **{str(code): Throttled for code in (4, 17, 32, 341, 613, 80_001, 80_002)},
    **dict.fromkeys((GONE, "803"), Gone),
    DUPLICATE: Refused,
}
# 1 and 2 are troubles of its own, whatever the status.
READING = {**MEANINGS, "1": Retryable, "2": Retryable}
WRITING = {**MEANINGS, "1": Ambiguous, "2": Ambiguous}


def opened(login: Login, *, wiring: Wiring) -> "Facebook":
    """One Page."""
    return Facebook(
        login,
        reading=WebCalls(wiring.web, wiring.clock, code=_code, meanings=READING),
        writing=WebCalls(wiring.web, wiring.clock, code=_code, meanings=WRITING),
    )


def _code(answer: Answer) -> str:
    error = answer.json()["error"]
    return SUBCODES.get(error.get("error_subcode"), str(error["code"]))


class Facebook:
    """One Page."""

    def __init__(self, login: Login, *, reading: WebCalls, writing: WebCalls) -> None:
        self._page = login.values["page_id"]
        self._token = login.values["page_token"]
        self._app = login.values.get("app_id", "")
        self._secret = login.values.get("app_secret", "")
        self._reading = reading
        self._writing = writing

    def _call(self, method: str, path: str, *, harmless: bool = False, **request: Any) -> Any:
        calls = self._reading if harmless or method == "GET" else self._writing
        params = dict(request.pop("params", {}))
        if self._secret:
            params["appsecret_proof"] = proof(self._token, self._secret)
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            answer = calls(
                method, f"{API}/{path}", headers=headers, params=params, harmless=harmless, **request
            )
        except Throttled as error:
            raise Throttled(error.code, retry_after_s=error.retry_after_s or LONG_WAIT_S) from error
        return answer.json()

    def standing(self) -> Standing:
        """As which Page it posts, and until when, where the app's ID and secret are given."""
        try:
            page = self._call("GET", self._page, params={"fields": "name,link"})
        except Gone as error:
            raise Denied("no-such-page") from error
        return Standing(page["name"], page.get("link", ""), self._ends())

    def _ends(self) -> datetime | None:
        """When the token or what it may read ends, whichever is sooner (0: never)."""
        if not (self._app and self._secret):
            return None
        calls = self._reading
        params = {"input_token": self._token, "access_token": f"{self._app}|{self._secret}"}
        told = calls("GET", f"{API}/debug_token", params=params).json()["data"]
        if not told["is_valid"]:
            raise Denied("token-invalid")
        ends = [told.get(name) for name in ("expires_at", "data_access_expires_at")]
        return min((datetime.fromtimestamp(one, UTC) for one in ends if one), default=None)

    def refreshed(self) -> None:
        """A Page's token is not renewed by itself: staff make another."""
        return

    def publish(self, post: Post) -> Posted:
        """Posts; what Facebook calls a duplicate of this very post is this post."""
        form: dict[str, Any] = {"message": post.text, "published": "true"}
        for number, image in enumerate(post.images):
            form[f"attached_media[{number}]"] = json.dumps({"media_fbid": self._uploaded(image)})
        if post.card and not post.images:
            form["link"] = post.card.url
        try:
            return _posted(self._call("POST", f"{self._page}/feed", data=form)["id"])
        except Gone as error:
            raise Denied("no-such-page") from error
        except Refused as error:
            found = self.find(post) if error.code == DUPLICATE else None
            if found is None:
                raise
            return found

    def _uploaded(self, image: Image) -> str:
        """A picture that nobody sees before a post shows it."""
        form = {"published": "false", **({"alt_text_custom": image.alt} if image.alt else {})}
        files = {"source": ("image", image.data, image.mime)}
        photo = self._call("POST", f"{self._page}/photos", data=form, files=files, harmless=True)
        return str(photo["id"])

    def find(self, post: Post) -> Posted | None:
        """The same text among the Page's hundred newest posts since it was decided on."""
        since = post.made_at - CLOCKS_APART
        params = {"fields": "message,created_time", "since": int(since.timestamp()), "limit": 100}
        wanted = _compared(post.text)
        for one in self._call("GET", f"{self._page}/feed", params=params)["data"]:
            if _compared(one.get("message", "")) == wanted and parse_rfc3339(one["created_time"]) >= since:
                return _posted(one["id"])
        return None

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Changes a post's text; its pictures stay."""
        self._call("POST", posted.id, data={"message": post.text}, harmless=True)
        return posted

    def withdraw(self, posted: Posted) -> None:
        """Deletes a post."""
        try:
            self._call("DELETE", posted.id, harmless=True)
        except Gone:
            return

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """Reactions of every kind as likes, shares, and comments; what was written, where it may be read."""
        fields = "reactions.limit(0).summary(true),comments.limit(0).summary(true),shares"
        found: dict[str, Reactions] = {}
        for one in posted:
            try:
                told = self._call("GET", one.id, params={"fields": fields})
            except Gone:
                continue
            comments = told["comments"]["summary"]["total_count"]
            found[one.id] = Reactions(
                likes=told["reactions"]["summary"]["total_count"],
                shares=told.get("shares", {}).get("count", 0),
                replies=comments,
                answers=self._answers(one, since=since) if comments else (),
            )
        return found

    def _answers(self, posted: Posted, *, since: datetime) -> tuple[Reply, ...]:
        """The comments on a post since a moment; none where the token may not read them."""
        params = {
            "fields": "from,message,created_time,permalink_url",
            "filter": "stream",
            "since": int(since.timestamp()),
            "limit": 100,
        }
        try:
            comments = self._call("GET", f"{posted.id}/comments", params=params)["data"]
        except (Denied, Refused):
            return ()
        return tuple(
            Reply(
                id=one["id"],
                author=one.get("from", {}).get("name", "somebody"),
                text=one.get("message", ""),
                at=rfc3339(parse_rfc3339(one["created_time"])),
                url=one.get("permalink_url", ""),
            )
            for one in comments
            if parse_rfc3339(one["created_time"]) > since and one.get("from", {}).get("id") != self._page
        )


def proof(token: str, secret: str) -> str:
    """`appsecret_proof`: https://developers.facebook.com/docs/graph-api/guides/secure-requests."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def _posted(post_id: str) -> Posted:
    return Posted(post_id, f"https://www.facebook.com/{post_id}")


def _compared(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
