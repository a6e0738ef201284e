"""Goals in a campaign's report, out of its counters: people, and the rates that they are. Pure."""

import re
from collections.abc import Collection

from chalicelib.engagement.reports.engaged import Counts, Split, events_of, people_of, total
from chalicelib.engagement.reports.figures import rate_view, split_view
from chalicelib.engagement.reports.views import GoalPart, GoalReport

EVENTS, PEOPLE = "conversions", "converted"
GOAL = re.compile(r"^[a-z]+#goal#(?P<goal>[0-9a-f]{32})#")
PART = re.compile(r"^[a-z]+#goal#(?P<goal>[0-9a-f]{32})#(?P<kind>link|variant|language)#(?P<name>[^#]+)#")


def by_goal(counts: Counts, channels: Collection[str], *, got: int, clicked: int) -> list[GoalReport]:
    """The figures of each goal that anybody reached.

    Of the messages that arrived `got` is the number, `clicked` that of people who followed a link.
    """
    goals = sorted({found["goal"] for name in counts if (found := GOAL.match(name))})
    return [_goal(goal, counts, channels, got=got, clicked=clicked) for goal in goals]


def _goal(goal: str, counts: Counts, channels: Collection[str], *, got: int, clicked: int) -> GoalReport:
    def people(part: str = "", on: Collection[str] = channels) -> Split:
        return total(people_of(counts, f"{channel}#goal#{goal}{part}#{PEOPLE}") for channel in on)

    reached = people()
    found = (PART.match(name) for name in counts)
    parts = sorted({(one["kind"], one["name"]) for one in found if one and one["goal"] == goal})
    events = total(events_of(counts, f"{channel}#goal#{goal}#{EVENTS}") for channel in channels)
    by_part = [("channel", one, people(on=[one])) for one in channels]
    by_part += [(kind, name, people(f"#{kind}#{name}")) for kind, name in parts]
    return GoalReport(
        goal=goal,
        name=None,
        people=split_view(reached),
        events=split_view(events),
        rate=rate_view(reached.human, got),
        rate_of_clicked=rate_view(reached.human, clicked),
        parts=[GoalPart(kind=kind, name=name, people=split_view(one)) for kind, name, one in by_part],
    )
