"""Mastodon, from its documentation: https://docs.joinmastodon.org/methods/.

It refuses as a server does: wrong tokens (401), missing rights (403), what is not there (404), texts over 500
(422), wrong or used pictures (422), too many calls (429). A key is remembered for an hour.
"""

import re
from datetime import datetime, timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from chalicelib.core.clock import rfc3339
from infra.stand_ins.mastodon_documents import (
    ALT_LONGEST,
    HOST,
    IMAGE_BYTES,
    LONGEST,
    Account,
    Media,
    Status,
    account_document,
    media_document,
    shown,
    status_document,
)
from infra.stand_ins.mastodon_text import length
from infra.stand_ins.shown import Shown
from infra.stand_ins.transport import Clock, StandIn, json_response

TOKEN = "mastodon-Q7x2-token"  # noqa: S105 - opens nothing but this
RATES = (
    ("", "/", 300, timedelta(minutes=5)),
    ("POST", "/api/v1/statuses", 300, timedelta(hours=3)),
    ("POST", "/api/v2/media", 30, timedelta(minutes=30)),
    ("DELETE", "/api/v1/statuses", 30, timedelta(minutes=30)),
)
"""How many calls of a method (any, if empty), to what begins so, are taken within a time."""

KEY_LIFE = timedelta(hours=1)


