"""A function loads the channels that it uses, and no other."""

import subprocess
import sys

import pytest

OTHERS = (
    "chalicelib.channels.voice",
    "chalicelib.channels.speech",
    "chalicelib.channels.push",
    "requests",
    "cryptography",
)
SCRIPT = """
import sys
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import deliver, receipts
from chalicelib.delivery.ways_out import channel_of
from chalicelib.engagement import track
settings = Settings(sms_service={service!r}, sms_numbers=("+16175550100=newsletter",))
wiring = Wiring(settings=settings)
channel_of("email", mode="live", wiring=wiring)
channel_of("sms", mode="live", wiring=wiring)
print(*sys.modules)
"""


@pytest.mark.parametrize("service", ["sns", "end-user-messaging"])
def test_mail_texts_and_clicks_load_nothing_of_calls_and_notifications(service: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(service=service)], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "chalicelib.channels.email" in loaded
    assert not [one for one in loaded if one in OTHERS]
