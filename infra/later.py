"""`/later`, which only the local platform has: its clock is moved ahead, so that what waits need not be.

What is due by then happens as schedules and queues come to it: waves, digests, escalations, reports.
"""

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from chalicelib.core.clock import rfc3339
from infra.answers import HttpAnswer
from infra.outbox import page

if TYPE_CHECKING:
    from infra.platform.platform import Platform

LONGEST_S = 31 * 86_400


def answer(platform: "Platform", method: str, target: str, body: bytes) -> HttpAnswer:
    """GET shows what time it is here, and a form; POST moves the clock ahead by its `seconds` or `hours`.

    `/later.json` tells programs the time (`now`, RFC 3339).
    """
    if method == "POST":
        seconds = _seconds(body)
        if not 0 <= seconds <= LONGEST_S:
            return HttpAnswer(400, {"content-type": "text/plain"}, b"Give seconds or hours, up to 31 days.\n")
        platform.clock.advance(seconds)
        return HttpAnswer(303, {"location": "/later"}, b"")
    if method not in ("GET", "HEAD"):
        return HttpAnswer(405, {"content-type": "text/plain", "allow": "GET, HEAD, POST"}, b"GET or POST\n")
    if target.startswith("/later.json"):
        body = json.dumps({"now": rfc3339(platform.clock())}).encode()
        return HttpAnswer(200, {"content-type": "application/json", "cache-control": "no-store"}, body)
    return page("later.html", now=f"{platform.clock():%A, %-d %B %Y, %H:%M:%S} UTC")


def _seconds(body: bytes) -> float:
    """What the form asks for; -1 where it is no number."""
    given = parse_qs(body.decode("utf-8", "replace"))
    try:
        return float(given.get("seconds", ["0"])[0]) + 3600 * float(given.get("hours", ["0"])[0])
    except ValueError:
        return -1
