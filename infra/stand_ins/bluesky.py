"""A server of the AT protocol with Bluesky's readers, from the lexicons and docs.bsky.app.

It refuses as a server does: wrong passwords (401), tokens that ran out or are none (400 ExpiredToken,
InvalidToken), records that do not fit the lexicon, blobs that were not uploaded, are too large or of another
type, record keys that are no TID, another record where none may stand (400 InvalidSwap; the same one is taken
as done), and more than 5,000 points of writing in an hour (429). Facets that cut a character, overlap or miss
what they name, which readers' programs drop without a word, are refused here, so that nobody overlooks it.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from werkzeug.wrappers import Request, Response

from chalicelib.core.clock import rfc3339
from infra.stand_ins.bluesky_record import BadRecord, check, shown
from infra.stand_ins.shown import Shown
from infra.stand_ins.transport import Clock, StandIn, json_response

HANDLE = "city.bsky.social"
APP_PASSWORD = "k7xq-2mfa-w3dz-p5ht"  # noqa: S105 - opens nothing but this
POSTS = "app.bsky.feed.post"
ACCESS_LIFE, REFRESH_LIFE = timedelta(hours=2), timedelta(days=60)
POINTS, POINTS_WITHIN = 5_000, timedelta(hours=1)
LOGINS, LOGINS_WITHIN = 30, timedelta(minutes=5)
TID = re.compile(r"[234567a-j][234567a-z]{12}")


@dataclass
class Account:
    """Somebody with an account."""

    did: str
    handle: str
    app_password: str = ""


@dataclass
class Record:
    """A post, by its `at://` address."""

    uri: str
    cid: str
    by: Account
    value: dict[str, Any]
    indexed_at: datetime
    liked_by: set[str] = field(default_factory=set)
    shared_by: set[str] = field(default_factory=set)


class Refusal(Exception):
    """What the server answers instead."""

    def __init__(self, name: str, *, status: int = 400) -> None:
        super().__init__(name)
        self.name = name
        self.status = status


class Bluesky(StandIn):
    """The server of the agency's account and of some readers."""

    hosts: ClassVar[tuple[str, ...]] = ("bsky.social", "pds.example")

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.city = Account("did:plc:city7wq2m4x5n6k3p2a7b4c5", HANDLE, APP_PASSWORD)
        self.ada = Account("did:plc:ada3wq2m4x5n6k3p2a7b4c5d", "ada.bsky.social")
        self.records: dict[str, Record] = {}
        self.blobs: dict[str, tuple[bytes, str]] = {}
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._points: list[tuple[datetime, int]] = []
        self._logins: list[datetime] = []
        self._made = 0

    # What people do there.

    def answered(self, uri: str, by: Account, text: str) -> Record:
        """Somebody answers a post."""
        self._made += 1
        first = self.records[uri]
        reference = {"uri": uri, "cid": first.cid}
        value = {"$type": POSTS, "text": text, "createdAt": rfc3339(self.clock())}
        return self._kept(
            by, f"3k{self._made:011d}", value | {"reply": {"root": reference, "parent": reference}}
        )

    def revoke(self) -> None:
        """The owner takes the app password back, and its tokens run out."""
        self.city.app_password = "another"  # noqa: S105
        self._tokens.clear()

    def expire(self, kind: str) -> None:
        """The tokens of a kind, `access` or `refresh`, run out."""
        for token, (what, _) in self._tokens.items():
            if what == kind:
                self._tokens[token] = what, self.clock()

    def shown(self) -> list[Shown]:
        """The posts of the agency."""
        return [
            shown(one.uri, one.by.handle, one.value, self.blobs)
            for one in self.records.values()
            if one.by is self.city
        ]

    # HTTP.

    def answer(self, request: Request) -> Response:
        """The server's answer."""
        name = request.path.removeprefix("/xrpc/")
        acts = {
            ("POST", "com.atproto.server.createSession"): self._begin,
            ("POST", "com.atproto.server.refreshSession"): self._renew,
            ("GET", "com.atproto.server.getSession"): self._who,
            ("GET", "com.atproto.identity.resolveHandle"): self._resolve,
            ("POST", "com.atproto.repo.uploadBlob"): self._upload,
            ("POST", "com.atproto.repo.putRecord"): self._put,
            ("GET", "com.atproto.repo.getRecord"): self._get,
            ("POST", "com.atproto.repo.deleteRecord"): self._delete,
            ("GET", "app.bsky.feed.getPosts"): self._posts,
            ("GET", "app.bsky.feed.getPostThread"): self._thread,
        }
        act = acts.get((request.method, name))
        if act is None:
            return json_response({"error": "MethodNotImplemented"}, 501)
        try:
            if act not in (self._begin, self._renew):
                self._let_in(request, "access")
            return json_response(act(request))
        except Refusal as refused:
            told = {"error": refused.name, "message": refused.name}
            return json_response(told, refused.status, self._limits() if refused.status == 429 else {})
        except BadRecord as bad:
            return json_response({"error": "InvalidRequest", "message": str(bad)}, 400)

    def _limits(self) -> dict[str, str]:
        started = min([at for at, _ in self._points] + self._logins)
        reset = int((started + (POINTS_WITHIN if self._points else LOGINS_WITHIN)).timestamp())
        return {"RateLimit-Limit": str(POINTS), "RateLimit-Remaining": "0", "RateLimit-Reset": str(reset)}

    def _let_in(self, request: Request, kind: str) -> str:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refusal("AuthMissing", status=401)
        what, ends = self._tokens.get(token, ("", self.clock()))
        if what != kind:
            raise Refusal("InvalidToken")
        if ends <= self.clock():
            raise Refusal("ExpiredToken")
        return token

    def _begin(self, request: Request) -> dict[str, str]:
        told, now = request.get_json(), self.clock()
        self._logins = [at for at in self._logins if at > now - LOGINS_WITHIN]
        if len(self._logins) >= LOGINS:
            raise Refusal("RateLimitExceeded", status=429)
        self._logins.append(now)
        if (told["identifier"], told["password"]) != (self.city.handle, self.city.app_password):
            raise Refusal("AuthenticationRequired", status=401)
        return self._session()

    def _renew(self, request: Request) -> dict[str, str]:
        del self._tokens[self._let_in(request, "refresh")]
        return self._session()

    def _session(self) -> dict[str, str]:
        self._made += 1
        access, refresh = f"eyJ0.access{self._made}.7fa3", f"eyJ0.refresh{self._made}.7fa3"
        self._tokens[access] = "access", self.clock() + ACCESS_LIFE
        self._tokens[refresh] = "refresh", self.clock() + REFRESH_LIFE
        return self._named() | {"accessJwt": access, "refreshJwt": refresh}

    def _named(self) -> dict[str, str]:
        return {"did": self.city.did, "handle": self.city.handle}

    def _who(self, _request: Request) -> dict[str, str]:
        return self._named()

    def _resolve(self, request: Request) -> dict[str, str]:
        for one in (self.city, self.ada):
            if one.handle == request.args["handle"]:
                return {"did": one.did}
        raise Refusal("InvalidRequest")

    def _spent(self, points: int) -> None:
        now = self.clock()
        self._points = [(at, number) for at, number in self._points if at > now - POINTS_WITHIN]
        if sum(number for _, number in self._points) + points > POINTS:
            raise Refusal("RateLimitExceeded", status=429)
        self._points.append((now, points))

    def _upload(self, request: Request) -> dict[str, Any]:
        data, mime = request.get_data(), _seen_type(request.get_data()) or request.mimetype
        cid = _cid("bafkrei", data)
        self.blobs[cid] = data, mime
        return {"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime, "size": len(data)}}

    def _put(self, request: Request) -> dict[str, str]:
        told = request.get_json()
        if told["repo"] not in (self.city.did, self.city.handle):
            raise Refusal("AuthRequired", status=401)
        if told["collection"] != POSTS or not TID.fullmatch(told["rkey"]):
            raise Refusal("InvalidRequest")
        check(told["record"], self.blobs, identities={self.city.did, self.ada.did})
        uri = f"at://{self.city.did}/{POSTS}/{told['rkey']}"
        stands = self.records.get(uri)
        if stands and stands.cid == _cid_of(told["record"]):
            return {"uri": stands.uri, "cid": stands.cid, "validationStatus": "valid"}
        if stands and "swapRecord" in told and told["swapRecord"] != stands.cid:
            raise Refusal("InvalidSwap")
        self._spent(2 if stands else 3)
        kept = self._kept(self.city, told["rkey"], told["record"])
        return {"uri": kept.uri, "cid": kept.cid, "validationStatus": "valid"}

    def _kept(self, by: Account, key: str, value: dict[str, Any]) -> Record:
        uri = f"at://{by.did}/{POSTS}/{key}"
        self.records[uri] = Record(uri, _cid_of(value), by, value, self.clock())
        return self.records[uri]

    def _get(self, request: Request) -> dict[str, Any]:
        found = self.records.get(
            f"at://{request.args['repo']}/{request.args['collection']}/{request.args['rkey']}"
        )
        if found is None:
            raise Refusal("RecordNotFound")
        return {"uri": found.uri, "cid": found.cid, "value": found.value}

    def _delete(self, request: Request) -> dict[str, Any]:
        told = request.get_json()
        if self.records.pop(f"at://{told['repo']}/{told['collection']}/{told['rkey']}", None):
            self._spent(1)
        return {}

    def _posts(self, request: Request) -> dict[str, Any]:
        uris = request.args.getlist("uris")
        if len(uris) > 25:
            raise Refusal("InvalidRequest")
        return {"posts": [self._view(self.records[one]) for one in uris if one in self.records]}

    def _thread(self, request: Request) -> dict[str, Any]:
        found = self.records.get(request.args["uri"])
        if found is None:
            raise Refusal("NotFound")
        replies = [
            {"$type": "app.bsky.feed.defs#threadViewPost", "post": self._view(one)}
            for one in self._below(found)
        ]
        return {
            "thread": {
                "$type": "app.bsky.feed.defs#threadViewPost",
                "post": self._view(found),
                "replies": replies,
            }
        }

    def _below(self, record: Record) -> list[Record]:
        return [one for one in self.records.values() if _parent(one.value) == record.uri]

    def _view(self, record: Record) -> dict[str, Any]:
        return {
            "uri": record.uri,
            "cid": record.cid,
            "author": {"did": record.by.did, "handle": record.by.handle},
            "record": record.value,
            "indexedAt": rfc3339(record.indexed_at),
            "likeCount": len(record.liked_by),
            "repostCount": len(record.shared_by),
            "quoteCount": 0,
            "replyCount": len(self._below(record)),
        }


def _parent(value: dict[str, Any]) -> str:
    return str(value.get("reply", {}).get("parent", {}).get("uri", ""))


def _cid_of(value: dict[str, Any]) -> str:
    return _cid("bafyrei", json.dumps(value, sort_keys=True).encode())


def _cid(head: str, data: bytes) -> str:
    return head + base64.b32encode(hashlib.sha256(data).digest()).decode().rstrip("=").lower()


def _seen_type(data: bytes) -> str:
    """The type of what was uploaded, by its first bytes, as the server sees it."""
    heads = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
    return next((mime for head, mime in heads.items() if data.startswith(head)), "")
