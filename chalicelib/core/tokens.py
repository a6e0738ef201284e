"""Signed tokens: URL-safe, bound to one purpose, with the id of their key inside, expiring where they can.

    token = base64url( key id: 1 byte | expiry: 4 bytes, epoch seconds, 0 = never | payload | MAC: 16 bytes )

The MAC is HMAC-SHA256 (RFC 2104) truncated to 128 bits, under a key derived from the signing key and the
purpose, so a token made for one purpose verifies for no other. Decoding is strict: exactly one text stands
for a token.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from chalicelib.core.errors import Gone, NotFound

MAC_BYTES = 16
SHORT_MAC_BYTES = 6


class Purpose(StrEnum):
    """What a token may be used for; each purpose has keys of its own."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    PREFERENCES_ONCE = "preferences-once"
    PREFERENCES_PAGE = "preferences-page"
    UNDO_JOIN = "undo-join"
    DELIVERY = "delivery"
    DELIVERY_SHORT = "delivery-short"
    CLICK = "click"
    CLICK_SEAL = "click-seal"
    REPORT = "report"
    NETWORK = "network"
    """No token: the networks of readers are digested under it."""


class TokenRefused(NotFound):
    """The token was altered, made for another purpose, or its key is no longer known."""

    code = "token-refused"


class TokenExpired(Gone):
    """The token is genuine, but its time has passed."""

    code = "token-expired"


@dataclass(frozen=True)
class KeyRing:
    """The signing keys by id (1 to 15) and the id of the one that signs now; older ones still verify."""

    current: int
    keys: Mapping[int, bytes]

    def __hash__(self) -> int:
        return hash((self.current, tuple(sorted(self.keys.items()))))

    def key(self, key_id: int, purpose: Purpose) -> bytes:
        """The derived key of a purpose. Raises TokenRefused for an unknown key id."""
        if key_id not in self.keys:
            raise TokenRefused("This link is not valid.")
        return _derive(self.keys[key_id], purpose)


@lru_cache(maxsize=64)
def _derive(key: bytes, purpose: Purpose) -> bytes:
    return hmac.digest(key, f"crier:{purpose}".encode(), "sha256")


def sign(purpose: Purpose, payload: bytes, *, ring: KeyRing, expires: datetime | None = None) -> str:
    """A token for `payload`, good for `purpose` until `expires` (for ever, if None)."""
    return signer(purpose, ring=ring, expires=expires)(payload)


def signer(purpose: Purpose, *, ring: KeyRing, expires: datetime | None = None) -> Callable[[bytes], str]:
    """What signs many payloads for one purpose and time."""
    expiry = int(expires.timestamp()) if expires else 0
    head, key = bytes([ring.current]) + expiry.to_bytes(4, "big"), ring.key(ring.current, purpose)

    def signed(payload: bytes) -> str:
        body = head + payload
        return encode(body + hmac.digest(key, body, "sha256")[:MAC_BYTES])

    return signed


def verify(purpose: Purpose, token: str, *, ring: KeyRing, now: datetime) -> bytes:
    """The payload of a genuine token. Raises TokenRefused or TokenExpired."""
    raw = decode(token)
    if len(raw) < 5 + MAC_BYTES:
        raise TokenRefused("This link is not valid.")
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    expected = hmac.digest(ring.key(body[0], purpose), body, "sha256")[:MAC_BYTES]
    if not hmac.compare_digest(mac, expected):
        raise TokenRefused("This link is not valid.")
    expiry = int.from_bytes(body[1:5], "big")
    if expiry and now.timestamp() >= expiry:
        raise TokenExpired("This link has expired.")
    return body[5:]


def encode(raw: bytes) -> str:
    """base64url without padding (RFC 4648, section 5)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(token: str) -> bytes:
    """The bytes of a token. Raises TokenRefused for text that `encode` would not make (RFC 4648, 3.5)."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (Base64Error, ValueError) as error:
        raise TokenRefused("This link is not valid.") from error
    if encode(raw) != token:
        raise TokenRefused("This link is not valid.")
    return raw
