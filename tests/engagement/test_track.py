import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from chalicelib.core.ids import random_id, time_ordered_id
from chalicelib.core.tokens import KeyRing
from chalicelib.delivery.delivery_tokens import mint, mint_short
from chalicelib.engagement import links, track
from tests.delivery.returns import HEAD, NOW, PLAN, RING, World, world
from tests.engagement.web import ask

ANA = "0" * 32
URLS = HEAD.links
TOKEN = mint(PLAN, ANA, "email", ring=RING)
SHORT = mint_short(7, 3, 1, ring=RING)
HEAVY = (
    "pydantic",
    "pynamodb",
    "jinja2",
    "markdown_it",
    "nh3",
    "css_inline",
    "phonenumbers",
    "boto3",
    "babel",
)


class Queue:
    """Takes the messages of the queue `events`, or fails."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.broken = False

    def send(self, queue: str, message: Any) -> None:
        if self.broken:
            raise TimeoutError
        assert queue == "events"
        self.sent.append(dict(message))


class Stage(NamedTuple):
    world: World
    queue: Queue


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with world() as one:
        one.plan()
        yield one


@pytest.fixture
def stage(made: World, monkeypatch: pytest.MonkeyPatch) -> Stage:
    queue = Queue()
    monkeypatch.setitem(made.wiring.__dict__, "queues", queue)
    monkeypatch.setattr(track, "wiring", lambda: made.wiring)
    return Stage(made, queue)


def test_a_click_leads_to_its_link_and_is_told_once(stage: Stage) -> None:
    answer = ask("GET", f"/t/{TOKEN}/0", {"user-agent": "Reader/1"})
    assert (answer.status, answer.headers["Location"]) == (302, URLS[0])
    assert answer.headers["Cache-Control"] == "no-store"
    (message,) = stage.queue.sent
    assert len(message.pop("id")) == 24
    assert message == {
        "kind": "click",
        "plan": PLAN,
        "subscriber": ANA,
        "channel": "email",
        "link": 0,
        "at": "2026-11-22T06:00:00.000Z",
        "agent": "Reader/1",
        "network": "",
        "signs": [],
    }


def test_a_short_token_is_told_by_its_numbers(stage: Stage) -> None:
    assert ask("GET", f"/t/{SHORT}/1").headers["Location"] == URLS[1]
    (message,) = stage.queue.sent
    assert message.items() >= {"plan_number": 7, "chunk": 3, "place": 1, "link": 1}.items()
    assert "subscriber" not in message


def test_an_opening_shows_a_pixel_that_no_cache_keeps(stage: Stage) -> None:
    answer = ask("GET", f"/o/{TOKEN}", {"accept": "image/avif,image/webp,*/*"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/gif")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body.startswith(b"GIF89a")
    assert [message["kind"] for message in stage.queue.sent] == ["open"]


def test_the_link_that_nobody_sees_is_told_and_leads_nowhere(stage: Stage) -> None:
    for method in ("GET", "HEAD"):
        answer = ask(method, f"/t/{TOKEN}/control", {"user-agent": "Gate/1", "accept-language": "es"})
        assert (answer.status, "Location" in answer.headers) == (200, False)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Aquí no hay nada que ver" in answer.body.decode()
    first, second = stage.queue.sent
    assert first.items() >= {"kind": "control", "plan": PLAN, "subscriber": ANA, "link": None}.items()
    assert (first["agent"], first["signs"], second["signs"]) == ("Gate/1", [], ["head"])


class Said(NamedTuple):
    name: str
    method: str
    headers: dict[str, str]
    signs: list[str]


SAID = [
    Said("HEAD", "HEAD", {}, ["head"]),
    Said("Purpose", "GET", {"purpose": "prefetch"}, ["ahead"]),
    Said("Sec-Purpose", "GET", {"sec-purpose": "prefetch;prerender"}, ["ahead"]),
    Said("X-Purpose", "GET", {"x-purpose": "preview"}, ["ahead"]),
    Said("Sec-GPC", "GET", {"sec-gpc": "1"}, ["private"]),
    Said("DNT", "HEAD", {"dnt": "1"}, ["head", "private"]),
    Said("DNT taken back", "GET", {"dnt": "0"}, []),
]


@pytest.mark.parametrize("case", SAID, ids=lambda case: case.name)
def test_what_a_request_says_of_itself_is_told(stage: Stage, case: Said) -> None:
    assert ask(case.method, f"/t/{TOKEN}/0", case.headers).status == 302
    assert ask(case.method, f"/o/{TOKEN}", case.headers).status == 200
    assert [message["signs"] for message in stage.queue.sent] == [case.signs] * 2


def test_two_requests_are_known_to_come_from_one_network_and_nobody_knows_which(stage: Stage) -> None:
    sources = (
        "192.0.2.7",
        "192.0.2.200",
        "192.0.3.7",
        "2001:db8:1:2::3",
        "2001:db8:1:9::4",
        "2001:db8:2::1",
        "?",
    )
    for source in sources:
        ask("GET", f"/t/{TOKEN}/0", source=source)
    ask("GET", f"/t/{SHORT}/0", source=sources[0])
    a, b, c, d, e, f, none, elsewhere = (message["network"] for message in stage.queue.sent)
    assert (a, d, none) == (b, e, "")
    assert len({a, c, d, f, elsewhere}) == 5
    assert len(a) == 12


def test_a_reader_is_redirected_though_the_queue_fails(stage: Stage) -> None:
    stage.queue.broken = True
    assert ask("GET", f"/t/{TOKEN}/0").status == 302
    assert ask("GET", f"/o/{TOKEN}").status == 200


def test_a_click_asks_for_nothing_once_warm(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [f"/t/{TOKEN}/0", f"/t/{SHORT}/0", f"/t/{TOKEN}/control", f"/o/{TOKEN}"]
    for path in paths:
        ask("GET", path)
    monkeypatch.setitem(stage.world.wiring.__dict__, "dynamodb", None)
    for path in paths:
        assert ask("GET", path).status in (200, 302)
    assert len(stage.queue.sent) == 8


class Refused(NamedTuple):
    name: str
    path: str
    status: int


OLD = mint(time_ordered_id(NOW - timedelta(days=401)), ANA, "email", ring=RING)
REFUSED = [
    Refused("a number that the plan lacks", f"/t/{TOKEN}/3", 404),
    Refused("a negative number", f"/t/{TOKEN}/-1", 404),
    Refused("a number written otherwise", f"/t/{TOKEN}/00", 404),
    Refused("a number in other digits", f"/t/{TOKEN}/١", 404),
    Refused("a huge number", f"/t/{TOKEN}/{'9' * 5000}", 404),
    Refused("no number", f"/t/{TOKEN}/x", 404),
    Refused("an address", f"/t/{TOKEN}/https:%2F%2Fevil.example", 404),
    Refused("a link that is none of the web", f"/t/{TOKEN}/2", 404),
    Refused("an altered token", f"/t/{TOKEN[:-2]}AA/0", 404),
    Refused("a foreign key", f"/t/{mint(PLAN, ANA, 'email', ring=KeyRing(1, {1: b'x'}))}/0", 404),
    Refused(
        "a plan that is gone", f"/t/{mint(time_ordered_id(NOW), random_id(), 'email', ring=RING)}/0", 404
    ),
    Refused("a short token of a plan that is gone", f"/t/{mint_short(8, 3, 1, ring=RING)}/0", 404),
    Refused("an expired token", f"/t/{OLD}/0", 410),
    Refused("nearly the link that nobody sees", f"/t/{TOKEN}/Control", 404),
    Refused("the link that nobody sees, altered", f"/t/{TOKEN[:-2]}AA/control", 404),
    Refused("the link that nobody sees, expired", f"/t/{OLD}/control", 410),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_leads_nowhere_shows_a_page(stage: Stage, case: Refused) -> None:
    answer = ask("GET", case.path)
    assert answer.status == case.status
    assert "text/html" in answer.headers["Content-Type"]
    assert "Location" not in answer.headers
    assert stage.queue.sent == []


@pytest.mark.parametrize(
    ("token", "status"), [(TOKEN[:-2] + "AA", 404), (OLD, 410)], ids=["an altered token", "an expired token"]
)
def test_a_pixel_of_no_message_is_an_image_all_the_same(stage: Stage, token: str, status: int) -> None:
    answer = ask("GET", f"/o/{token}")
    assert (answer.status, answer.headers["Content-Type"]) == (status, "image/gif")
    assert stage.queue.sent == []


def test_a_crash_shows_a_page(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(links, "read_token", broken)
    answer = ask("GET", f"/t/{TOKEN}/0")
    assert (answer.status, "text/html" in answer.headers["Content-Type"]) == (500, True)


def test_the_click_path_loads_no_heavy_library() -> None:
    program = (
        "import sys, time\n"
        "import chalicelib.engagement.track\n"
        "from chalicelib.core.wiring import wiring\n"
        "wiring().queues, wiring().dynamodb\n"
        "print(time.process_time(), *(name for name in sys.modules if '.' not in name))"
    )
    environment = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    _seconds, *modules = done.stdout.split()
    assert set(HEAVY) & set(modules) == set()
