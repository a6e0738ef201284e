import csv
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO

import pytest

from chalicelib.core.errors import NotFound
from chalicelib.core.settings import Settings
from chalicelib.delivery.plan import Wave
from chalicelib.delivery.progress import ChannelProgress, Progress
from chalicelib.engagement.reports.campaign import NO_RECEIPTS, report, told
from chalicelib.engagement.reports.sheet import as_csv
from chalicelib.engagement.reports.views import ReportView, SplitView
from tests.delivery.returns import PLAN, world

URLS = ["https://city.example/roads", "https://city.example/=1+1"]
EMAIL = ChannelProgress(planned=10, sent=6, failed=1, unknown=1, cancelled=1, expected=10)
SMS = ChannelProgress(planned=4, sent=4, expected=4, units=8, cost=7_000)
NOW = Progress(
    status="sent",
    reason="",
    mode="live",
    planned=14,
    sent=10,
    failed=1,
    unknown=1,
    cancelled=1,
    expired=0,
    waiting=1,
    expected=14,
    skipped={"no_channel": 2, "digest": 1},
    by_channel={"email": EMAIL, "sms": SMS},
)
COUNTS = {
    "email#delivered": 5,
    "email#bounced": 1,
    "email#opens#human": 3,
    "email#opens#machine": 4,
    "email#opened#raw": 5,
    "email#opened#human": 2,
    "email#opened#machine": 4,
    "email#clicks#human": 2,
    "email#clicks#machine": 7,
    "email#clicked#raw": 2,
    "email#clicked#human": 1,
    "email#clicked#machine": 1,
    "sms#clicks#human": 1,
    "sms#clicked#raw": 1,
    "sms#clicked#human": 1,
    "email#link#0#clicks#human": 2,
    "email#link#0#clicks#machine": 7,
    "email#link#0#clicked#raw": 2,
    "email#link#0#clicked#human": 1,
    "sms#link#0#clicks#human": 1,
    "sms#link#0#clicked#raw": 1,
    "sms#link#0#clicked#human": 1,
    "email#hour#2026-11-22T06#opens#human": 3,
    "email#hour#2026-11-22T06#opens#machine": 4,
    "sms#hour#2026-11-22T07#clicks#human": 1,
    "email#language#es#opened#human": 2,
    "email#language#es#opened#raw": 3,
    "sms#language#es#clicked#human": 1,
    "email#variant#b#clicked#machine": 7,
    "email#why#apple-proxy": 4,
    "email#why#reader": 5,
    "email#within#5#opened#human": 1,
    "email#within#180#opened#human": 1,
    "email#within#more#clicked#human": 1,
    "sms#within#5#clicked#human": 1,
    "email#reason#too-many": 2,
}


def of(counts: Mapping[str, int] = COUNTS, *, sms_service: str = "sns") -> ReportView:
    return told(PLAN, NOW, counts, URLS, settings=replace(Settings(), sms_service=sms_service))


VIEW = of()


def test_outcomes_add_up() -> None:
    assert (VIEW.planned, VIEW.sent, VIEW.failed, VIEW.unknown) == (14, 10, 1, 1)
    settled = VIEW.sent + VIEW.failed + VIEW.unknown + VIEW.cancelled + VIEW.expired
    assert VIEW.planned == settled + VIEW.waiting
    assert VIEW.skipped == {"no_channel": 2, "digest": 1}


def test_the_plain_figures_are_peoples() -> None:
    assert (VIEW.delivered, VIEW.bounced, VIEW.complained) == (5, 1, 0)
    assert (VIEW.opened, VIEW.opens, VIEW.clicked, VIEW.clicks) == (2, 3, 2, 3)


def test_each_figure_stands_raw_and_of_machines_too() -> None:
    found = VIEW.engagement
    assert found.opens == SplitView(raw=7, machine=4, human=3)
    assert found.opened == SplitView(raw=5, machine=4, human=2)
    assert found.clicks == SplitView(raw=10, machine=7, human=3)
    assert found.clicked == SplitView(raw=3, machine=1, human=2)


def test_each_channel_is_told() -> None:
    email, sms = VIEW.channels
    assert (email.channel, email.sent, email.clicked, email.note) == ("email", 6, 1, None)
    assert (sms.channel, sms.sent, sms.clicked, sms.note) == ("sms", 4, 1, NO_RECEIPTS["sms"])
    assert (sms.delivered, sms.bounced, sms.opened, sms.engagement.opens) == (None, None, None, None)
    assert sms.cost is not None
    assert (sms.cost.units, sms.cost.told_usd) == (8, None)


