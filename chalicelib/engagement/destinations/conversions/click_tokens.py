"""Click tokens: what a link takes along to a site that has goals, so that it can say what came of the click.

    token = sign( click: 12 bytes, random | link: 2 | sealed delivery ), for `LIFE` from the click

The site learns nothing of the person, and cannot tell two clicks of one person from those of two: the
delivery is sealed under the click's own random bytes (HMAC-SHA-512 as a key stream, then the signature over
all of it: encrypt-then-MAC). Whose browser asks not to be tracked is not in it at all: then it names the plan
alone. Pure.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.tokens import KeyRing, Purpose, TokenRefused, decode, sign, verify
from chalicelib.delivery.delivery_tokens import CHANNELS, DeliveryRef, ShortRef

PARAMETER = "crier"
LIFE = timedelta(days=30)
CLICK_BYTES = 12
_HEAD = CLICK_BYTES + 2
_NAMES = {code: name for name, code in CHANNELS.items()}
PLAN, PERSON, PLAN_SHORT, PERSON_SHORT = 17, 33, 4, 8
"""Bytes of a delivery: a plan and channel, with the person; the same by the short numbers of a text."""


@dataclass(frozen=True, slots=True)
class Click:
    """One click, as its token names it: its id, the link's number, and the delivery.

    The delivery has no person (`private`) where the browser asked not to be tracked: then its subscriber is
    empty, or of a `ShortRef` only the plan's number means anything.
    """

    id: str
    link: int
    ref: DeliveryRef | ShortRef
    private: bool


def minted(
    ref: DeliveryRef | ShortRef, link: int, *, private: bool, click: bytes, ring: KeyRing, now: datetime
) -> str:
    """The token of a click; `click` are its twelve random bytes."""
    sealed = _sealed(_packed(ref, private=private), click, ring=ring, key_id=ring.current)
    return sign(Purpose.CLICK, click + link.to_bytes(2, "big") + sealed, ring=ring, expires=now + LIFE)


def read(token: str, *, ring: KeyRing, now: datetime) -> Click:
    """The click that a genuine token names. Raises TokenRefused, TokenExpired."""
    payload = verify(Purpose.CLICK, token, ring=ring, now=now)
    click, link, sealed = payload[:CLICK_BYTES], payload[CLICK_BYTES:_HEAD], payload[_HEAD:]
    packed = _sealed(sealed, click, ring=ring, key_id=decode(token)[0])
    ref = _unpacked(packed)
    return Click(click.hex(), int.from_bytes(link, "big"), ref, len(packed) in (PLAN, PLAN_SHORT))


def _sealed(packed: bytes, click: bytes, *, ring: KeyRing, key_id: int) -> bytes:
    """Seals, and opens what is sealed."""
    stream = hmac.digest(ring.key(key_id, Purpose.CLICK_SEAL), click, "sha512")
    return bytes(one ^ other for one, other in zip(packed, stream, strict=False))


def _packed(ref: DeliveryRef | ShortRef, *, private: bool) -> bytes:
    if isinstance(ref, ShortRef):
        plan = ref.plan_number.to_bytes(PLAN_SHORT, "big")
        return plan if private else plan + (ref.chunk << 6 | ref.place).to_bytes(4, "big")
    plan = bytes([CHANNELS[ref.channel]]) + bytes.fromhex(ref.plan_id)
    return plan if private else plan + bytes.fromhex(ref.subscriber_id)


def _unpacked(packed: bytes) -> DeliveryRef | ShortRef:
    if len(packed) in (PLAN_SHORT, PERSON_SHORT):
        place = int.from_bytes(packed[PLAN_SHORT:], "big")
        return ShortRef(int.from_bytes(packed[:PLAN_SHORT], "big"), place >> 6, place & 63)
    if len(packed) in (PLAN, PERSON):
        return DeliveryRef(packed[1:PLAN].hex(), packed[PLAN:].hex(), _NAMES[packed[0]])
    raise TokenRefused("This token is not valid.")
