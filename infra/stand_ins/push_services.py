"""The push services of browsers (RFC 8030, 8291, 8292), and browsers that subscribe to them.

What they refuse, as the RFCs and the services' own pages say: a request without TTL, a Topic that is none, a
body above 4,096 octets or not in the coding `aes128gcm`, a signature that is wrong, for another service, by
another key than the browser subscribed to, or good for more than a day; a subscription that there is not or
that has ended. They cannot read what they take: a `Browser` can, and shows it.
"""

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from werkzeug.wrappers import Request, Response

from chalicelib.channels.push_crypto import octets, point, text_of
from infra.aws.outbox import Letter
from infra.stand_ins.transport import StandIn

MAX_BODY = 4096
MAX_TTL_S = 28 * 24 * 3600
DAY_S = 24 * 3600
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
VAPID = re.compile(r"vapid t=([^.,\s]+)\.([^.,\s]+)\.([^.,\s]+), ?k=([^.,\s]+)")
P256 = ec.SECP256R1()


@dataclass
class Browser:
    """A browser that subscribed: its keys, and what it has shown, oldest first."""

    endpoint: str
    server_key: str
    key: Any = field(default_factory=lambda: ec.generate_private_key(P256))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    shown: list[dict[str, Any]] = field(default_factory=list)
    gone: bool = False

    @property
    def subscription(self) -> dict[str, Any]:
        """The subscription as `PushSubscription.toJSON()` gives it."""
        keys = {"p256dh": text_of(point(self.key)), "auth": text_of(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    @property
    def address(self) -> str:
        """The address that Crier keeps for it."""
        return f"{self.endpoint}#{text_of(point(self.key))}.{text_of(self.auth)}"

    def read(self, body: bytes) -> dict[str, Any]:
        """A message, decrypted (RFC 8291, section 3.4). Raises InvalidTag, ValueError."""
        salt, size, sender = body[:16], body[20], body[21 : 21 + body[20]]
        sender_key = ec.EllipticCurvePublicKey.from_encoded_point(P256, sender)
        info = b"WebPush: info\0" + point(self.key) + sender
        secret = _hkdf(self.auth, info, 32, self.key.exchange(ec.ECDH(), sender_key))
        key = _hkdf(salt, b"Content-Encoding: aes128gcm\0", 16, secret)
        nonce = _hkdf(salt, b"Content-Encoding: nonce\0", 12, secret)
        text = AESGCM(key).decrypt(nonce, body[21 + size :], None).rstrip(b"\0")
        if not text.endswith(b"\x02"):
            raise ValueError("not the last record")
        document: dict[str, Any] = json.loads(text[:-1])
        return document


class PushServices(StandIn):
    """The push services of Chrome, Firefox, Edge and Safari."""

    hosts = (
        "fcm.googleapis.com",
        "*.push.services.mozilla.com",
        "*.notify.windows.com",
        "*.push.apple.com",
    )

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.browsers: dict[str, Browser] = {}

    def browser(self, server_key: str, *, host: str = "fcm.googleapis.com") -> Browser:
        """A new browser that subscribed to an application's key."""
        one = Browser(f"https://{host}/fcm/send/{secrets.token_urlsafe(24)}", server_key)
        self.browsers[one.endpoint] = one
        return one

    def answer(self, request: Request) -> Response:
        """201 and the message's own address; or what is wrong."""
        if request.method != "POST":
            return Response(status=405)
        refused = _refused(request) or self._unsigned(request)
        if refused:
            return Response(refused[1], status=refused[0])
        browser = self.browsers.get(request.url)
        if browser is None:
            return Response("no such subscription", status=404)
        if browser.gone:
            return Response("the subscription has ended", status=410)
        message_id = secrets.token_hex(12)
        self._show(browser, request, message_id)
        at = f"https://{request.host}/m/{message_id}"
        return Response(status=201, headers={"Location": at, "TTL": request.headers["TTL"]})

    def _unsigned(self, request: Request) -> tuple[int, str] | None:
        """What is wrong with the signature (RFC 8292)."""
        found = VAPID.fullmatch(request.headers.get("Authorization", ""))
        if found is None:
            return 401, "no VAPID authorization"
        head, claims, signature, key = found.groups()
        try:
            raw = octets(signature)
            der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            public = ec.EllipticCurvePublicKey.from_encoded_point(P256, octets(key))
            public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
            header, told = json.loads(octets(head)), json.loads(octets(claims))
        except (ValueError, InvalidSignature):
            return 401, "the signature is wrong"
        now = self.clock().timestamp()
        if header.get("alg") != "ES256" or told.get("aud") != f"https://{request.host}":
            return 401, "the token is not for this service"
        if not now < told.get("exp", 0) <= now + DAY_S:
            return 401, "the token has expired, or is good for more than a day"
        if not str(told.get("sub", "")).startswith(("mailto:", "https:")):
            return 401, "the token names nobody"
        browser = self.browsers.get(request.url)
        if browser is not None and browser.server_key != key:
            return 403, "the browser subscribed to another key"
        return None

    def _show(self, browser: Browser, request: Request, message_id: str) -> None:
        """The browser shows what it can read; of two with the same tag only the later stays."""
        try:
            shown = browser.read(request.get_data())
        except (ValueError, InvalidTag):
            return
        browser.shown = [one for one in browser.shown if one.get("tag") != shown.get("tag")] + [shown]
        if self.outbox is not None:
            self.outbox.add(_letter(browser, shown, request, message_id, self.clock()))


def _refused(request: Request) -> tuple[int, str] | None:
    """What is wrong with a request, whoever sent it (RFC 8030, sections 5 and 7.2)."""
    ttl, topic = request.headers.get("TTL", ""), request.headers.get("Topic")
    if not ttl.isdigit() or int(ttl) > MAX_TTL_S:
        return 400, "TTL is missing, or is no number of seconds"
    if topic is not None and not TOPIC.fullmatch(topic):
        return 400, "Topic has at most 32 characters of base64url"
    if request.headers.get("Urgency", "normal") not in {"very-low", "low", "normal", "high"}:
        return 400, "Urgency is none of those that there are"
    if len(request.get_data()) > MAX_BODY:
        return 413, "too large"
    if request.headers.get("Content-Encoding") != "aes128gcm":
        return 415, "not in the coding aes128gcm"
    return None


def _letter(browser: Browser, shown: dict[str, Any], request: Request, message_id: str, at: Any) -> Letter:
    headers = {name: request.headers[name] for name in ("TTL", "Urgency", "Topic") if name in request.headers}
    headers |= {"Leads to": shown["url"], "Language": shown["lang"]}
    if "leave" in shown:
        headers["Unsubscribe at"] = shown["leave"]
    host = str(urlsplit(browser.endpoint).hostname)
    return Letter(
        "push", browser.address, shown["title"], "", shown["body"], message_id, at, headers, {"host": host}
    )


def _hkdf(salt: bytes, info: bytes, length: int, secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
