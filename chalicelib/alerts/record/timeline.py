"""What the record says of time: when what happened first, how far messages were when. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from chalicelib.alerts.record.model import FAULTS, Entry
from chalicelib.alerts.record.views import AnswerStep, EntryView, Fault, Moment, Reached, StepView
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.delivery.times import Times

HALF, MOST = 0.5, 0.95
ANSWERS = re.compile(r"^[a-z]+#answers#(?P<at>[0-9T:-]{16})#(?P<answer>[a-z-]+)$")


def entry_views(entries: Sequence[Entry]) -> list[EntryView]:
    """The entries, each with its seconds since the first."""
    return [
        EntryView(
            at=one.at,
            seconds=_seconds(entries, one),
            number=one.number,
            event=one.event,
            by=one.by or None,
            detail=dict(one.detail),
            before=one.before,
            hash=one.hash,
        )
        for one in entries
    ]


def milestones(entries: Sequence[Entry]) -> dict[str, Moment]:
    """The first time of each event."""
    first: dict[str, Moment] = {}
    for one in entries:
        first.setdefault(one.event, Moment(at=one.at, seconds=_seconds(entries, one)))
    return first


def faults(entries: Sequence[Entry]) -> list[Fault]:
    """What went wrong, and was right again."""
    return [
        Fault(at=one.at, seconds=_seconds(entries, one), event=one.event, detail=dict(one.detail))
        for one in entries
        if one.event in FAULTS
    ]


def reached(times: Times, *, started_at: str) -> Reached:
    """How far messages were when, of a plan that started at a moment."""
    start = parse_rfc3339(started_at)

    def moment(seconds: int | None) -> Moment | None:
        if seconds is None:
            return None
        return Moment(at=rfc3339(start + timedelta(seconds=seconds)), seconds=seconds)

    return Reached(
        number=times.count,
        first=moment(times.first),
        half=moment(times.share_by(HALF)),
        most=moment(times.share_by(MOST)),
        last=moment(times.last),
        over_time=[StepView(seconds=seconds, number=number) for seconds, number in times.so_far()],
    )


def answers_over_time(counts: Mapping[str, int]) -> list[AnswerStep]:
    """The answers of each five minutes in which some were told, by the names of `delivery.counters`."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name, number in counts.items():
        if named := ANSWERS.match(name):
            found[named["at"]][named["answer"]] += number
    return [
        AnswerStep(at=f"{at}:00Z", answers=dict(sorted(told.items()))) for at, told in sorted(found.items())
    ]


def answers_of(channel: str, counts: Mapping[str, int]) -> dict[str, int]:
    """People by their latest answer on a channel."""
    prefix = f"{channel}#answer#"
    told = {name.removeprefix(prefix): n for name, n in counts.items() if name.startswith(prefix) and n}
    return dict(sorted(told.items()))


def _seconds(entries: Sequence[Entry], entry: Entry) -> int:
    """Since the first entry."""
    return int((parse_rfc3339(entry.at) - parse_rfc3339(entries[0].at)).total_seconds())
