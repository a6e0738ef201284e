"""The part of a report's page that tells what the best hour added. Pure."""

from collections.abc import Iterator, Mapping

from chalicelib.core.i18n import N_
from chalicelib.delivery.best_hour import Arm
from chalicelib.engagement.reports.figures import rate_view
from chalicelib.engagement.reports.paper import Figure, Section, Table
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.reports.views import ReportView
from chalicelib.engagement.timing.arms import LESS, MORE, NOT_ENOUGH

ARMS: Mapping[str, str] = {
    Arm.BEST: N_("Their best hour"),
    Arm.RANDOM: N_("A random hour"),
    Arm.CONTROL: N_("At once, to compare"),
}
VERDICTS: Mapping[str, str] = {
    MORE: N_("At their best hour more people followed a link than of those who got it at once."),
    LESS: N_("At their best hour fewer people followed a link than of those who got it at once."),
    NOT_ENOUGH: N_("There is not enough data to tell their best hour from getting it at once."),
}


def best_hour(report: ReportView, tell: Telling) -> Iterator[Section]:
    """What people did by when they got it, and whether the best hour brought more clicks."""
    found = report.best_hour
    if found is None:
        return
    table = Table(
        tell.say(N_("What people did, by when they got it")),
        [tell.say(one) for one in (N_("When"), N_("People"), N_("Opened it"), N_("Followed a link"))],
        [
            [
                tell.say(ARMS[one.arm]),
                tell.number(one.people),
                tell.rate(rate_view(one.opened, one.people)),
                tell.rate(rate_view(one.clicked, one.people)),
            ]
            for one in found.arms
        ],
    )
    said = [
        tell.say(VERDICTS[one.verdict])
        for one in found.comparisons
        if (one.did, one.other) == ("clicked", Arm.CONTROL)
    ]
    yield Section("hours", tell.say(N_("The best hour")), said, [Figure(table)])
