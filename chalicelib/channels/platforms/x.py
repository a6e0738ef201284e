"""X, by its API v2 in the name of one account (OAuth 2.0).

It knows no key, and refuses as a duplicate what was posted shortly before, so the newest posts are searched
before a second try. Only some accounts may change posts, and not for long: what is corrected is posted anew.
https://docs.x.com/x-api
"""

import base64
import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

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
from chalicelib.channels.weighted import LONGEST, links, weighted_length
from chalicelib.core.clock import Clock, parse_rfc3339, rfc3339
from chalicelib.core.web import Answer
from chalicelib.core.wiring import Wiring

API = "https://api.x.com/2"
SEARCHED = timedelta(days=7)
"""How far back the search for replies goes."""

CLOCKS_APART = timedelta(minutes=2)

ABOUT = About(
    label="X",
    settings={
        "client_id": Setting("The client ID of the app at X (OAuth 2.0)"),
        "client_secret": Setting(
            "Its client secret, where it is a confidential one", secret=True, required=False
        ),
        "access_token": Setting("The access token of the account that posts", secret=True),
        "refresh_token": Setting("Its refresh token (scope `offline.access`)", secret=True),
    },
    limits=PostLimits(
        length=weighted_length,
        longest=LONGEST,
        thread=25,
        images=4,
        image_bytes=5_000_000,
        media=frozenset({"image/jpeg", "image/png", "image/webp"}),
        alt_longest=1_000,
        per_hour=100,  # 2,400 a day, in parts of half an hour
    ),
    finds=True,
    withdraws=True,
    reads_back=True,
)

# What X says in a sentence only (`"type": "about:blank"`).
DETAILS = {
    "duplicate content": "duplicate-content",
    "too long": "text-too-long",
    "deleted or not visible": "reply-to-gone",
}
# https://docs.x.com/x-api/fundamentals/response-codes-and-errors
MEANINGS = {
    "402": Denied,  # the plan's credits are used up
    "duplicate-content": Refused,
    "reply-to-gone": Refused,
    "text-too-long": Refused,
    "usage-capped": Denied,  # the plan's month is used up: to wait an hour does not help
}


def opened(login: Login, *, wiring: Wiring) -> "X":
    """One account on X."""
    return X(login, WebCalls(wiring.web, wiring.clock, code=_code, meanings=MEANINGS), clock=wiring.clock)


def _code(answer: Answer) -> str:
    document = answer.json()
    name = str(document.get("type", "")).rpartition("/problems/")[2]
    if name and name != "about:blank":
        return name
    detail = str(document.get("detail", ""))
    return next((code for words, code in DETAILS.items() if words in detail), "")


