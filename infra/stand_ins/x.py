"""X's API v2, from its documentation: https://docs.x.com/x-api, https://docs.x.com/resources/fundamentals.

One account, `@CityOfExample`, with an app that the agency registered.
"""

import base64
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from chalicelib.core.clock import parse_rfc3339
from infra.stand_ins.shown import Shown, ShownImage
from infra.stand_ins.transport import Clock, StandIn, json_response
from infra.stand_ins.x_documents import (
    ADA,
    ME,
    PROBLEMS,
    Tweet,
    forbidden,
    invalid,
    problem,
    shown,
    tweet_document,
)
from infra.stand_ins.x_length import weight, words_that_are_links

CLIENT_ID, CLIENT_SECRET = "x-app-of-the-city", "x-client-secret-0"
ACCESS_TOKEN, REFRESH_TOKEN = "x-access-token-0", "x-refresh-token-0"
TOKEN_LASTS = timedelta(hours=2)
DUPLICATE_FOR = timedelta(minutes=30)
"""X does not say for how long a text may not be repeated."""

POSTS_PER_WINDOW, WINDOW = 100, timedelta(minutes=15)
DAY = timedelta(days=1)


class X(StandIn):
    """X for one account; `tokens` are its access tokens and until when each is taken."""

    hosts: ClassVar[tuple[str, ...]] = ("api.x.com",)

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tokens: dict[str, datetime] = {ACCESS_TOKEN: clock() + timedelta(days=365)}
        self.refresh_token = REFRESH_TOKEN
        self.tweets: dict[str, Tweet] = {}
        self.media: dict[str, ShownImage] = {}
        self.searches = True
        self.capped = False
        self.per_day = 10_000
        self._rotations = 0
        self._made = 0

    def answer(self, request: Request) -> Response:
        """The provider's answer."""
        path = request.path.removeprefix("/2")
        if path == "/oauth2/token":
            return self._token(request)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(bearer, datetime.min.replace(tzinfo=self.clock().tzinfo)) <= self.clock():
            return json_response(
                {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, 401
            )
        if self.capped:
            return problem(429, "usage-capped", "UsageCapExceeded", "Usage cap exceeded: Monthly product cap")
        routes = {
            ("GET", "/users/me"): lambda: json_response({"data": ME}),
            ("POST", "/tweets"): lambda: self._post(request.get_json()),
            ("GET", "/tweets"): lambda: self._look_up(request),
            ("GET", f"/users/{ME['id']}/tweets"): lambda: self._timeline(request),
            ("GET", "/tweets/search/recent"): lambda: self._search(request),
            ("POST", "/media/upload"): lambda: self._upload(request),
            ("POST", "/media/metadata"): lambda: self._describe(request.get_json()),
        }
        if (request.method, path) in routes:
            return routes[request.method, path]()
        if request.method == "DELETE" and path.startswith("/tweets/"):
            return self._delete(path.rpartition("/")[2])
        return problem(404, "resource-not-found", "Not Found Error", "No such resource.")

    def _token(self, request: Request) -> Response:
        """RFC 6749, 6; X gives a new refresh token with each access token, and takes the old one no more."""
        basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != basic:
            return json_response(
                {"error": "unauthorized_client", "error_description": "Missing valid authorization header"},
                401,
            )
        form = request.form
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh_token:
            return json_response(
                {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
                400,
            )
        self._rotations += 1
        self.refresh_token = f"x-refresh-token-{self._rotations}"
        access = f"x-access-token-{self._rotations}"
        self.tokens[access] = self.clock() + TOKEN_LASTS
        return json_response(
            {
                "token_type": "bearer",
                "expires_in": int(TOKEN_LASTS.total_seconds()),
                "access_token": access,
                "scope": "tweet.read tweet.write users.read media.write offline.access",
                "refresh_token": self.refresh_token,
            }
        )

    def _post(self, body: dict[str, Any]) -> Response:
        text = unicodedata.normalize("NFC", str(body.get("text") or ""))
        media = list(body.get("media", {}).get("media_ids", ()))
        after = str(body.get("reply", {}).get("in_reply_to_tweet_id", ""))
        now = self.clock()
        if (often := self._too_often(now)) is not None:
            return often
        if not text.strip() and not media:
            return invalid("You must specify text or media.")
        if len(media) > 4 or not set(media) <= set(self.media):
            return invalid("Your media IDs are invalid.")
        if after and after not in self.tweets:
            return forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
        if weight(text) > 280:
            return forbidden("Your Tweet text is too long.")
        if any(
            one.text == text and now - one.at < DUPLICATE_FOR
            for one in self.tweets.values()
            if one.author is ME
        ):
            return forbidden("You are not allowed to create a Tweet with duplicate content.")
        made = self.write(text, media=media, after=after)
        return json_response({"data": {"id": made.id, "text": tweet_document(made)["text"]}}, 201)

    def _too_often(self, now: datetime) -> Response | None:
        """429 where the rate of a quarter of an hour, or of a day, is used up."""
        made = sorted(one.at for one in self.tweets.values() if one.author is ME)
        window = [at for at in made if now - at < WINDOW]
        day = [at for at in made if now - at < DAY]
        headers = {
            "x-rate-limit-limit": str(POSTS_PER_WINDOW),
            "x-rate-limit-remaining": str(max(0, POSTS_PER_WINDOW - len(window))),
            "x-rate-limit-reset": str(int(((window or [now])[0] + WINDOW).timestamp())),
            "x-user-limit-24hour-limit": str(self.per_day),
            "x-user-limit-24hour-remaining": str(max(0, self.per_day - len(day))),
            "x-user-limit-24hour-reset": str(int(((day or [now])[0] + DAY).timestamp())),
        }
        if len(window) < POSTS_PER_WINDOW and len(day) < self.per_day:
            return None
        document = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}
        return json_response({**document, "status": 429}, 429, headers)

    def write(
        self, text: str, *, author: dict[str, str] = ME, media: Sequence[str] = (), after: str = ""
    ) -> Tweet:
        """A post of anybody's."""
        self._made += 1
        made = Tweet(
            str(1_990_000_000_000_000_000 + self._made), author, text, self.clock(), list(media), after
        )
        for number, word in enumerate(words_that_are_links(text)):
            url = word if word.startswith("http") else f"http://{word}"
            made.links[f"https://t.co/{made.id[-4:]}{number:06}"] = url + ("/" if url.count("/") == 2 else "")
            made.links[word] = f"https://t.co/{made.id[-4:]}{number:06}"
        self.tweets[made.id] = made
        if after in self.tweets:
            self.tweets[after].metrics["reply_count"] += 1
        return made

    def _look_up(self, request: Request) -> Response:
        ids = request.args["ids"].split(",")
        if len(ids) > 100:
            return invalid("The number of values in the `ids` query parameter list is not between 1 and 100.")
        found = [tweet_document(self.tweets[one]) for one in ids if one in self.tweets]
        missing = [
            {"value": one, "title": "Not Found Error", "type": f"{PROBLEMS}resource-not-found"}
            for one in ids
            if one not in self.tweets
        ]
        return json_response({name: told for name, told in (("data", found), ("errors", missing)) if told})

    def _timeline(self, request: Request) -> Response:
        if not 5 <= int(request.args.get("max_results", 10)) <= 100:
            return invalid("The `max_results` query parameter value is not between 5 and 100.")
        return self._page([one for one in self.tweets.values() if one.author is ME], request)

    def _search(self, request: Request) -> Response:
        if not self.searches:
            return problem(
                403, "client-forbidden", "Client Forbidden", "Your plan has no access to this endpoint."
            )
        query = request.args["query"]
        if len(query) > 512 or _start(request, self.clock()) < self.clock() - timedelta(days=7):
            return invalid("One or more parameters to your request was invalid.")
        wanted = re.findall(r"in_reply_to_tweet_id:(\d+)", query)
        return self._page([one for one in self.tweets.values() if one.after in wanted], request)

    def _page(self, found: list[Tweet], request: Request) -> Response:
        start = _start(request, self.clock())
        told = [tweet_document(one) for one in reversed(found) if one.at >= start][
            : int(request.args["max_results"])
        ]
        page: dict[str, Any] = {"meta": {"result_count": len(told)}}
        if told:
            page |= {"data": told, "includes": {"users": [ME, ADA]}}
        return json_response(page)

    def _upload(self, request: Request) -> Response:
        file = request.files.get("media")
        if file is None or request.form.get("media_category") != "tweet_image":
            return invalid("media: required")
        data = file.read()
        if len(data) > 5_000_000 or request.form.get("media_type") not in {
            "image/png",
            "image/jpeg",
            "image/webp",
        }:
            return invalid("The media is too large, or of an unknown type.")
        media_id = str(1_880_000_000_000_000_000 + len(self.media))
        self.media[media_id] = ShownImage(data, request.form["media_type"], "")
        return json_response(
            {"data": {"id": media_id, "media_key": f"3_{media_id}", "expires_after_secs": 86_400}}
        )

    def _describe(self, body: dict[str, Any]) -> Response:
        alt = body.get("metadata", {}).get("alt_text", {}).get("text", "")
        if body.get("id") not in self.media or not 0 < len(alt) <= 1_000:
            return invalid("metadata.alt_text.text: from 1 to 1000 characters")
        known = self.media[body["id"]]
        self.media[body["id"]] = ShownImage(known.data, known.mime, alt)
        return json_response({"data": {"id": body["id"], "associated_metadata": {"alt_text": {"text": alt}}}})

    def _delete(self, tweet_id: str) -> Response:
        if self.tweets.get(tweet_id, None) is None:
            return problem(404, "resource-not-found", "Not Found Error", "No such post.")
        del self.tweets[tweet_id]
        return json_response({"data": {"deleted": True}})

    def shown(self) -> list[Shown]:
        """What people read on the account's page."""
        return [
            shown(one, [self.media[media] for media in one.media])
            for one in self.tweets.values()
            if one.author is ME
        ]


def _start(request: Request, now: datetime) -> datetime:
    start = request.args.get("start_time")
    return parse_rfc3339(start) if start else now - timedelta(days=7)