def test_rates_are_of_those_who_got_it_with_their_interval() -> None:
    email, sms = VIEW.channels
    assert email.open_rate is not None
    assert (email.open_rate.value, email.open_rate.of) == (0.4, 5)
    assert email.open_rate.low < 0.4 < email.open_rate.high
    assert sms.open_rate is None
    assert sms.click_rate is not None
    assert (sms.click_rate.value, sms.click_rate.of) == (0.25, 4), "of those sent, where nobody tells more"
    assert VIEW.click_rate is not None
    assert (VIEW.click_rate.of, VIEW.click_rate.value) == (9, 0.222222)


def test_who_asked_not_to_be_tracked_is_among_those_who_followed_a_link() -> None:
    counts = {**COUNTS, "email#clicks#human": 3, "email#nobody#clicks": 1}
    email, sms = of(counts).channels
    assert email.click_rate is not None
    assert (email.clicked, email.click_rate.value, email.click_rate.of) == (1, 0.3, 5)
    assert email.click_rate.low < 0.2
    assert sms.click_rate == VIEW.channels[1].click_rate
    total = of(counts).click_rate
    assert total is not None
    assert (total.value, total.of) == (round(2 * (1 + 1 / 3) / 9, 6), 9)


def test_texts_are_told_of_where_their_provider_reports() -> None:
    sms = of(sms_service="end-user-messaging").channels[1]
    assert (sms.delivered, sms.bounced, sms.complained, sms.opened, sms.note) == (0, 0, None, None, None)


def test_links_hours_languages_variants_and_rules_are_told() -> None:
    assert [(one.number, one.url, one.people.human, one.events.raw) for one in VIEW.links] == [
        (0, URLS[0], 2, 10),
        (1, URLS[1], 0, 0),
    ]
    assert [(one.hour, one.opens.raw, one.opens.human, one.clicks.human) for one in VIEW.hours] == [
        ("2026-11-22T06:00:00Z", 7, 3, 0),
        ("2026-11-22T07:00:00Z", 0, 0, 1),
    ]
    (spanish,) = VIEW.languages
    assert spanish.opened is not None
    assert (spanish.name, spanish.opened.raw, spanish.clicked.human) == ("es", 3, 1)
    assert [(one.name, one.clicked.machine) for one in VIEW.variants] == [("b", 7)]
    assert VIEW.why == {"apple-proxy": 4, "reader": 5}
    assert VIEW.reasons == {"too-many": 2}


def test_speed_counts_those_before_and_ends_with_everybody() -> None:
    opened = [(one.within_minutes, one.people) for one in VIEW.speed.opened]
    assert opened == [(5, 1), (15, 1), (60, 1), (180, 2), (720, 2), (1440, 2), (4320, 2), (None, 2)]
    last = VIEW.speed.clicked[-1]
    assert (last.within_minutes, last.people) == (None, 2)
    assert last.share is not None
    assert last.share.value == 1.0


def test_a_plan_without_responses_reports_zeroes() -> None:
    view = of({})
    assert (view.delivered, view.opened, view.clicked, view.hours, view.why) == (0, 0, 0, [], {})
    assert view.speed.opened[-1].share is None


def test_the_table_has_a_line_for_each_thing_and_no_formula() -> None:
    rows = list(csv.DictReader(StringIO(as_csv(VIEW))))
    link = [row for row in rows if row["kind"] == "link" and row["name"] == "0"]
    assert [(row["what"], row["raw"], row["machine"], row["human"]) for row in link] == [
        ("people", "3", "0", "2"),
        ("events", "10", "7", "3"),
    ]
    rate = next(row for row in rows if row["what"] == "open_rate" and row["channel"] == "email")
    assert (rate["rate"], rate["of"]) == ("0.4", "5")
    assert {"plan", "count", "engagement", "language", "variant", "hour", "within", "why"} <= {
        row["kind"] for row in rows
    }


def test_an_unknown_plan_is_refused_and_one_that_just_began_is_told() -> None:
    with world() as made:
        head = made.plan(channels=["sms"], links=[])
        made.planned(head, Wave(0, "sms", planned=2))
        view = report(head.plan_id, wiring=made.wiring)
        assert (view.waiting, view.delivered, view.opened, view.clicked) == (2, None, None, 0)
        with pytest.raises(NotFound):
            report("0" * 32, wiring=made.wiring)
