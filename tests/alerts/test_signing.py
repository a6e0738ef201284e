"""What is published carries the deployment's signature, which is the same wherever it is made."""

import json

import pytest

from chalicelib.alerts.cap.read import read
from chalicelib.alerts.cap.signature import is_signed, read_signed, signer_of
from chalicelib.alerts.signing import signed, signer
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring, wiring
from tests.alerts.sample import MESSAGE, NOW

pytestmark = pytest.mark.usefixtures("platform")


def test_a_published_message_is_signed_with_the_deployments_key() -> None:
    certificate = signer(wiring=wiring()).certificate
    assert read_signed(signed(MESSAGE, wiring=wiring()), [certificate], now=NOW)[0] == MESSAGE
    assert signer(wiring=Wiring(settings=wiring().settings)).certificate == certificate


def test_an_operators_own_key_takes_its_place() -> None:
    own = signer_of({"seed": "an authority's"}, host="harbor.example")
    given = Wiring(settings=Settings(stack=wiring().settings.stack))
    secret = {"seed": "x", "key": own.key, "certificate": own.certificate}
    name = f"{given.settings.stack}/alerts"
    was = given.secrets.get_secret_value(SecretId=name)["SecretString"]
    given.secrets.put_secret_value(SecretId=name, SecretString=json.dumps(secret))
    try:
        assert signer(wiring=given) == own
    finally:
        given.secrets.put_secret_value(SecretId=name, SecretString=was)


def test_what_cannot_be_signed_can_be_read_all_the_same() -> None:
    without = Wiring(settings=Settings(stack="nobody"))
    assert read(signed(MESSAGE, wiring=without)) == MESSAGE
    assert not is_signed(signed(MESSAGE, wiring=without))
