"""What only one browser can read (RFC 8291, in the coding of RFC 8188), and who sends it (VAPID, RFC 8292).

The public libraries for this have no wheel that Lambda could take; what stands here is the whole of it, held
against the RFC's own example. cryptography is imported where it is used: who sends no push never loads it.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

RECORD = 4096
"""Octets that every push service takes (RFC 8030, section 7.2)."""

POINT, SALT, TAG = 65, 16, 16
MAX_TEXT = RECORD - (SALT + 4 + 1 + POINT) - 1 - TAG
"""Octets of a text that fits: beside it stand the header of the coding, a delimiter and the tag."""

LIFE = timedelta(hours=12)
"""Of a signature; push services take none of more than a day."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (FIPS 186-4, D.1.2.3)."""


def encrypted(text: bytes, p256dh: str, auth: str, *, salt: bytes = b"", own: Any = None) -> bytes:
    """The body of a push message, which only the browser with these keys can read.

    `salt` and our key `own`, for one message only, are drawn at random unless given. Raises ValueError for a
    text above MAX_TEXT.
    """
    import secrets

    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(text) > MAX_TEXT:
        raise ValueError("too large for a push")
    salt, own = salt or secrets.token_bytes(SALT), own or ec.generate_private_key(ec.SECP256R1())
    reader, sender = octets(p256dh), point(own)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), reader))
    secret = _derived(octets(auth), shared, b"WebPush: info\0" + reader + sender, 32)
    key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([POINT]) + sender
    return header + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def public_key(secret: bytes) -> str:
    """The key by which push services know us, as browsers want it (`applicationServerKey`)."""
    return text_of(point(_private(secret)))


def authorization(secret: bytes, endpoint: str, *, subject: str, now: datetime) -> str:
    """The header that says who sends: signed for the push service of an endpoint, for twelve hours.

    `subject`: where the push service's operator reaches us, `mailto:` or `https:`.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + LIFE).timestamp()),
        "sub": subject,
    }
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = utils.decode_dss_signature(_private(secret).sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = text_of(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_key(secret)}"


@lru_cache(maxsize=4)
def _private(secret: bytes) -> "EllipticCurvePrivateKey":
    """The private key that a deployment's secret stands for (FIPS 186-4, B.4.1, with 256 extra bits)."""
    from cryptography.hazmat.primitives.asymmetric import ec

    drawn = int.from_bytes(hmac.digest(secret, b"vapid", "sha512"), "big")
    return ec.derive_private_key(drawn % (_ORDER - 1) + 1, ec.SECP256R1())


def point(key: Any) -> bytes:
    """The public key of a private one, as 65 octets."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    octets: bytes = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return octets


def octets(text: str) -> bytes:
    """What base64url without padding stands for."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(octets: bytes) -> str:
    """Octets in base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869), of one block."""
    return hmac.digest(hmac.digest(salt, secret, "sha256"), info + b"\x01", "sha256")[:length]


def _json(document: Any) -> str:
    return text_of(json.dumps(document, separators=(",", ":")).encode())
