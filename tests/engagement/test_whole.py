"""From a launch to its report, with every queue message delivered twice and in any order."""

import re
from collections.abc import Iterator
from random import Random
from urllib.parse import urlsplit

import pytest

from chalicelib.engagement.reports.campaign import report
from infra.aws.sqs import Mishaps
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.features.driver import BROWSER, MAIL_PROGRAM

SOON = 30
TRACKED = re.compile(r"https?://\S+?/t/[\w-]+/\d+")


@pytest.fixture(params=[1, 2])
def doubling(platform: Platform, request: pytest.FixtureRequest) -> Iterator[Platform]:
    """A platform whose queues deliver every message twice, in any order."""
    sqs = platform.world.sqs
    kept, sqs.mishaps = sqs.mishaps, Mishaps(double=True, shuffle=Random(request.param))
    yield platform
    sqs.mishaps = kept


def test_what_readers_do_stands_in_the_report(doubling: Platform) -> None:
    platform = doubling
    for number in range(60):
        person(number, channels=("email", "sms") if number < 4 else ("email",))
    plan_id = plan(sms=True)
    run(platform)
    letters = platform.outbox.letters()
    mails = [one for one in letters if one.channel == "email"]
    texts = [one for one in letters if one.channel == "sms"]
    for one in mails[:3]:
        pixel = re.search(r"/o/[\w-]+", one.html or "")
        assert pixel is not None
        assert platform.http("GET", pixel[0], {"user-agent": MAIL_PROGRAM}).status == 200
    for one in [*mails[:3], mails[0], *texts[:2]]:
        path = urlsplit(TRACKED.findall(one.text)[0]).path
        answer = platform.http("GET", path, {"user-agent": BROWSER})
        assert (answer.status, answer.headers["location"]) == (302, "https://city.example/roads")
    run(platform)
    view = report(plan_id, wiring=world())
    assert (view.planned, view.sent, view.waiting, view.status) == (64, 64, 0, "sent")
    assert (view.delivered, view.bounced, view.opened, view.opens) == (60, 0, 3, 3)
    assert (view.clicked, view.clicks) == (5, 6)
    assert [(one.people.human, one.events.human) for one in view.links] == [(5, 6)]
    assert sum(hour.clicks.human for hour in view.hours) == 6
    assert [(one.channel, one.clicked, one.delivered) for one in view.channels] == [
        ("email", 3, 60),
        ("sms", 2, None),
    ]


def test_after_a_scan_that_follows_all_a_reader_of_the_same_mail_counts(platform: Platform) -> None:
    person(1)
    plan_id = plan()
    run(platform)
    (mail,) = platform.outbox.letters()
    links = re.findall(r"/t/[\w-]+/\w+", mail.html or "")
    assert [one.rpartition("/")[2] for one in links] == ["0", "control"]
    for link in links:
        headers = {"user-agent": BROWSER, "x-forwarded-for": "198.51.100.7"}
        assert platform.http("GET", link, headers).status in (200, 302)
    platform.clock.advance(SOON)
    pixel = re.search(r"/o/[\w-]+", mail.html or "")
    assert pixel is not None
    for path, agent in ((pixel[0], MAIL_PROGRAM), (links[0], BROWSER)):
        platform.clock.advance(SOON)
        platform.http("GET", path, {"user-agent": agent, "x-forwarded-for": "203.0.113.9"})
    run(platform)
    view = report(plan_id, wiring=world())
    assert (view.opened, view.clicked, view.clicks) == (1, 1, 1)
    assert [(one.events.raw, one.events.human) for one in view.links] == [(2, 1)]


def test_one_click_from_a_mail_keeps_the_next_one_away(platform: Platform) -> None:
    for number in range(3):
        person(number, channels=("email", "sms"))
    plan(sms=True)
    run(platform)
    mail = next(one for one in platform.outbox.letters() if one.channel == "email")
    link = mail.headers["List-Unsubscribe"].strip("<>")
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert platform.http("GET", link).status == 200
    assert platform.http("POST", link, form, b"List-Unsubscribe=One-Click").status == 200
    before = len(platform.outbox.letters())
    plan(sms=True)
    run(platform)
    later = platform.outbox.letters()[before:]
    assert sorted(one.channel for one in later) == ["email", "email", "sms", "sms", "sms"]
    assert mail.to not in {one.to for one in later}


def test_a_bounce_keeps_the_next_mail_away(platform: Platform) -> None:
    gone, stays = person(1), person(2)
    first = plan()
    run(platform)
    mail = next(one for one in platform.outbox.letters() if one.to == gone.addresses["email"].address)
    platform.ses_event(
        {
            "eventType": "Bounce",
            "mail": {
                "timestamp": "2026-11-22T06:00:00.000Z",
                "messageId": mail.provider_id,
                "destination": [mail.to],
                "tags": {name: [value] for name, value in mail.tags.items()},
            },
            "bounce": {"bounceType": "Permanent", "timestamp": "2026-11-22T06:00:00.000Z", "feedbackId": "b"},
        }
    )
    run(platform)
    assert report(first, wiring=world()).bounced == 1
    before = len(platform.outbox.letters())
    second = plan()
    run(platform)
    assert [one.to for one in platform.outbox.letters()[before:]] == [stays.addresses["email"].address]
    assert report(second, wiring=world()).skipped == {"do_not_contact": 1}
