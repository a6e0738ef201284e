"""What speaks to platforms, encrypts, reads feeds or signs CAP is loaded where it is used alone."""

import json
import subprocess
import sys

ALONE = (
    *("requests", "regex", "apprise", "cryptography"),  # posts and notifications
    *("feedparser", "selectolax", "icalendar"),  # sources and calendar files
    *("lxml", "signxml", "shapely", "numpy", "babel"),  # alerts: CAP and its signature, areas
)
PLATFORMS = "chalicelib.channels.platforms."
SHARED = {f"{PLATFORMS}{name}" for name in ("base", "registry")}
PROGRAM = """
import json, sys
import app
from chalicelib.core.wiring import wiring
from chalicelib.delivery.ways_out import channel_of
import chalicelib.engagement.track
for name in ("email", "sms"):
    channel_of(name, mode="live", wiring=wiring())
wiring().queues, wiring().dynamodb, wiring().secrets
print(json.dumps(sorted(sys.modules)))
"""


def test_what_mails_texts_and_counts_loads_no_platform_and_nothing_of_theirs() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    modules = set(json.loads(done.stdout))
    assert not modules.intersection(ALONE)
    assert {name for name in modules if name.startswith(PLATFORMS)} <= SHARED
    assert "chalicelib.delivery.posts.work" in modules
