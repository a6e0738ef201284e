"""Which addresses lead to a browser or an app, and which do not."""

import pytest

from chalicelib.channels.push_address import Browser, Device, browser, hint, parse

ENDPOINT = "https://push.browser.example/send/fQ0aXk2"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
"""The keys of RFC 8291, appendix A."""

BROWSER = f"{ENDPOINT}#{P256DH}.{AUTH}"
DEVICE = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/city/5e3e9847-3183-3f18-a7e8-671c3a57d4b3"


def test_a_browser() -> None:
    assert parse(BROWSER) == Browser(ENDPOINT, P256DH, AUTH)
    assert browser(ENDPOINT, P256DH + "=", AUTH + "==") == BROWSER
    assert hint(BROWSER) == "push.browser.example …SIgg"


def test_an_app() -> None:
    assert parse(DEVICE) == Device(DEVICE, "GCM", "city")
    assert hint(DEVICE) == "GCM/city …d4b3"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="nothing"),
        pytest.param(ENDPOINT, id="no-keys"),
        pytest.param(f"{ENDPOINT}#{P256DH}", id="no-secret"),
        pytest.param(f"{ENDPOINT}#{P256DH}.{AUTH}AA", id="long-secret"),
        pytest.param(f"{ENDPOINT}#{P256DH[:-2]}ww.{AUTH}", id="not-on-the-curve"),
        pytest.param(f"{ENDPOINT}#{AUTH}.{P256DH}", id="keys-swapped"),
        pytest.param(f"{ENDPOINT}#{P256DH}+.{AUTH}", id="not-base64url"),
        pytest.param(f"http://push.example/a#{P256DH}.{AUTH}", id="not-secure"),
        pytest.param(f"https://push.example:8443/a#{P256DH}.{AUTH}", id="odd-port"),
        pytest.param(f"https://push.example:x/a#{P256DH}.{AUTH}", id="no-port"),
        pytest.param(f"https://ana:pass@push.example/a#{P256DH}.{AUTH}", id="password"),
        pytest.param(f"https://169.254.169.254/a#{P256DH}.{AUTH}", id="number"),
        pytest.param(f"https://[::1]/a#{P256DH}.{AUTH}", id="v6"),
        pytest.param(f"https://localhost/a#{P256DH}.{AUTH}", id="no-domain"),
        pytest.param(f"https://push.example/#{P256DH}.{AUTH}", id="no-path"),
        pytest.param(f"https://push.example/a b#{P256DH}.{AUTH}", id="space"),
        pytest.param(f"https://push.example/\u00e4#{P256DH}.{AUTH}", id="not-ascii"),
        pytest.param(f"https://push.example/{'a' * 2000}#{P256DH}.{AUTH}", id="too-long"),
        pytest.param(DEVICE.replace("endpoint", "app"), id="the-app-itself"),
        pytest.param(DEVICE.replace("GCM", "SMS"), id="no-network"),
        pytest.param(DEVICE + "/x", id="more"),
    ],
)
def test_what_leads_nowhere(written: str) -> None:
    assert parse(written) is None
