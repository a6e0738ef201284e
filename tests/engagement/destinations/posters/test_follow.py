"""The way from a code to its page asks AWS for one thing, and goes on though the queue fails."""

import pytest

from chalicelib.core.staff import Actor
from chalicelib.core.wiring import wiring
from chalicelib.engagement import track
from chalicelib.engagement.destinations.posters import tables
from chalicelib.engagement.destinations.posters.model import Poster
from infra.platform.platform import Platform
from tests.engagement.test_track import Queue
from tests.engagement.web import BROWSER, ask

MADE = Poster(
    code="ab3d5f7h",
    name="Flu",
    department="health",
    url="https://www.city.example/flu",
    topics=(),
    language="",
    utm_campaign="",
    target="https://www.city.example/flu?utm_source=crier",
    error_correction="q",
    created_at="2026-11-22T06:00:00.000Z",
    created_by=Actor.__name__,
)


class Scans(Queue):
    """Takes the messages of the queue `scans`, or fails."""

    def send(self, queue: str, message: object) -> None:
        super().send({"scans": "events"}[queue], message)


@pytest.fixture
def scans(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Scans:
    tables.add(MADE)
    queue = Scans()
    monkeypatch.setitem(wiring().__dict__, "queues", queue)
    monkeypatch.setattr(track, "wiring", wiring)
    return queue


def test_a_scan_tells_of_a_poster_and_of_no_person(scans: Scans) -> None:
    answer = ask("GET", f"/q/{MADE.code}", {"user-agent": BROWSER, "x-forwarded-for": "192.0.2.7"})
    assert (answer.status, answer.headers["Location"]) == (302, MADE.target)
    (message,) = scans.sent
    assert message.keys() == {"id", "poster", "at", "agent", "signs"}
    assert (message["poster"], message["agent"], message["signs"]) == (MADE.code, BROWSER, [])


def test_a_scan_asks_for_nothing_once_warm(scans: Scans, monkeypatch: pytest.MonkeyPatch) -> None:
    ask("GET", f"/q/{MADE.code}")
    monkeypatch.setitem(wiring().__dict__, "dynamodb", None)
    assert ask("GET", f"/q/{MADE.code}").status == 302
    assert len(scans.sent) == 2


def test_the_reader_is_led_on_though_the_queue_fails(scans: Scans) -> None:
    scans.broken = True
    assert ask("GET", f"/q/{MADE.code}").status == 302
