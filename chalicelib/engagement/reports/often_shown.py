"""The part of a period's page that advises how often to write to one person. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.core.i18n import N_
from chalicelib.engagement.reports.breakdown import MOST_LOAD
from chalicelib.engagement.reports.frequency import AS_NOW, FEWER
from chalicelib.engagement.reports.often import FrequencyView, GroupView, StepView
from chalicelib.engagement.reports.paper import Figure, Section, Table
from chalicelib.engagement.reports.telling import NOT_KNOWN, Telling

ADVICE = {
    FEWER: N_(
        "Messages to one person in a week: at most %(most)s. Beyond that fewer read them, or more leave."
    ),
    AS_NOW: N_("Messages to one person in a week: up to %(most)s do no harm that can be seen."),
}
TOO_FEW = N_(
    "Not enough data: it takes about %(needed)s messages to people who got few in a week, and as many to "
    "people who got many, to see whether they tire."
)
NOBODY = N_("Not enough data: nobody was seen reading yet.")
NOW = N_("At present it is about %(number)s messages in seven days.")
NO_PROOF = N_(
    "Who gets much differs from who gets little, so this is advice and no proof. A department that follows "
    "it has a limit set for each person and week."
)
HEAD = (
    N_("In seven days"),
    N_("Messages"),
    N_("Seen reading it"),
    N_("Followed a link"),
    N_("Against those before"),
)


def often(found: Sequence[FrequencyView], tell: Telling) -> Iterator[Section]:
    """Of one department the numbers, of several the advice for each of those that sent something."""
    told = list(found) if len(found) == 1 else [one for one in found if one.groups]
    if not told:
        return
    first, last = (tell.date(date.fromisoformat(one)) for one in (told[0].first_day, told[0].last_day))
    weeks = tell.say(N_("Of the weeks from %(first)s to %(last)s."), first=first, last=last)
    several = ([tell.say(NO_PROOF)], [_departments(told, tell)])
    said, tables = _of_one(told[0], tell) if len(told) == 1 else several
    yield Section("often", tell.say(N_("How often to write")), [weeks, *said], list(map(Figure, tables)))


def _of_one(found: FrequencyView, tell: Telling) -> tuple[list[str], list[Table]]:
    """The sentences and tables about one department; where nothing was sent, that nothing is known."""
    if not found.groups:
        return [advised(found, tell)], []
    doubts = tell.doubts(one.read for one in found.steps if not one.tires)
    return [advised(found, tell), _now(found, tell), *doubts, tell.say(NO_PROOF)], [_groups(found, tell)]


def advised(found: FrequencyView, tell: Telling) -> str:
    """The advice as a sentence."""
    if found.verdict in ADVICE:
        return tell.say(ADVICE[found.verdict], most=tell.number(found.most_per_week))
    return tell.say(TOO_FEW, needed=tell.number(found.needed)) if found.needed else tell.say(NOBODY)


def _now(found: FrequencyView, tell: Telling) -> str:
    return tell.say(NOW, number=tell.number(found.now_per_week))


def _departments(found: Sequence[FrequencyView], tell: Telling) -> Table:
    head = (N_("Department"), N_("Messages in seven days, at present"), N_("Advice"))
    return Table(
        tell.say(N_("Advice for each department")),
        [tell.say(one) for one in head],
        [[one.department, tell.number(one.now_per_week), advised(one, tell)] for one in found],
    )


def _groups(found: FrequencyView, tell: Telling) -> Table:
    steps = {one.per_week: one for one in found.steps}
    return Table(
        tell.say(N_("Messages by how many their reader got")),
        [tell.say(one) for one in HEAD],
        [_line(one, steps.get(one.per_week), tell) for one in found.groups],
    )


def _line(group: GroupView, step: StepView | None, tell: Telling) -> list[str]:
    name = N_("Message %(number)s or later") if group.per_week > MOST_LOAD else N_("Message %(number)s")
    rates = [tell.rate(one) for one in (group.read_rate, group.click_rate)]
    return [tell.say(name, number=group.per_week), tell.number(group.messages), *rates, _verdict(step, tell)]


def _verdict(step: StepView | None, tell: Telling) -> str:
    """What tires at this one; else what the comparison of who read it says."""
    if step is None:
        return NOT_KNOWN
    seen = [
        (step.read, "lower", N_("fewer read it")),
        (step.clicked, "lower", N_("fewer followed a link")),
        (step.lost, "higher", N_("more left")),
    ]
    tires = [tell.say(words) for one, verdict, words in seen if one is not None and one.verdict == verdict]
    return tell.listed(tires) if tires else tell.verdict(step.read)
