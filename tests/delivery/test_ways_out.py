"""A function loads the channels that it uses, and no other."""

import subprocess
import sys

SPOKEN = ("chalicelib.channels.voice", "chalicelib.channels.speech")
OTHERS = (*SPOKEN, "chalicelib.channels.push", "requests")
PROGRAM = """
import sys
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import deliver, receipts
from chalicelib.delivery.ways_out import channel_of
from chalicelib.engagement import track
for service in ("sns", "end-user-messaging"):
    wiring = Wiring(settings=Settings(sms_service=service))
    channel_of("email", mode="live", wiring=wiring)
    channel_of("sms", mode="live", wiring=wiring)
print(*sys.modules)
"""


def test_mail_texts_and_clicks_load_nothing_of_calls_and_notifications() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "chalicelib.channels.eum_sms" in loaded
    assert not [one for one in loaded if one in OTHERS]


def test_the_whole_application_starts_without_a_voice() -> None:
    program = "import sys, app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not [one for one in done.stdout.split() if one in SPOKEN]
