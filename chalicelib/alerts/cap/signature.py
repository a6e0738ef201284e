"""CAP messages signed, and signatures verified (3.3.4.1: enveloped XML signatures, W3C XMLDSIG).

A certificate inside a message proves that nothing was changed since somebody signed it, and nothing about
who: only certificates count that are on the list of trusted senders. What a signature covers is all that is
read of a message, so that nothing can be wrapped around it. `signxml` is loaded by the first use.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chalicelib.alerts.cap.elements import XMLDSIG
from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.safe_xml import parsed, tree
from chalicelib.core.errors import BadRequest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

VALID = datetime(2026, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
"""Of a deployment's own certificate: others trust it because they took it, not because it is young."""

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (FIPS 186-4, D.1.2.3)."""


@dataclass(frozen=True)
class Signer:
    """A private key and its certificate, both PEM."""

    key: str
    certificate: str


def signer_of(secret: Mapping[str, str], *, host: str) -> Signer:
    """The deployment's: what the operator put into its secret as `key` and `certificate`, else its own.

    Its own key is made of the secret's `seed`, its certificate is signed by itself and names `host`. The same
    seed and host make the same certificate, byte by byte, in each process: others have it on their lists.
    """
    if secret.get("key") and secret.get("certificate"):
        return Signer(secret["key"], secret["certificate"])
    return _own(secret["seed"], host)


def sign(xml: bytes, signer: Signer) -> bytes:
    """The message with a signature of all of it at its end, and the certificate in that.

    The same message and key make the same bytes, so that caches can tell that nothing changed.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from lxml import etree
    from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
    from signxml.signer import XMLSigner

    key: Any = load_pem_private_key(signer.key.encode(), None)
    rsa = not hasattr(key, "curve")
    steady: Any = key if rsa else _Deterministic(key)
    made = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256 if rsa else SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,  # it may stand in a feed
    ).sign(parsed(xml), key=steady, cert=signer.certificate)
    document: bytes = etree.tostring(made, xml_declaration=True, encoding="UTF-8")
    return document


class _Deterministic:
    """An elliptic-curve key that signs the same with the same (RFC 6979)."""

    def __init__(self, key: "EllipticCurvePrivateKey") -> None:
        self._key = key
        self.key_size = key.key_size

    def sign(self, data: bytes, signature_algorithm: Any) -> bytes:
        from cryptography.hazmat.primitives.asymmetric import ec

        return self._key.sign(data, ec.ECDSA(signature_algorithm.algorithm, deterministic_signing=True))


def is_signed(xml: bytes) -> bool:
    """Whether a document has a signature where CAP has it. Raises as `tree` does."""
    return any(child.namespace == XMLDSIG for child in tree(xml).children)


def read_signed(xml: bytes, certificates: Sequence[str], *, now: datetime) -> tuple[Message, str]:
    """What one of these certificates signed of a message, and its fingerprint; nothing else of it is read.

    Raises as `read` does, and BadRequest (`not-signed`, `signature-refused`) for a message that has no
    signature, one that does not hold, or one by another key; also where the certificate is out of date.
    """
    if not is_signed(xml):
        raise BadRequest("This sender's messages are signed; this one is not.", code="not-signed")
    for certificate in certificates:
        if (signed := _signed(xml, certificate, now=now)) is not None:
            return read(signed), fingerprint(certificate)
    raise BadRequest(
        "The signature does not hold, or none of the certificates listed for this sender made it.",
        code="signature-refused",
    )


def _signed(xml: bytes, certificate: str, *, now: datetime) -> bytes | None:
    """The bytes that a certificate signed, as they were signed; None where it did not."""
    from lxml.etree import LxmlError
    from signxml.exceptions import SignXMLException
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    expected = SignatureConfiguration(location="./", verification_time=now)
    try:
        found: Any = XMLVerifier().verify(parsed(xml), x509_cert=certificate, expect_config=expected)
    except (SignXMLException, LxmlError, ValueError, TypeError, KeyError):  # as what is no signature may end
        return None
    return bytes(found.signed_data)


def certificate_error(text: str) -> str | None:
    """What is wrong with a certificate that staff list, or None."""
    try:
        _certificate(text)
    except ValueError:
        return "Give one X.509 certificate in PEM: -----BEGIN CERTIFICATE----- …"
    return None


def fingerprint(certificate: str) -> str:
    """The SHA-256 of a certificate (PEM), in hexadecimal: how people compare two."""
    from cryptography.hazmat.primitives.hashes import SHA256

    return _certificate(certificate).fingerprint(SHA256()).hex()


def runs_out(certificate: str) -> datetime:
    """Until when a certificate is valid."""
    return _certificate(certificate).not_valid_after_utc


@lru_cache(maxsize=64)
def _certificate(text: str) -> "Certificate":
    from cryptography.x509 import load_pem_x509_certificates

    [found] = load_pem_x509_certificates(text.encode())
    return found


@lru_cache(maxsize=4)
def _own(seed: str, host: str) -> Signer:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    drawn = int.from_bytes(hmac.digest(seed.encode(), b"cap", "sha512"), "big")
    key = ec.derive_private_key(drawn % (ORDER - 1) + 1, ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Signer(pem, _self_signed(key, host).public_bytes(Encoding.PEM).decode())


def _self_signed(key: "EllipticCurvePrivateKey", host: str) -> "Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    public = key.public_key()
    serial = int.from_bytes(x509.SubjectKeyIdentifier.from_public_key(public).digest[:16], "big")
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(serial or 1)
        .not_valid_before(VALID[0])
        .not_valid_after(VALID[1])
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, SHA256(), ecdsa_deterministic=True)
    )
