"""What an address of the channel `push` is: a device with the agency's app, or a browser.

    arn:aws:sns:us-east-1:123456789012:endpoint/GCM/city/5e3e9847-…     an app: SNS's endpoint for it
    https://push.example/send/abc#BP8…Tg.tBHI…fQ                        a browser: where its push service
        takes messages (RFC 8030), and the two keys for which only it can read them (RFC 8291)

A browser's keys stand in base64url, its public key (`p256dh`) first, then its secret (`auth`). Pure; nothing
here needs cryptography.
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_ADDRESS = 2_000
DEVICE = re.compile(
    r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:endpoint/(?P<platform>APNS|APNS_SANDBOX|GCM)"
    r"/(?P<app>[A-Za-z0-9_.-]{1,256})/[0-9A-Fa-f-]{36}"
)
HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
WRITABLE = re.compile(r"[!-~]+")
KEY, SECRET = 65, 16
"""Octets of a browser's public key (an uncompressed point of P-256) and of its secret."""

_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
"""Of the curve P-256: y² = x³ - 3x + b (FIPS 186-4, D.1.2.3)."""


@dataclass(frozen=True)
class Browser:
    """Where a browser's push service takes messages for it, and the keys, in base64url, that they are for."""

    endpoint: str
    p256dh: str
    auth: str

    @property
    def written(self) -> str:
        """The address as it is kept."""
        return f"{self.endpoint}#{self.p256dh}.{self.auth}"


@dataclass(frozen=True)
class Device:
    """A device with the agency's app: SNS's endpoint, and whose network leads to it (`APNS GCM …`)."""

    arn: str
    platform: str
    app: str


def parse(written: str) -> Browser | Device | None:
    """What an address stands for; None for what is none."""
    if len(written) > MAX_ADDRESS or not WRITABLE.fullmatch(written):
        return None
    if found := DEVICE.fullmatch(written):
        return Device(written, found["platform"], found["app"])
    endpoint, _, keys = written.partition("#")
    p256dh, _, auth = keys.partition(".")
    if not _is_public(endpoint) or not _is_point(_octets(p256dh)) or len(_octets(auth)) != SECRET:
        return None
    return Browser(endpoint, p256dh, auth)


def browser(endpoint: str, p256dh: str, auth: str) -> str:
    """The address of a browser, its keys as the browser writes them, with padding or without.

    Whether it is one, `parse` tells.
    """
    return Browser(endpoint, p256dh.rstrip("="), auth.rstrip("=")).written


def hint(written: str) -> str:
    """Enough of an address to tell one's own from another: `push.example …fQ0a`, `GCM/city …c3d1`."""
    match parse(written):
        case Browser(endpoint):
            return f"{urlsplit(endpoint).hostname} …{written[-4:]}"
        case Device(_, platform, app):
            return f"{platform}/{app} …{written[-4:]}"
    return f"…{written[-4:]}"


def _is_public(endpoint: str) -> bool:
    """Whether a URL is https, at the usual port of a host with a name; whom the name leads to, `Web` sees."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and not parts.username and not parts.password and port in (None, 443)
    return plain and len(parts.path) > 1 and bool(HOST.fullmatch(parts.hostname or ""))


def _octets(text: str) -> bytes:
    """What base64url stands for; nothing for what is none."""
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return b""
    return octets if re.fullmatch(r"[A-Za-z0-9_-]*", text) else b""


def _is_point(octets: bytes) -> bool:
    """Whether octets are a point of P-256, uncompressed (RFC 8291, section 3.1)."""
    if len(octets) != KEY or octets[0] != 4:
        return False
    x, y = int.from_bytes(octets[1:33], "big"), int.from_bytes(octets[33:], "big")
    return x < _PRIME and y < _PRIME and (y * y - (x * x * x - 3 * x + _B)) % _PRIME == 0