class X:
    """One account on X."""

    def __init__(self, login: Login, calls: WebCalls, *, clock: Clock) -> None:
        self._values = login.values
        self._calls = calls
        self._clock = clock

    def _call(self, method: str, path: str, **request: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._values['access_token']}"}
        return self._calls(method, API + path, headers=headers, **request).json()

    def standing(self) -> Standing:
        """As whom it posts. Its access token lasts two hours and is renewed before."""
        me = self._me()
        return Standing(f"@{me['username']}", f"https://x.com/{me['username']}")

    def _me(self) -> Any:
        return self._call("GET", "/users/me")["data"]

    def refreshed(self) -> Mapping[str, str]:
        """A new access token, and the new refresh token with it: X takes each of those once."""
        form = {"grant_type": "refresh_token", "refresh_token": self._values["refresh_token"]}
        headers = {}
        if secret := self._values.get("client_secret"):
            headers["Authorization"] = _basic(self._values["client_id"], secret)
        else:
            form["client_id"] = self._values["client_id"]
        calls = WebCalls(self._calls.web, self._clock, code=_oauth_code, meanings={"400": Denied})
        fresh = calls("POST", f"{API}/oauth2/token", data=form, headers=headers).json()
        return {name: str(fresh[name]) for name in ("access_token", "refresh_token")}

    def publish(self, post: Post) -> Posted:
        """Posts; what X calls a duplicate of this very post is this post."""
        body: dict[str, Any] = {"text": post.text}
        if post.images:
            body["media"] = {"media_ids": [self._uploaded(image) for image in post.images]}
        if post.after:
            body["reply"] = {"in_reply_to_tweet_id": post.after.id}
        try:
            return _posted(self._call("POST", "/tweets", json=body)["data"]["id"], post)
        except Refused as error:
            found = self.find(post) if error.code == "duplicate-content" else None
            if found is None:
                raise
            return found

    def _uploaded(self, image: Image) -> str:
        upload = self._call(
            "POST",
            "/media/upload",
            data={"media_category": "tweet_image", "media_type": image.mime},
            files={"media": ("image", image.data, image.mime)},
            harmless=True,
        )
        media_id = str(upload["data"]["id"])
        if image.alt:
            alt = {"id": media_id, "metadata": {"alt_text": {"text": image.alt}}}
            self._call("POST", "/media/metadata", json=alt, harmless=True)
        return media_id

    def find(self, post: Post) -> Posted | None:
        """The same text, in answer to the same post, among the hundred newest since it was decided on."""
        params = {
            "max_results": 100,
            "exclude": "retweets",
            "start_time": _second(post.made_at - CLOCKS_APART),
            "tweet.fields": "entities,referenced_tweets",
        }
        found = self._call("GET", f"/users/{self._me()['id']}/tweets", params=params)
        wanted, after = _compared(post.text), post.after.id if post.after else ""
        for one in found.get("data", ()):
            if _answered(one) == after and _compared(_as_written(one)) == wanted:
                return _posted(one["id"], post)
        return None

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Posts stay as they are."""
        del posted, post
        raise Refused("no-edits")

    def withdraw(self, posted: Posted) -> None:
        """Deletes a post."""
        try:
            self._call("DELETE", f"/tweets/{posted.id}", harmless=True)
        except Gone:
            return

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """Likes, reposts with quotes, and replies without those of the account's own thread.

        What was answered is told where the account's plan has the search, and of the last seven days.
        """
        metrics: dict[str, Any] = {}
        for some in _batches([one.id for one in posted], 100):
            params = {"ids": ",".join(some), "tweet.fields": "public_metrics"}
            told = self._call("GET", "/tweets", params=params).get("data", ())
            metrics |= {one["id"]: one["public_metrics"] for one in told}
        own = [one.more.get("after", "") for one in posted if one.id in metrics]
        replied = {one: told["reply_count"] - own.count(one) for one, told in metrics.items()}
        answers = self._answers([one for one, count in replied.items() if count > 0], posted, since=since)
        return {
            one: Reactions(
                likes=told["like_count"],
                shares=told["retweet_count"] + told.get("quote_count", 0),
                replies=max(0, replied[one]),
                answers=tuple(answers.get(one, ())),
            )
            for one, told in metrics.items()
        }

    def _answers(
        self, ids: Sequence[str], posted: Sequence[Posted], *, since: datetime
    ) -> dict[str, list[Reply]]:
        """The replies to posts since a moment; none where the plan does not let the account search."""
        own = {one.id for one in posted}
        found: dict[str, list[Reply]] = {}
        start = max(since, self._clock() - SEARCHED + CLOCKS_APART)
        for some in _batches(ids, 10):  # a query has up to 512 characters
            params = {
                "query": " OR ".join(f"in_reply_to_tweet_id:{one}" for one in some),
                "max_results": 100,
                "start_time": _second(start),
                "tweet.fields": "created_at,referenced_tweets",
                "expansions": "author_id",
                "user.fields": "username",
            }
            try:
                page = self._call("GET", "/tweets/search/recent", params=params)
            except (Denied, Refused):
                return {}
            names = {one["id"]: one["username"] for one in page.get("includes", {}).get("users", ())}
            for one in page.get("data", ()):
                if one["id"] not in own and parse_rfc3339(one["created_at"]) > since:
                    found.setdefault(_answered(one), []).append(_reply(one, names))
        return found


def _oauth_code(answer: Answer) -> str:
    """RFC 6749, 5.2."""
    return str(answer.json()["error"])


def _basic(name: str, secret: str) -> str:
    """RFC 7617."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def _batches(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _posted(post_id: Any, post: Post) -> Posted:
    more = {"after": post.after.id} if post.after else {}
    return Posted(str(post_id), f"https://x.com/i/web/status/{post_id}", more)


def _reply(one: Mapping[str, Any], names: Mapping[str, str]) -> Reply:
    name = names.get(one["author_id"], "")
    return Reply(
        id=one["id"],
        author=f"@{name}" if name else one["author_id"],
        text=html.unescape(one["text"]),
        at=rfc3339(parse_rfc3339(one["created_at"])),
        url=f"https://x.com/i/web/status/{one['id']}",
    )


def _answered(one: Mapping[str, Any]) -> str:
    """The id of the post that another one answers; empty where it answers none."""
    told = one.get("referenced_tweets", ())
    return next((str(other["id"]) for other in told if other["type"] == "replied_to"), "")


def _second(moment: datetime) -> str:
    """X takes whole seconds only."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _as_written(one: Mapping[str, Any]) -> str:
    """A post's text as it was given: X tells it with `t.co` links, one more for its pictures, and escaped."""
    text = html.unescape(one["text"])
    for link in one.get("entities", {}).get("urls", ()):
        text = text.replace(link["url"], "" if "media_key" in link else link["expanded_url"], 1)
    return text


def _compared(text: str) -> str:
    """A text for comparing: links by host and path, spaces as one, NFC."""
    text = unicodedata.normalize("NFC", text)
    parts, place = [], 0
    for start, end in links(text):
        parts += [text[place:start], _link(text[start:end])]
        place = end
    return re.sub(r"\s+", " ", "".join([*parts, text[place:]])).strip()


def _link(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}#{parts.fragment}"
