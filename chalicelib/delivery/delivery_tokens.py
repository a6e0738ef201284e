"""Delivery tokens: what a tracked link, a pixel or an unsubscribe link carries to name one delivery.

    long   67 characters   base64url( key id: 1 byte | plan: 16 | subscriber: 16 | channel: 1 | MAC: 16 )
    short  18 characters   base64url( key id: 4 bits | plan number: 28 | chunk: 22 | place: 6 | MAC: 48 )

The short one is for SMS. The MAC is HMAC-SHA256 (RFC 2104), truncated, under the keys of `Purpose.DELIVERY`
and `Purpose.DELIVERY_SHORT`. All 108 bits of a short token count, and a long one is decoded strictly, so
exactly one text stands for each. A long token ages with its plan, whose id begins with its time; a short one
lives as long as the plan that its number finds.

Minting is on the engine's hot path: one HMAC and one base64 each, nothing else of weight.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.tokens import (
    MAC_BYTES,
    SHORT_MAC_BYTES,
    KeyRing,
    Purpose,
    TokenExpired,
    TokenRefused,
    decode,
)

LONG_CHARACTERS = 67
SHORT_CHARACTERS = 18
LIFETIME = timedelta(days=400)
CONTROL = "control"
"""Stands behind a mail's token in place of a link's number: the link that no reader sees, only machines."""

CHANNELS = {"email": 1, "sms": 2, "push": 3, "voice": 4}
_CHANNEL_NAMES = {code: name for name, code in CHANNELS.items()}
_CHANNEL_BYTES = {name: bytes([code]) for name, code in CHANNELS.items()}
_KEY_BYTES = tuple(bytes([key_id]) for key_id in range(16))

PLAN_NUMBER_BITS, CHUNK_BITS, PLACE_BITS = 28, 22, 6
_MAC_BITS = 8 * SHORT_MAC_BYTES
_HEAD_BYTES = 8


@dataclass(frozen=True, slots=True)
class DeliveryRef:
    """One delivery: plan × subscriber × channel."""

    plan_id: str
    subscriber_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class ShortRef:
    """One delivery as an SMS link names it: a plan's number, a chunk of it, the place in the chunk from 0."""

    plan_number: int
    chunk: int
    place: int


def mint(plan_id: str, subscriber_id: str, channel: str, *, ring: KeyRing) -> str:
    """The long token of a delivery. Ids are 32 hex characters; raises KeyError for a channel without code."""
    return minter(plan_id, channel, ring=ring)(subscriber_id)


def minter(plan_id: str, channel: str, *, ring: KeyRing) -> Callable[[str], str]:
    """What mints the long tokens of one plan's deliveries on a channel, by subscriber id."""
    head, tail = _KEY_BYTES[ring.current] + bytes.fromhex(plan_id), _CHANNEL_BYTES[channel]
    key = ring.key(ring.current, Purpose.DELIVERY)

    def minted(subscriber_id: str) -> str:
        body = head + bytes.fromhex(subscriber_id) + tail
        mac = hmac.digest(key, body, "sha256")[:MAC_BYTES]
        return urlsafe_b64encode(body + mac)[:LONG_CHARACTERS].decode()

    return minted


def mint_short(plan_number: int, chunk: int, place: int, *, ring: KeyRing) -> str:
    """The short token of a delivery. Raises OverflowError for a number that has no room in it."""
    if plan_number >> PLAN_NUMBER_BITS or chunk >> CHUNK_BITS or place >> PLACE_BITS:
        raise OverflowError("a short token holds 28 bits of plan, 22 of chunk and 6 of place")
    head = ((ring.current << PLAN_NUMBER_BITS | plan_number) << CHUNK_BITS | chunk) << PLACE_BITS | place
    bits = head << _MAC_BITS | _short_mac(head, ring.current, ring)
    return urlsafe_b64encode((bits << 4).to_bytes(14, "big"))[:SHORT_CHARACTERS].decode()


def read(
    token: str, *, ring: KeyRing, now: datetime, lifetime: timedelta = LIFETIME
) -> DeliveryRef | ShortRef:
    """The delivery that a genuine token names.

    Raises TokenRefused for text that was not minted here, TokenExpired once the plan is older than
    `lifetime`.
    """
    if len(token) == SHORT_CHARACTERS:
        return _read_short(token, ring)
    return _read_long(token, ring, now - lifetime)


def _read_long(token: str, ring: KeyRing, oldest: datetime) -> DeliveryRef:
    if len(token) != LONG_CHARACTERS:
        raise TokenRefused("This link is not valid.")
    raw = decode(token)
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    expected = hmac.digest(ring.key(body[0], Purpose.DELIVERY), body, "sha256")[:MAC_BYTES]
    if not hmac.compare_digest(mac, expected) or body[33] not in _CHANNEL_NAMES:
        raise TokenRefused("This link is not valid.")
    if int.from_bytes(body[1:7], "big") < oldest.timestamp() * 1000:
        raise TokenExpired("This link has expired.")
    return DeliveryRef(body[1:17].hex(), body[17:33].hex(), _CHANNEL_NAMES[body[33]])


def _read_short(token: str, ring: KeyRing) -> ShortRef:
    if not all(c.isascii() and (c.isalnum() or c in "-_") for c in token):
        raise TokenRefused("This link is not valid.")
    bits = int.from_bytes(urlsafe_b64decode(token + "AA"), "big") >> 12
    head, mac = bits >> _MAC_BITS, bits & (1 << _MAC_BITS) - 1
    key_id = head >> PLAN_NUMBER_BITS + CHUNK_BITS + PLACE_BITS
    expected = _short_mac(head, key_id, ring)
    if not hmac.compare_digest(
        mac.to_bytes(SHORT_MAC_BYTES, "big"), expected.to_bytes(SHORT_MAC_BYTES, "big")
    ):
        raise TokenRefused("This link is not valid.")
    return ShortRef(
        plan_number=head >> CHUNK_BITS + PLACE_BITS & (1 << PLAN_NUMBER_BITS) - 1,
        chunk=head >> PLACE_BITS & (1 << CHUNK_BITS) - 1,
        place=head & (1 << PLACE_BITS) - 1,
    )


def _short_mac(head: int, key_id: int, ring: KeyRing) -> int:
    key = ring.key(key_id, Purpose.DELIVERY_SHORT)
    return int.from_bytes(
        hmac.digest(key, head.to_bytes(_HEAD_BYTES, "big"), "sha256")[:SHORT_MAC_BYTES], "big"
    )