class Mastodon(StandIn):
    """One server with the agency's account. `media_waits`: how often a new picture is not ready yet."""

    hosts: ClassVar[tuple[str, ...]] = (HOST, f"*.{HOST}")

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.city = Account("1", "city", TOKEN)
        self.statuses: dict[str, Status] = {}
        self.media: dict[str, Media] = {}
        self.media_waits = 0
        self._keys: dict[str, tuple[datetime, str]] = {}
        self._calls: list[tuple[datetime, str, str]] = []
        self._made = 108_000

    # What people do there.

    def answered(self, status_id: str, by: Account, text: str) -> Status:
        """Somebody answers a post."""
        return self._new(by, text, language="en", visibility="public", after=status_id, media=[])

    def shown(self) -> list[Shown]:
        """The posts of the agency."""
        return [shown(one, self.media) for one in self.statuses.values() if one.account is self.city]

    # HTTP.

    def answer(self, request: Request) -> Response:
        """The server's answer."""
        reset = self._begins_anew(request)
        if reset:
            headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": rfc3339(reset)}
            return json_response({"error": "Too many requests"}, 429, headers)
        if request.headers.get("Authorization") != f"Bearer {self.city.token}":
            return json_response({"error": "The access token is invalid"}, 401)
        return self._routed(request)

    def _begins_anew(self, request: Request) -> datetime | None:
        """When a rate that this call exceeds begins anew; else the call counts."""
        now = self.clock()
        for method, path, most, within in RATES:
            if request.method.startswith(method) and request.path.startswith(path):
                spent = [
                    at
                    for at, how, where in self._calls
                    if at > now - within and how.startswith(method) and where.startswith(path)
                ]
                if len(spent) >= most:
                    return spent[0] + within
        self._calls.append((now, request.method, request.path))
        return None

    def _routed(self, request: Request) -> Response:
        routes = (
            ("GET", r"/api/v1/accounts/verify_credentials", "read", self._verify),
            ("GET", rf"/api/v1/accounts/{self.city.id}/statuses", "read", self._list),
            ("POST", r"/api/v1/statuses", "write:statuses", self._create),
            ("GET", r"/api/v1/statuses/(\d+)", "read", self._read),
            ("PUT", r"/api/v1/statuses/(\d+)", "write:statuses", self._edit),
            ("DELETE", r"/api/v1/statuses/(\d+)", "write:statuses", self._delete),
            ("GET", r"/api/v1/statuses/(\d+)/source", "read", self._source),
            ("GET", r"/api/v1/statuses/(\d+)/context", "read", self._context),
            ("POST", r"/api/v2/media", "write:media", self._upload),
            ("GET", r"/api/v1/media/(\d+)", "write:media", self._media),
        )
        for method, path, right, act in routes:
            found = re.fullmatch(path, request.path)
            if found and method == request.method:
                if right not in self.city.rights:
                    return json_response({"error": "This action is outside the authorized scopes"}, 403)
                return act(request, *found.groups())
        return json_response({"error": "Record not found"}, 404)

    def _verify(self, _request: Request) -> Response:
        return json_response(account_document(self.city))

    def _list(self, request: Request) -> Response:
        mine = [one for one in self.statuses.values() if one.account is self.city]
        newest = sorted(mine, key=lambda one: int(one.id), reverse=True)
        return json_response(
            [self._told(one) for one in newest[: min(int(request.args.get("limit", 20)), 40)]]
        )

    def _create(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key")
        told = request.get_json()
        if key and key in self._keys and self._keys[key][0] > self.clock() - KEY_LIFE:
            first = self.statuses.get(self._keys[key][1])
            return json_response(self._told(first)) if first else _missing()
        after = told.get("in_reply_to_id")
        if after is not None and str(after) not in self.statuses:
            return json_response(
                {"error": "The post you are trying to reply to does not appear to exist."}, 404
            )
        refusal = self._refusal(told, own="") or self._unseen(told)
        if refusal:
            return _invalid(refusal)
        status = self._new(
            self.city,
            told["status"].strip(),
            language=_language(told.get("language")),
            visibility=told.get("visibility", "public"),
            after=after,
            media=told.get("media_ids", []),
        )
        if key:
            self._keys[key] = self.clock(), status.id
        return json_response(self._told(status))

    def _new(self, by: Account, text: str, **more: Any) -> Status:
        self._made += 1
        status = Status(str(self._made), by, text, self.clock(), **more)
        for one in status.media:
            self.media[one].used = status.id
        self.statuses[status.id] = status
        return status

    def _refusal(self, told: dict[str, Any], *, own: str) -> str:
        """Why a status is not taken; `own`: the id of the status that is changed."""
        text, media = told.get("status", "").strip(), told.get("media_ids", [])
        if not text and not media:
            return "Text can't be blank"
        if length(text) > LONGEST:
            return f"Text character limit of {LONGEST} exceeded"
        if len(media) > 4:
            return "Cannot attach more than 4 files"
        found = [self.media.get(one) for one in media]
        if any(one is None or one.used not in ("", own) for one in found):
            return "Media attachment is not found or used elsewhere"
        if any(one and one.waits for one in found):
            return "Cannot attach files that have not finished processing. Try again in a moment!"
        return ""

    def _unseen(self, told: dict[str, Any]) -> str:
        known = told.get("visibility", "public") in {"public", "unlisted", "private", "direct"}
        return "" if known else "Visibility is not included in the list"

    def _read(self, _request: Request, status_id: str) -> Response:
        status = self.statuses.get(status_id)
        return json_response(self._told(status)) if status else _missing()

    def _edit(self, request: Request, status_id: str) -> Response:
        status, told = self.statuses.get(status_id), request.get_json()
        if status is None or status.account is not self.city:
            return _missing()
        refusal = self._refusal(told, own=status_id)
        if refusal:
            return _invalid(refusal)
        status.text, status.media = told["status"].strip(), told.get("media_ids", [])
        status.language = _language(told.get("language")) or status.language
        status.edited = self.clock()
        for one in status.media:
            self.media[one].used = status_id
        return json_response(self._told(status))

    def _delete(self, _request: Request, status_id: str) -> Response:
        status = self.statuses.get(status_id)
        if status is None or status.account is not self.city:
            return _missing()
        del self.statuses[status_id]
        return json_response(self._told(status) | {"text": status.text})

    def _source(self, _request: Request, status_id: str) -> Response:
        status = self.statuses.get(status_id)
        return (
            json_response({"id": status_id, "text": status.text, "spoiler_text": ""})
            if status
            else _missing()
        )

    def _context(self, _request: Request, status_id: str) -> Response:
        if status_id not in self.statuses:
            return _missing()
        below, found = {status_id}, []
        for one in self.statuses.values():
            if one.after in below:
                below.add(one.id)
                found.append(self._told(one))
        return json_response({"ancestors": [], "descendants": found})

    def _upload(self, request: Request) -> Response:
        file, alt = request.files.get("file"), request.form.get("description", "")
        data = file.read() if file else b""
        if not file or not _is_picture(data, file.mimetype) or len(data) > IMAGE_BYTES:
            return _invalid("File content type is invalid, File is invalid")
        if len(alt) > ALT_LONGEST:
            return _invalid(f"Description is too long (maximum is {ALT_LONGEST} characters)")
        self._made += 1
        media = Media(str(self._made), data, file.mimetype, alt, waits=self.media_waits)
        self.media[media.id] = media
        return json_response(media_document(media), 202 if media.waits else 200)

    def _media(self, _request: Request, media_id: str) -> Response:
        media = self.media.get(media_id)
        if media is None:
            return _missing()
        media.waits = max(0, media.waits - 1)
        return json_response(media_document(media), 206 if media.waits else 200)

    def _told(self, status: Status) -> dict[str, Any]:
        answers = sum(1 for one in self.statuses.values() if one.after == status.id)
        return status_document(status, self.media, answers=answers)


def _missing() -> Response:
    return json_response({"error": "Record not found"}, 404)


def _invalid(why: str) -> Response:
    return json_response({"error": f"Validation failed: {why}"}, 422)


def _language(told: str | None) -> str | None:
    """The language as the server keeps it; one that it does not know is passed over."""
    return told if told and re.fullmatch(r"[a-z]{2,3}", told) else None


def _is_picture(data: bytes, mime: str) -> bool:
    heads = {
        "image/png": b"\x89PNG",
        "image/jpeg": b"\xff\xd8\xff",
        "image/gif": b"GIF8",
        "image/webp": b"RIFF",
    }
    return mime in heads and data.startswith(heads[mime])
