"""Signatures: what a trusted certificate signed is read, and nothing else, however it is wrapped."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.signer import XMLSigner

from chalicelib.alerts.cap import signature
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.signature import (
    Signer,
    certificate_error,
    fingerprint,
    is_signed,
    read_signed,
    runs_out,
    sign,
    signer_of,
)
from chalicelib.alerts.cap.write import write
from chalicelib.core.errors import BadRequest
from tests.alerts.cap.samples import NOW, WEATHER, message
from tests.alerts.cap.schema import schema_errors

MESSAGE = message()
OURS = signer_of({"seed": "of this deployment"}, host="alerts.harbor.example")
THEIRS = signer_of({"seed": "of somebody else"}, host="alerts.harbor.example")
SIGNED = sign(write(MESSAGE), OURS)


@cache
def _operators() -> Signer:
    """A key and certificate as a certification authority would give: RSA, valid for a week."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "harbor.example")])
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 7, NOW - timedelta(days=1), NOW + timedelta(days=6)
        )
    ).sign(key, SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Signer(pem, made.public_bytes(Encoding.PEM).decode())


def test_what_was_signed_is_read_with_the_certificate_that_did() -> None:
    found, by = read_signed(SIGNED, [THEIRS.certificate, OURS.certificate], now=NOW)
    assert found == MESSAGE
    assert by == fingerprint(OURS.certificate)
    assert is_signed(SIGNED)
    assert not is_signed(write(MESSAGE))


def test_a_signed_message_passes_the_schema_and_reads_as_it_did() -> None:
    assert schema_errors(SIGNED) == []
    assert read(SIGNED) == MESSAGE


def test_an_operators_key_signs_too_until_it_runs_out() -> None:
    theirs = _operators()
    assert signer_of({"seed": "x", "key": theirs.key, "certificate": theirs.certificate}, host="h") == theirs
    signed = sign(WEATHER, theirs)
    assert read_signed(signed, [theirs.certificate], now=NOW)[0] == read(WEATHER)
    assert runs_out(theirs.certificate) == NOW + timedelta(days=6)
    with pytest.raises(BadRequest):
        read_signed(signed, [theirs.certificate], now=NOW + timedelta(days=7))


def test_the_same_message_is_signed_in_the_same_bytes() -> None:
    for one in (OURS, _operators()):
        assert sign(write(MESSAGE), one) == sign(write(MESSAGE), one)


def test_each_process_has_the_same_certificate_and_each_seed_another() -> None:
    code = (
        "from chalicelib.alerts.cap.signature import signer_of\n"
        "print(signer_of({'seed': 'of this deployment'}, host='alerts.harbor.example').certificate)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == OURS.certificate.strip()
    assert fingerprint(OURS.certificate) != fingerprint(THEIRS.certificate)


@pytest.mark.parametrize("text", ["", "no certificate", OURS.key, OURS.certificate * 2, "é"])
def test_a_certificate_that_is_none_is_told(text: str) -> None:
    assert "X.509" in str(certificate_error(text))
    assert certificate_error(OURS.certificate) is None


def _refused(xml: bytes) -> str:
    with pytest.raises(BadRequest) as refused:
        read_signed(xml, [OURS.certificate], now=NOW)
    return refused.value.code


def test_a_message_without_a_signature_is_refused() -> None:
    assert _refused(write(MESSAGE)) == "not-signed"


def test_a_certificate_inside_a_message_proves_nothing_about_who() -> None:
    assert _refused(sign(write(MESSAGE), THEIRS)) == "signature-refused"


def test_ours_named_in_a_signature_by_another_key_is_refused() -> None:
    inside = re.compile(rb"(?<=X509Certificate>).*?(?=</ds:X509Certificate>)", re.DOTALL)
    found = inside.search(SIGNED)
    assert found
    assert _refused(inside.sub(found[0], sign(write(MESSAGE), THEIRS))) == "signature-refused"


def test_the_same_list_holds_no_certificate_before_its_time() -> None:
    with pytest.raises(BadRequest):
        read_signed(SIGNED, [OURS.certificate], now=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("told", "instead"),
    [
        (b"The river floods Mill Street", b"All is well on Mill Street"),
        (b"<polygon>42.3,", b"<polygon>43.3,"),
        (b"</info>", b"</info><info>x</info>"),
        (b"<scope>Public</scope>", b"<scope>Public</scope><note>x</note>"),
    ],
)
def test_a_message_changed_after_it_was_signed_is_refused(told: bytes, instead: bytes) -> None:
    assert told in SIGNED
    assert _refused(SIGNED.replace(told, instead, 1)) == "signature-refused"


def _signature(xml: bytes) -> bytes:
    found = re.search(rb"<ds:Signature .*</ds:Signature>", xml, re.DOTALL)
    assert found
    return found[0]


EVIL = write(message(identifier="evil"))


def test_a_signature_moved_to_another_message_is_refused() -> None:
    assert _refused(EVIL.replace(b"</alert>", _signature(SIGNED) + b"</alert>")) == "signature-refused"


def test_a_signed_message_wrapped_into_another_is_not_taken_for_it() -> None:
    """The old one whole, in the signature's own Object, and in an element that CAP has not."""
    original = SIGNED.partition(b"?>\n")[2]
    for wrapped in (
        EVIL.replace(b"</alert>", original + b"</alert>"),
        EVIL.replace(b"</alert>", b'<w xmlns="x:y">' + original + b"</w></alert>"),
        EVIL.replace(
            b"</alert>",
            _signature(SIGNED).replace(
                b"</ds:Signature>", b"<ds:Object>" + original + b"</ds:Object></ds:Signature>"
            )
            + b"</alert>",
        ),
    ):
        with pytest.raises(BadRequest):
            read_signed(wrapped, [OURS.certificate], now=NOW)


def _by_id(xml: bytes, reference: str) -> bytes:
    """Signed by the trusted key, by the Id of an element instead of as a whole."""
    root = etree.fromstring(xml)
    made = XMLSigner(signature_algorithm=SignatureMethod.ECDSA_SHA256).sign(
        root, key=OURS.key, cert=OURS.certificate, reference_uri=reference
    )
    return bytes(etree.tostring(made))


def test_what_is_wrapped_around_a_message_that_was_signed_by_its_id_is_never_read() -> None:
    original = _by_id(write(MESSAGE).replace(b"<alert ", b'<alert Id="a" '), "#a")
    assert read_signed(original, [OURS.certificate], now=NOW)[0] == MESSAGE
    inner = original.replace(_signature(original), b"")
    wrapped = EVIL.partition(b"?>\n")[2].replace(
        b"</alert>",
        _signature(original).replace(
            b"</ds:Signature>", b"<ds:Object>" + inner + b"</ds:Object></ds:Signature>"
        )
        + b"</alert>",
    )
    try:
        found, _ = read_signed(wrapped, [OURS.certificate], now=NOW)
    except BadRequest:
        return
    assert found == MESSAGE


def test_a_signature_of_a_part_is_none_of_the_message() -> None:
    part = _by_id(write(MESSAGE).replace(b"<info>", b'<info Id="i">'), "#i")
    assert _refused(part) == "not-cap"


def test_a_signature_by_the_public_certificate_as_a_password_is_refused() -> None:
    root = etree.fromstring(write(MESSAGE))
    made = XMLSigner(signature_algorithm=SignatureMethod.HMAC_SHA256).sign(
        root, key=OURS.certificate.encode()
    )
    assert _refused(bytes(etree.tostring(made))) == "signature-refused"


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        (b"SignatureValue>", b"SignatureValue>!"),
        (b"ecdsa-sha256", b"ecdsa-sha1"),
        (b"xmlenc#sha256", b"xmlenc#nothing"),
        (b'URI=""', b'URI="http://169.254.169.254/"'),
        (b'URI=""', b'URI="#nobody"'),
        (b"ds:SignedInfo", b"ds:SignInfo"),
        (
            b"http://www.w3.org/2000/09/xmldsig#enveloped-signature",
            b"http://www.w3.org/TR/1999/REC-xslt-19991116",
        ),
    ],
)
def test_a_broken_signature_is_refused(part: bytes, instead: bytes) -> None:
    assert part in SIGNED
    assert _refused(SIGNED.replace(part, instead)) == "signature-refused"


def test_a_signed_document_with_a_document_type_is_refused_before_its_signature_is_looked_at() -> None:
    assert _refused(SIGNED.replace(b"<alert ", b"<!DOCTYPE alert [<!ENTITY x 'y'>]><alert ", 1)) == "bad-xml"


def test_the_signing_library_is_loaded_by_the_first_signature() -> None:
    code = f"import sys, {signature.__name__}; sys.exit('signxml' in sys.modules or 'lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
