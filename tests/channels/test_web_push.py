"""Browsers, against push services that refuse what the real ones refuse."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.channels.base import Outcome, State
from chalicelib.channels.notification import Notification
from chalicelib.channels.push_address import Browser, parse
from chalicelib.channels.push_crypto import public_key
from chalicelib.channels.web_push import WebPush, outcome, retry_after_s, subject
from chalicelib.core.settings import Settings
from chalicelib.core.web import Web
from infra.aws.clock import LocalClock
from infra.stand_ins.push_services import PushServices
from infra.stand_ins.transport import StandIns, answers, crash, no_answer, too_many, unreachable

SECRET = b"s" * 64
ONE = Notification(
    title="Roads",
    body="Main Street is closed.",
    url="https://city.example/t/TOKEN/0",
    leave="https://city.example/unsubscribe/TOKEN",
    leave_title="Unsubscribe",
    language="en",
    direction="ltr",
    tag="a" * 32,
    urgent=False,
)


@pytest.fixture
def clock() -> LocalClock:
    return LocalClock()


@pytest.fixture
def services(clock: LocalClock) -> Iterator[PushServices]:
    web = StandIns(clock)
    web.install()
    yield web.of(PushServices)
    web.uninstall()


@pytest.fixture
def push(clock: LocalClock) -> WebPush:
    return WebPush(web=Web(), secret=lambda: SECRET, settings=Settings(), clock=clock)


def address(services: PushServices, *, host: str = "fcm.googleapis.com", key: bytes = SECRET) -> Browser:
    found = parse(services.browser(public_key(key), host=host).address)
    assert isinstance(found, Browser)
    return found


def test_a_browser_shows_what_only_it_can_read(services: PushServices, push: WebPush) -> None:
    browser = address(services)
    sent = push.send(browser, ONE, ttl_s=60)
    assert sent.state is State.SENT
    assert sent.provider_id.startswith("https://fcm.googleapis.com/m/")
    assert services.browsers[browser.endpoint].shown == [
        {
            "title": "Roads",
            "body": "Main Street is closed.",
            "url": "https://city.example/t/TOKEN/0",
            "lang": "en",
            "dir": "ltr",
            "tag": "a" * 32,
            "urgent": False,
            "leave": "https://city.example/unsubscribe/TOKEN",
            "leaveTitle": "Unsubscribe",
        }
    ]
    [request] = services.requests
    assert (request.headers["TTL"], request.headers["Urgency"]) == ("60", "normal")
    assert request.headers["Topic"] == "a" * 32
    assert b"Main Street" not in request.get_data()


def test_what_is_urgent_is_said_to_be(services: PushServices, push: WebPush) -> None:
    push.send(address(services), replace(ONE, urgent=True), ttl_s=60)
    assert services.requests[0].headers["Urgency"] == "high"


def test_a_text_that_is_too_long_is_cut_and_still_leads_on(services: PushServices, push: WebPush) -> None:
    browser = address(services)
    assert push.send(browser, replace(ONE, body="桥 " * 2000), ttl_s=60).state is State.SENT
    [shown] = services.browsers[browser.endpoint].shown
    assert shown["body"].endswith("桥…")
    assert shown["url"] == ONE.url
    assert len(services.requests[0].get_data()) <= 4096
    refused = push.send(browser, replace(ONE, title="桥" * 2000), ttl_s=60)
    assert refused == Outcome(State.FAILED, reason="too-large")


def test_of_a_message_that_came_twice_one_is_shown(
    services: PushServices, push: WebPush, clock: LocalClock
) -> None:
    browser = address(services)
    services.faults.add(no_answer(done=True))
    assert push.send(browser, ONE, ttl_s=60).state is State.UNKNOWN
    clock.advance(31)
    assert push.send(browser, ONE, ttl_s=60).state is State.SENT
    assert len(services.browsers[browser.endpoint].shown) == 1


def test_a_browser_that_is_gone(services: PushServices, push: WebPush) -> None:
    browser = address(services)
    services.browsers[browser.endpoint].gone = True
    assert push.send(browser, ONE, ttl_s=60) == Outcome(State.FAILED, reason="push-service-410", gone=True)
    del services.browsers[browser.endpoint]
    assert push.send(browser, ONE, ttl_s=60) == Outcome(State.FAILED, reason="push-service-404", gone=True)


def test_a_browser_that_subscribed_to_another_key_fails_alone(services: PushServices, push: WebPush) -> None:
    refused = push.send(address(services, key=b"old" * 20), ONE, ttl_s=60)
    assert refused == Outcome(State.FAILED, reason="push-service-403")
    assert push.send(address(services), ONE, ttl_s=60).state is State.SENT


@pytest.mark.parametrize("fault", [too_many(retry_after_s=60), unreachable(), answers(503)])
def test_a_push_service_that_rests_is_left_alone_and_the_others_are_not(
    services: PushServices, push: WebPush, clock: LocalClock, fault: object
) -> None:
    google, mozilla = address(services), address(services, host="updates.push.services.mozilla.com")
    services.faults.add(fault)  # type: ignore[arg-type]
    assert push.send(google, ONE, ttl_s=60).state is State.RETRY
    assert push.send(google, ONE, ttl_s=60) == Outcome(State.RETRY, reason="push-service-rests")
    assert len(services.requests) == 1
    assert push.send(mozilla, ONE, ttl_s=60).state is State.SENT
    clock.advance(61)
    assert push.send(google, ONE, ttl_s=60).state is State.SENT


@pytest.mark.parametrize("fault", [no_answer(), answers(500), answers(502, done=True)])
def test_what_may_have_been_taken_is_not_known(services: PushServices, push: WebPush, fault: object) -> None:
    services.faults.add(fault)  # type: ignore[arg-type]
    assert push.send(address(services), ONE, ttl_s=60).state is State.UNKNOWN


def test_a_crash_is_left_to_whoever_called(services: PushServices, push: WebPush) -> None:
    services.faults.add(crash())
    with pytest.raises(BaseException, match="crashed"):
        push.send(address(services), ONE, ttl_s=60)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({"TTL": ""}, 400, id="without-ttl"),
        pytest.param({"TTL": "-1"}, 400, id="ttl-no-number"),
        pytest.param({"Topic": "t" * 33}, 400, id="topic-too-long"),
        pytest.param({"Urgency": "now"}, 400, id="no-urgency"),
        pytest.param({"Content-Encoding": "aesgcm"}, 415, id="old-coding"),
        pytest.param({"Authorization": ""}, 401, id="unsigned"),
    ],
)
def test_the_push_services_refuse(
    services: PushServices, push: WebPush, change: dict[str, str], status: int
) -> None:
    browser = address(services)
    push.send(browser, ONE, ttl_s=60)
    sent = services.requests[0]
    headers = {**dict(sent.headers), **change}
    answer = Web().request("POST", browser.endpoint, headers=headers, data=sent.get_data())
    assert answer.status == status
    assert Web().request("POST", browser.endpoint, headers=dict(sent.headers), data=b"x" * 4097).status == 413


def test_a_signature_ends(services: PushServices, push: WebPush, clock: LocalClock) -> None:
    browser = address(services)
    push.send(browser, ONE, ttl_s=60)
    sent = services.requests[0]
    other = address(services, host="web.push.apple.com")
    elsewhere = Web().request("POST", other.endpoint, headers=dict(sent.headers), data=sent.get_data())
    clock.advance(timedelta(hours=13).total_seconds())
    late = Web().request("POST", browser.endpoint, headers=dict(sent.headers), data=sent.get_data())
    assert (elsewhere.status, late.status) == (401, 401)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Outcome(State.SENT, provider_id="/m/1")),
        (202, Outcome(State.SENT, provider_id="/m/1")),
        (301, Outcome(State.FAILED, reason="push-service-301")),
        (400, Outcome(State.FAILED, reason="push-service-400")),
        (413, Outcome(State.FAILED, reason="push-service-413")),
        (504, Outcome(State.UNKNOWN, reason="push-service-504")),
    ],
)
def test_what_an_answer_means(status: int, expected: Outcome) -> None:
    assert outcome(status, "/m/1") == expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("60", 60.0), ("", 30.0), ("soon", 30.0), ("-5", 30.0), ("nan", 30.0), ("inf", 30.0)],
)
def test_how_long_a_push_service_is_left_alone(text: str, seconds: float) -> None:
    assert retry_after_s(text) == seconds


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("help@city.example", "mailto:help@city.example"),
        ("https://city.example/help", "https://city.example/help"),
        ("Call 311", "mailto:news@city.example"),
    ],
)
def test_whom_operators_of_push_services_reach(contact: str, expected: str) -> None:
    assert subject(replace(Settings(), contact=contact)) == expected
