"""A report of a campaign for tests of what is made of it: mail and texts, three languages, four districts."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.engagement.reports.figures import compared_view, rate_view
from chalicelib.engagement.reports.intervals import compared
from chalicelib.engagement.reports.views import (
    ChannelReport,
    CostReport,
    DestinationReport,
    EngagementView,
    GoalReport,
    LinkReport,
    RateView,
    ReachRow,
    ReachView,
    ReportView,
    Speed,
    SpeedStep,
    SplitView,
)
from chalicelib.engagement.timing.report import told
from chalicelib.engagement.variants.views import HoldOutReport, SearchReport, State, VariantReport

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
BEGUN = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
OPENED, CLICKED = (
    SplitView(raw=7_440, machine=4_900, human=4_090),
    SplitView(raw=1_910, machine=1_340, human=820),
)
MAIL = EngagementView(
    opens=SplitView(raw=14_210, machine=8_020, human=6_190),
    opened=OPENED,
    clicks=SplitView(raw=6_480, machine=5_370, human=1_110),
    clicked=CLICKED,
)
TEXTS = EngagementView(
    opens=None,
    opened=None,
    clicks=SplitView(raw=240, machine=0, human=240),
    clicked=SplitView(raw=208, machine=0, human=208),
)
MINUTES = (5, 15, 60, 180, 720, 1440, 4320, None)


def steps(*people: int) -> list[SpeedStep]:
    """So many people by each of the minutes."""
    return [
        SpeedStep(within_minutes=within, people=n, share=rate_view(n, people[-1]))
        for within, n in zip(MINUTES, people, strict=True)
    ]


def row(sent: int, opened: int, clicked: int, **of: str | None) -> ReachRow:
    """A row of the breakdown; all others together are like the whole."""
    against = compared(clicked, sent, 1_028 - clicked, 13_700 - sent, among=9)
    names: dict[str, Any] = {"channel": None, "language": None, "district": None, "name": None, **of}
    return ReachRow(
        **names,
        hidden=False,
        sent=sent,
        delivered=sent,
        opened=opened,
        clicked=clicked,
        open_rate=rate_view(opened, sent) if opened else None,
        click_rate=rate_view(clicked, sent),
        minutes_to_first=180,
        compared=compared_view(against),
    )


def hidden(district: str, name: str) -> ReachRow:
    """A row of few."""
    found = row(100, 1, 1, district=district, name=name).model_dump()
    nothing = dict.fromkeys(one for one in found if one not in {"channel", "language", "district", "name"})
    return ReachRow(**{**found, **nothing, "hidden": True})


REACH = ReachView(
    taken_at=rfc3339(NOW),
    hours_after=24,
    rows=[
        row(12_000, 4_090, 820, channel="email"),
        row(1_700, 0, 208, channel="sms"),
        row(9_800, 3_310, 790, language="en"),
        row(2_700, 610, 150, language="es"),
        row(1_200, 170, 88, language="zh-Hans"),
        row(6_100, 2_100, 510, district="old-town", name="Old Town"),
        row(4_700, 1_500, 380, district="harbor", name="Harbor and the islands around it"),
        row(2_890, 490, 138, district="none"),
        hidden("hill", "Hill"),
        row(900, 300, 60, language="es", district="old-town", name="Old Town"),
    ],
)


def view(**changes: Any) -> ReportView:
    """The report, with such changes."""
    mail = ChannelReport(
        channel="email",
        planned=12_210,
        sent=12_180,
        failed=30,
        unknown=0,
        cancelled=0,
        expired=0,
        waiting=0,
        delivered=12_000,
        bounced=180,
        complained=3,
        read_rate=None,
        opened=OPENED.human,
        opens=6_190,
        clicked=CLICKED.human,
        clicks=1_110,
        open_rate=rate_view(OPENED.human, 12_000),
        click_rate=rate_view(CLICKED.human, 12_000),
        engagement=MAIL,
        cost=None,
        note=None,
    )
    text = ChannelReport(
        channel="sms",
        planned=1_700,
        sent=1_700,
        failed=0,
        unknown=0,
        cancelled=0,
        expired=0,
        waiting=0,
        delivered=None,
        bounced=None,
        complained=None,
        read_rate=None,
        opened=None,
        opens=None,
        clicked=208,
        clicks=240,
        open_rate=None,
        click_rate=rate_view(208, 1_700),
        engagement=TEXTS,
        cost=CostReport(units=3_400, estimated_usd=30.02, told_usd=None, told_messages=0),
        note="SNS does not report the delivery of text messages.",
    )
    given: dict[str, Any] = {
        "plan_id": "0" * 32,
        "status": "sent",
        "reason": None,
        "explanation": None,
        "mode": "live",
        "started_at": rfc3339(BEGUN),
        "closed_at": rfc3339(BEGUN),
        "planned": 13_910,
        "sent": 13_880,
        "failed": 30,
        "unknown": 0,
        "cancelled": 0,
        "expired": 0,
        "waiting": 0,
        "delivered": 12_000,
        "bounced": 180,
        "complained": 3,
        "opened": OPENED.human,
        "opens": 6_190,
        "clicked": 1_028,
        "clicks": 1_350,
        "open_rate": rate_view(OPENED.human, 12_000),
        "read_rate": RateView(value=0.41, low=0.39, high=0.44, of=12_000),
        "click_rate": rate_view(1_028, 13_700),
        "skipped": {"no_channel": 412, "do_not_contact": 96, "paused": 11},
        "held": {},
        "let_go": {},
        "next_pass_at": None,
        "passes": [],
        "engagement": EngagementView(
            opens=MAIL.opens,
            opened=OPENED,
            clicks=SplitView(raw=6_720, machine=5_370, human=1_350),
            clicked=SplitView(raw=2_118, machine=1_340, human=1_028),
        ),
        "channels": [mail, text],
        "languages": [],
        "variants": [],
        "destinations": [],
        "goals": [],
        "posts": [],
        "links": [
            LinkReport(
                number=n, url=url, people=SplitView(raw=raw, machine=raw - human, human=human), events=CLICKED
            )
            for n, (url, raw, human) in enumerate(
                (
                    ("https://city.example/detour?utm_source=x", 1_320, 610),
                    ("https://www.city.example/works/main-street/calendar-of-closures/", 1_200, 390),
                    ("https://maps.example/route", 1_150, 122),
                    ("https://city.example/contact", 1_090, 18),
                )
            )
        ],
        "hours": [],
        "speed": Speed(
            opened=steps(402, 890, 1_720, 2_310, 3_005, 3_560, 3_980, 4_090),
            clicked=steps(60, 190, 420, 600, 800, 930, 1_010, 1_028),
        ),
        "why": {"apple-proxy": 4_010, "burst": 3_900},
        "reasons": {"too-many": 14, "not-for-me": 6},
        "reach": REACH,
    }
    return ReportView(**{**given, **changes})


def variant(name: str, clicked: int, best: float) -> VariantReport:
    return VariantReport(
        name=name,
        messages=400,
        opened=200,
        opened_raw=300,
        clicked=clicked,
        clicked_raw=2 * clicked,
        click_rate=clicked / 400,
        low=0.01,
        high=0.2,
        probability_best=best,
        expected_loss=0.004,
    )


def search(state: State, *, winner: str | None = None, more: int | None = None) -> SearchReport:
    return SearchReport(
        state=state,
        winner=winner,
        leader="question",
        error=0.05,
        more_people=more,
        explanation="",
        as_of=None,
        variants=[variant("default", 20, 0.2), variant("question", 28, 0.8)],
        hold_out=HoldOutReport(messages=0, clicked=0, difference=None, low=None, high=None),
        batches=[],
    )


def split(raw: int, human: int) -> SplitView:
    return SplitView(raw=raw, machine=raw - human, human=human)


PAGE = DestinationReport(
    page="www.city.example/clinic", links=[0, 1], people=split(18, 10), events=split(24, 12)
)
GOAL = GoalReport(
    goal="a" * 32,
    name="Signed up for the clinic",
    people=split(4, 4),
    events=split(5, 5),
    rate=rate_view(4, 400),
    rate_of_clicked=rate_view(4, 10),
    parts=[],
)


HOURS = told(
    {
        "arms": {
            "best": {"people": 8_000, "opened": 4_000, "clicked": 700},
            "random": {"people": 1_000, "opened": 450, "clicked": 70},
            "control": {"people": 1_000, "opened": 440, "clicked": 65},
        }
    }
)


def whole() -> ReportView:
    """The report with every part that there is."""
    tried = search("not enough data", more=12_400)
    return view(best_hour=HOURS, search=tried, destinations=[PAGE], goals=[GOAL])
