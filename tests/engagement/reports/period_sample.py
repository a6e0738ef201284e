"""A report of a period for tests of what is made of it: three topics over four weeks."""

from datetime import date
from typing import Any

from chalicelib.engagement.reports.figures import compared_view, rate_view
from chalicelib.engagement.reports.frequency import Week, advise
from chalicelib.engagement.reports.intervals import compared
from chalicelib.engagement.reports.often import FrequencyView, view_of
from chalicelib.engagement.reports.period_views import (
    CostSum,
    GrowthView,
    HealthView,
    PeriodLine,
    PeriodView,
    SilentView,
)


def line(key: str, name: str, sent: int, opened: int, clicked: int, **changes: Any) -> PeriodLine:
    """One line, compared with 10,000 others of whom 900 followed a link."""
    given: dict[str, Any] = {
        "key": key,
        "name": name,
        "campaigns": 4,
        "sent": sent,
        "failed": 3,
        "delivered": sent - 40,
        "bounced": 37,
        "complained": 1,
        "opened": opened,
        "clicked": clicked,
        "open_rate": rate_view(opened, sent - 40),
        "click_rate": rate_view(clicked, sent - 40),
        "read_rate": None,
        "minutes_to_first": 180,
        "compared": compared_view(compared(clicked, sent - 40, 900, 10_000)),
        "engagement": None,
        "growth": GrowthView(added=120, ended=14, by_source={"sign-up": 120}, by_reason={"one-click": 14}),
        "cost": CostSum(estimated_usd=12.5, told_usd=None),
        "listed": 3_100,
        "reachable": 2_950,
    }
    return PeriodLine(**{**given, **changes})


def view(**changes: Any) -> PeriodView:
    """The report, with such changes."""
    given: dict[str, Any] = {
        "by": "topic",
        "first_day": "2026-10-26",
        "last_day": "2026-11-22",
        "department": None,
        "lines": [
            line("budget", "Budget and hearings", 4_200, 1_100, 210),
            line("roads", "Road closures", 9_800, 3_900, 1_040),
            line("flu", "Clinics and vaccination", 6_100, 2_000, 560),
        ],
        "reach": {
            "channel": [
                line("email", "email", 19_000, 7_000, 1_500, growth=None, listed=None),
                line("sms", "sms", 1_100, 0, 310, growth=None, listed=None, delivered=None, open_rate=None),
            ],
            "language": [
                line("en", "en", 16_000, 6_000, 1_500, growth=None),
                line("es", "es", 4_100, 1_000, 310, growth=None),
            ],
            "place": [
                line("harbor", "Harbor and the islands around it", 12_000, 4_000, 1_100, growth=None),
                line("none", "none", 8_000, 3_000, 700, growth=None),
                line("few", "Places of few people", 100, 30, 10, growth=None),
            ],
        },
        "total": line("total", "Total", 20_100, 7_000, 1_810, campaigns=12, compared=None),
        "people": GrowthView(
            added=310,
            ended=42,
            by_source={"sign-up-page": 240, "paper form": 20, "import": 50},
            by_reason={"one-click": 30, "stop": 12},
        ),
        "health": HealthView(
            day="2026-11-22",
            people=14_200,
            reachable={"email": 12_100, "sms": 3_050, "push": 0, "voice": 12},
            unreachable=230,
            paused=61,
            do_not_contact={"email": {"bounce": 210, "complaint": 4}},
            silent=SilentView(days=90, known=9_000, silent=1_400),
        ),
    }
    return PeriodView(**{**given, **changes})


def advice(*readers: int, department: str = "works") -> FrequencyView:
    """The advice for a department, of whose first, second … messages in seven days so many were read."""
    loads = {load: {"people": 3_000, "read": n, "clicked": n // 4} for load, n in enumerate(readers)}
    found = advise([Week(loads, 3)])
    return view_of(department, date(2026, 5, 25), date(2026, 11, 22), found)
