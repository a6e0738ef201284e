"""The report after the action as everybody may read it: nothing of staff, and nobody to be recognised.

Numbers are rounded to the nearest five, and fewer than five are not told: so no difference of two tells of a
few. Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from chalicelib.alerts import times
from chalicelib.alerts.answers.words import WORDS as ANSWERS
from chalicelib.alerts.record import small
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.record.report import ALERT
from chalicelib.alerts.record.views import ChannelRecord, PlanRecord, Reached, RecordView
from chalicelib.channels.names import CHANNEL_NAMES
from chalicelib.core import charts, i18n
from chalicelib.core.charts import Series
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.delivery.timing import BOUNCED as CAME_BACK

STEPS: Mapping[str, str] = {
    Event.TRIGGERED: N_("A warning reached us"),
    Event.DRAFTED: N_("We began to write"),
    Event.SUBMITTED: N_("It went to an approver"),
    Event.APPROVAL_PASSED_ON: N_("It went on to the next approver"),
    Event.APPROVED: N_("It was approved"),
    Event.REJECTED: N_("It was sent back to be changed"),
    Event.BREAK_GLASS: N_("It was sent by one person alone, because every minute counted"),
    Event.LAUNCHED: N_("It was sent"),
    Event.HALTED: N_("It was stopped: the number of people had changed"),
    Event.SENDING_HALTED: N_("Sending was stopped"),
    Event.CHANNEL_HALTED: N_("A provider took no messages for a while"),
    Event.CHANNEL_GOES_ON: N_("The provider took messages again"),
    Event.UPDATED: N_("An update was sent"),
    Event.CANCELLED: N_("It was cancelled: it was wrong"),
    Event.ENDED: N_("It was ended: the danger had passed"),
    Event.EXPIRED: N_("Its time was up"),
}
"""What everybody is told of the record; other entries are for staff."""

MISSED: Mapping[str, str] = {
    "failed": N_("Could not be delivered"),
    "unknown": N_("Perhaps sent: a fault left no record"),
    "expired": N_("Not sent: its time was up"),
    "cancelled": N_("Not sent: it was called off before"),
}
NOBODY = N_("People without an address that we may write to")
BOUNCED = N_("Came back")
ASKED: Mapping[str, str] = {
    "acknowledged": N_("unless they had answered"),
    "delivered": N_("unless it had arrived"),
    "sent": N_("unless it could be sent"),
    "opened": N_("unless it had been opened"),
    "clicked": N_("unless they had followed its link"),
}

Drawn = Callable[[str, str, Sequence[str], Sequence[Series]], str]


@dataclass(frozen=True)
class Chart:
    """A picture, its description, and the table with the same numbers: the head and the lines."""

    picture: str
    text: str
    head: Sequence[str]
    lines: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Shown:
    """All that the page shows, in words of its language: tables are lists of lines."""

    day: str
    steps: Sequence[Sequence[str]]
    speed: Sequence[Sequence[str]]
    handed_over: Chart | None
    arrived: Sequence[Sequence[str]]
    delivered: Chart | None
    answers: Sequence[Sequence[str]]
    answered: Chart | None
    rungs: Sequence[str]
    missed: Sequence[Sequence[str]]
    followed: Sequence[Sequence[str]]
    counting: bool


def shown(report: RecordView, language: str, *, now: datetime, settings: Settings) -> Shown:
    """The report of an alert for a reader of a language."""
    entries = report.chain.entries
    tell = _Telling(language, parse_rfc3339(entries[0].at) if entries else now, settings)
    own = [plan for plan in report.plans if plan.what == ALERT]
    channels = [one for plan in own for one in plan.channels if one.planned]
    handed = {one.channel: one.handed_over for one in channels if one.handed_over}
    arrived = {one.channel: one.delivered for one in channels if one.delivered}
    return Shown(
        day=tell.day(),
        steps=tell.steps(report),
        speed=tell.speed(handed),
        handed_over=tell.growth(N_("Messages handed over by the time since the launch"), handed),
        arrived=tell.speed(arrived),
        delivered=tell.growth(N_("Messages that arrived by the time since the launch"), arrived),
        answers=tell.answers(channels),
        answered=tell.answers_over_time(own),
        rungs=tell.rungs(channels),
        missed=tell.missed(own, channels),
        followed=[tell.followed(plan) for plan in report.plans if plan.what != ALERT],
        counting=any(plan.counting for plan in report.plans),
    )


class _Telling:
    """Puts a report into a language."""

    def __init__(self, language: str, begun: datetime, settings: Settings) -> None:
        self._say = i18n.translate(language).gettext
        self._span = partial(small.span, language=language)
        self._language, self._begun, self._settings = language, begun, settings

    def _number(self, number: int) -> str:
        return small.counted(small.rounded(number), self._language)

    def _channel(self, channel: str) -> str:
        return self._say(CHANNEL_NAMES[channel])

    def _time(self, at: str) -> str:
        """With its day where that is not the day of the beginning."""
        return times.told(parse_rfc3339(at), self._language, now=self._begun, settings=self._settings)

    def day(self) -> str:
        """When it began, and whose times these are."""
        told = self._say(N_("On %(day)s. Times are those of %(zone)s."))
        zone = self._settings.time_zone
        day = i18n.format_date(self._begun, self._language, time_zone=zone)
        return told % {"day": day, "zone": i18n.zone_name(zone, self._language)}

    def steps(self, report: RecordView) -> list[list[str]]:
        """What was done, when, and how long after the beginning."""
        told = [one for one in report.chain.entries if one.event in STEPS]
        return [[self._say(STEPS[one.event]), self._time(one.at), self._span(one.seconds)] for one in told]

    def speed(self, reached: Mapping[str, Reached]) -> list[list[str]]:
        """Of each channel how many, and when the first, half, 95 % and the last: after how long."""
        return [
            [
                self._channel(channel),
                self._number(one.number),
                *(self._span(m.seconds) if m else "–" for m in (one.first, one.half, one.most, one.last)),
            ]
            for channel, one in reached.items()
            if small.rounded(one.number)
        ]

    def growth(self, title: str, reached: Mapping[str, Reached]) -> Chart | None:
        """How the numbers of all channels grew; nothing where there are too few."""
        told = {channel: one for channel, one in reached.items() if small.rounded(one.number)}
        if not told:
            return None
        last = max(one.last.seconds for one in told.values() if one.last)
        marks = small.marks_until(last, min(one.first.seconds for one in told.values() if one.first))
        numbers = {
            self._channel(channel): small.by([(s.seconds, s.number) for s in one.over_time], marks)
            for channel, one in told.items()
        }
        return self._chart(charts.lines, title, [self._span(one) for one in marks], numbers)

    def _chart(self, draw: Drawn, title: str, labels: list[str], numbers: Mapping[str, list[int]]) -> Chart:
        series = [Series(name, [small.rounded(one) for one in told]) for name, told in numbers.items()]
        text = self._say(title)
        table = [
            [label, *(small.counted(one.numbers[n], self._language) for one in series)]
            for n, label in enumerate(labels)
        ]
        svg = draw(text, self._say(N_("The table below has the same numbers.")), labels, series)
        return Chart(charts.picture(svg), text, [one.name for one in series], table)

    def answers(self, channels: Iterable[ChannelRecord]) -> list[list[str]]:
        """How many gave which answer."""
        found = Counter[str]()
        for one in channels:
            found.update(one.answers)
        return [[self._say(ANSWERS[one]), self._number(found[one])] for one in ANSWERS if found[one]]

    def answers_over_time(self, own: Iterable[PlanRecord]) -> Chart | None:
        """When which answers came; nothing while there are too few."""
        told: dict[int, Counter[str]] = defaultdict(Counter)
        for step in (one for plan in own for one in plan.answers_over_time):
            told[int(parse_rfc3339(step.at).timestamp()) // 60].update(step.answers)
        if not small.rounded(sum(sum(one.values()) for one in told.values())):
            return None
        bins = small.binned(told)
        kinds = [one for one in ANSWERS if any(one in numbers for numbers in bins.values())]
        numbers = {self._say(ANSWERS[one]): [each.get(one, 0) for each in bins.values()] for one in kinds}
        labels = [self._clock(minute) for minute in bins]
        return self._chart(charts.bars, N_("Answers by the time at which they came"), labels, numbers)

    def _clock(self, minute: int) -> str:
        from babel.dates import format_time, get_timezone

        moment = datetime.fromtimestamp(minute * 60, UTC)
        locale = i18n.locale_of(self._language)
        return format_time(
            moment, format="short", tzinfo=get_timezone(self._settings.time_zone), locale=locale
        )

    def rungs(self, channels: Sequence[ChannelRecord]) -> list[str]:
        """One channel after the other, where there was a ladder."""
        told = sorted((one.rung.number, one.channel, one.planned, one.rung) for one in channels if one.rung)
        if len(told) < 2:
            return []
        found = []
        for number, channel, planned, rung in told:
            line = f"{self._channel(channel)}: {self._number(planned)}"
            if number < told[-1][0]:
                wait, asked = self._span(rung.wait_s), self._say(ASKED[rung.unless])
                then = self._say(N_("after %(time)s the next, %(unless)s"))
                line = f"{line}; {then % {'time': wait, 'unless': asked}}"
            found.append(line)
        return found

    def missed(self, own: Iterable[PlanRecord], channels: Sequence[ChannelRecord]) -> list[list[str]]:
        """What did not reach anybody, and why."""
        nobody = sum(sum(plan.skipped.values()) for plan in own)
        found = {NOBODY: nobody}
        found |= {words: sum(getattr(one, name) for one in channels) for name, words in MISSED.items()}
        found[BOUNCED] = sum(one.failures.get(CAME_BACK, 0) for one in channels)
        return [[self._say(words), self._number(number)] for words, number in found.items() if number]

    def followed(self, plan: PlanRecord) -> list[str]:
        """What went out after it, when, and how many messages were handed over."""
        words = STEPS.get(plan.what, N_("Another message was sent"))
        at = self._time(plan.started_at) if plan.started_at else "–"
        return [self._say(words), at, self._number(sum(one.sent for one in plan.channels))]
