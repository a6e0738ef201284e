"""The weeks that the advice on how often to write is made of."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.engagement.reports import keep, often
from chalicelib.engagement.reports.breakdown import Breakdown
from chalicelib.engagement.reports.frequency import Week, advise
from chalicelib.engagement.reports.sums import Sum
from chalicelib.subscribers import growth, topics

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAYS = [date(2026, 11, 2), date(2026, 11, 9)]
LOADS = {0: {"people": 300, "read": 120, "clicked": 30}}
GONE = {"roads#ended#one-click": 2, "parks#ended#stop": 5, "list:x#ended#stop": 7, "roads#added#import": 9}
MOVED = {f"roads#ended#{way}": 50 for way in ("join", "join-undone", "import")}


def test_each_department_has_its_own_weeks_and_who_was_only_moved_did_not_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[list[Week]] = []

    def noted(weeks: list[Week]) -> Any:
        found.append(weeks)
        return advise(weeks)

    offered = [
        SimpleNamespace(id=topic, department=department, is_list=is_list)
        for topic, department, is_list in (
            ("roads", "works", False),
            ("parks", "green", False),
            ("list:x", "works", True),
        )
    ]
    sums = [("works", Sum(1, breakdown=Breakdown(loads=LOADS)))]  # type: ignore[arg-type]
    monkeypatch.setattr(topics, "every", lambda: offered)
    monkeypatch.setattr(growth, "read", lambda first, last, wiring: {date(2026, 11, 11): GONE | MOVED})
    monkeypatch.setattr(keep, "of_week", lambda week, target: sums if week == MONDAYS[1] else [])
    monkeypatch.setattr(often, "advise", noted)
    wiring: Any = SimpleNamespace(settings=SimpleNamespace(time_zone="UTC"))
    works, green = often.frequencies(["works", "green"], back=2, now=NOW, wiring=wiring)
    assert found == [[Week(LOADS, 2)], []]
    assert (works.department, works.first_day, works.last_day) == ("works", "2026-11-02", "2026-11-15")
    assert [one.messages for one in works.groups] == [300]
    assert (green.groups, green.verdict) == ([], "not-enough-data")
