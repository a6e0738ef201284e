"""Facebook's Graph API for one Page, from its documentation.

https://developers.facebook.com/docs/pages-api/posts
https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

import hashlib
import hmac
import html
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from infra.stand_ins.shown import Shown, ShownCard, ShownImage
from infra.stand_ins.transport import Clock, StandIn, json_response

APP_ID, APP_SECRET = "518104923", "facebook-app-secret-0"
PAGE_ID, PAGE_NAME, PAGE_TOKEN = "20531316728", "City of Example", "facebook-page-token-0"
LONGEST = 63_206
DUPLICATE_FOR = timedelta(minutes=30)
"""Facebook does not say for how long a text may not be repeated."""

CALLS_PER_HOUR = 4_800


@dataclass
class Entry:
    """A post of the Page, or a comment on one (`on`)."""

    id: str
    text: str
    at: datetime
    author: str = PAGE_NAME
    on: str = ""
    link: str = ""
    photos: list[str] = field(default_factory=list)
    edited: datetime | None = None
    reactions: int = 0
    shares: int = 0


class Refusal(Exception):
    """What the Graph API refuses: its code, subcode and status."""

    def __init__(self, code: int, message: str, *, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.subcode, self.status = code, subcode, status


class Facebook(StandIn):
    """One Page. `ends`: when its token does; `needs_proof`: the app takes signed calls only."""

    hosts: ClassVar[tuple[str, ...]] = ("graph.facebook.com",)

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.token = PAGE_TOKEN
        self.ends: datetime | None = None
        self.data_ends = clock() + timedelta(days=90)
        self.needs_proof = False
        self.reads_comments = True
        self.entries: dict[str, Entry] = {}
        self.photos: dict[str, ShownImage] = {}
        self._calls: list[datetime] = []
        self._made = 0

    def answer(self, request: Request) -> Response:
        """The provider's answer."""
        try:
            return json_response(self._answer(request))
        except Refusal as refusal:
            error = {
                "message": f"(#{refusal.code}) {refusal}",
                "type": "OAuthException",
                "code": refusal.code,
                "fbtrace_id": "AbCdEf",
            }
            if refusal.subcode:
                error["error_subcode"] = refusal.subcode
            return json_response({"error": error}, refusal.status)

    def _answer(self, request: Request) -> Any:
        version, _, path = request.path.lstrip("/").partition("/")
        if not re.fullmatch(r"v\d+\.\d+", version):
            raise Refusal(2500, "Unknown path components")
        if path == "debug_token":
            return self._debug(request)
        self._let_in(request)
        first, _, edge = path.partition("/")
        if first == PAGE_ID:
            return self._page(request, edge)
        if first not in self.entries:
            message = f"Unsupported {request.method.lower()} request. Object with ID '{first}' does not exist"
            raise Refusal(100, message, subcode=33)
        return self._entry(request, self.entries[first], edge)

    def _let_in(self, request: Request) -> None:
        now = self.clock()
        if self._bearer(request) != self.token:
            raise Refusal(190, "Invalid OAuth access token.", subcode=467, status=401)
        if self.ends and self.ends <= now:
            raise Refusal(190, "Error validating access token: Session has expired", subcode=463, status=401)
        expected = hmac.new(APP_SECRET.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        given = request.args.get("appsecret_proof")
        if (given or self.needs_proof) and given != expected:
            raise Refusal(100, "Invalid appsecret_proof provided in the API argument")
        self._calls = [one for one in self._calls if now - one < timedelta(hours=1)] + [now]
        if len(self._calls) > CALLS_PER_HOUR:
            raise Refusal(32, "Page request limit reached", status=403)

    @staticmethod
    def _bearer(request: Request) -> str:
        header = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return header or request.values.get("access_token", "")

    def _debug(self, request: Request) -> dict[str, Any]:
        if self._bearer(request) != f"{APP_ID}|{APP_SECRET}":
            raise Refusal(190, "Invalid OAuth access token signature.", status=401)
        valid = request.args["input_token"] == self.token and not (self.ends and self.ends <= self.clock())
        return {
            "data": {
                "app_id": APP_ID,
                "type": "PAGE",
                "is_valid": valid,
                "expires_at": int(self.ends.timestamp()) if self.ends else 0,
                "data_access_expires_at": int(self.data_ends.timestamp()),
                "scopes": ["pages_manage_posts", "pages_read_engagement", "pages_read_user_content"],
            }
        }

    def _page(self, request: Request, edge: str) -> Any:
        if (request.method, edge) == ("GET", ""):
            return {"id": PAGE_ID, "name": PAGE_NAME, "link": f"https://www.facebook.com/{PAGE_ID}"}
        if (request.method, edge) == ("GET", "feed"):
            return self._feed(request)
        if (request.method, edge) == ("POST", "feed"):
            return self._post(request)
        if (request.method, edge) == ("POST", "photos"):
            return self._photo(request)
        raise Refusal(100, f"Tried accessing nonexisting field ({edge})")

    def _feed(self, request: Request) -> Any:
        since = datetime.fromtimestamp(int(request.args.get("since", 0)), UTC)
        found = [one for one in self.entries.values() if not one.on and one.at >= since]
        return {"data": [_told(one) for one in reversed(found)][: int(request.args.get("limit", 25))]}

    def _post(self, request: Request) -> Any:
        form = request.form
        text, link = form.get("message", ""), form.get("link", "")
        photos = [json.loads(form[name])["media_fbid"] for name in form if name.startswith("attached_media[")]
        if not (text.strip() or link or photos):
            raise Refusal(100, "Missing message or attachment")
        if link and (photos or not link.startswith(("http://", "https://"))):
            raise Refusal(100, "Invalid parameter: link")
        if not set(photos) <= set(self.photos):
            raise Refusal(100, "Invalid parameter: attached_media")
        _fits(text)
        if any(
            one.text == text and not one.on and self.clock() - one.at < DUPLICATE_FOR
            for one in self.entries.values()
        ):
            raise Refusal(506, "Duplicate status message")
        return {"id": self.write(text, link=link, photos=photos).id}

    def write(self, text: str, *, on: str = "", **more: Any) -> Entry:
        """A post of the Page's, or a comment of somebody's."""
        self._made += 1
        head = on.partition("_")[2] if on else PAGE_ID
        entry = Entry(f"{head}_{122_000_000_000 + self._made}", text, self.clock(), on=on, **more)
        self.entries[entry.id] = entry
        return entry

    def _photo(self, request: Request) -> Any:
        file = request.files.get("source")
        data = file.read() if file else b""
        if file is None or not data or len(data) > 4_000_000 or not file.mimetype.startswith("image/"):
            raise Refusal(324, "Missing or invalid image file")
        if request.form.get("published") != "false":
            raise Refusal(100, "A photo that is to be attached must not be published")
        photo_id = str(988_000_000 + len(self.photos))
        self.photos[photo_id] = ShownImage(data, file.mimetype, request.form.get("alt_text_custom", ""))
        return {"id": photo_id}

    def _entry(self, request: Request, entry: Entry, edge: str) -> Any:
        if request.method == "DELETE":
            del self.entries[entry.id]
            return {"success": True}
        if request.method == "POST":
            _fits(request.form["message"])
            entry.text, entry.edited = request.form["message"], self.clock()
            return {"success": True}
        comments = [one for one in self.entries.values() if one.on == entry.id]
        if edge == "comments":
            if not self.reads_comments:
                raise Refusal(
                    10, "This endpoint requires the 'pages_read_user_content' permission", status=403
                )
            since = datetime.fromtimestamp(int(request.args.get("since", 0)), UTC)
            return {"data": [_told(one) for one in comments if one.at >= since]}
        told = {
            **_told(entry),
            "reactions": {"data": [], "summary": {"total_count": entry.reactions}},
            "comments": {"data": [], "summary": {"total_count": len(comments)}},
        }
        return told | ({"shares": {"count": entry.shares}} if entry.shares else {})

    def shown(self) -> list[Shown]:
        """What people read on the Page."""
        return [
            Shown(
                platform="facebook",
                account=PAGE_NAME,
                id=one.id,
                url=f"https://www.facebook.com/{one.id}",
                at=_time(one.at),
                text=one.text,
                html=_html(one.text),
                images=tuple(self.photos[photo] for photo in one.photos),
                card=ShownCard(one.link, one.link.split("/")[2]) if one.link else None,
                edited_at=_time(one.edited) if one.edited else "",
            )
            for one in self.entries.values()
            if not one.on
        ]


def _fits(text: str) -> None:
    if len(text) > LONGEST:
        raise Refusal(100, "Param message must be no longer than 63206 characters")


def _told(entry: Entry) -> dict[str, Any]:
    told = {
        "id": entry.id,
        "message": entry.text,
        "created_time": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink_url": f"https://www.facebook.com/{entry.id}",
    }
    return told | ({"from": {"name": entry.author, "id": "7001"}} if entry.on else {})


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _html(text: str) -> str:
    escaped = re.sub(r"(https?://[^\s<]*[^\s<.,;:!?)])", r'<a href="\1">\1</a>', html.escape(text))
    return escaped.replace("\n", "<br>")
