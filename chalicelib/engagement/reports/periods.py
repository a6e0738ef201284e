"""Reading the report of a period: the sums of its weeks, growth by day, and the latest census."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.core import i18n
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.costs import PAID
from chalicelib.delivery.lanes import proves
from chalicelib.engagement.reports import census, keep
from chalicelib.engagement.reports.census import Census
from chalicelib.engagement.reports.districts import names_of
from chalicelib.engagement.reports.period import (
    BY_PLACE,
    Line,
    Told,
    growth_by_topic,
    growth_view,
    split,
    total_of,
    view,
    views,
    without_few,
)
from chalicelib.engagement.reports.period_views import (
    WEEKS,
    By,
    HealthView,
    PeriodQuery,
    PeriodView,
    SilentView,
)
from chalicelib.engagement.reports.sums import DEPARTMENT, TOPIC, Sum, monday, weeks
from chalicelib.subscribers import areas, growth, topics
from chalicelib.subscribers.model import CHANNELS, EVERYONE
from chalicelib.subscribers.topics import Topic

USUAL = timedelta(weeks=4)
LAST_DAY = timedelta(days=6)

Sums = Mapping[date, Mapping[str, Sum]]
Days = Mapping[date, Mapping[str, int]]


@dataclass(frozen=True)
class Read:
    """What the tables say of a period.

    Sums by week, of departments and (where asked for) of topics; growth of subscriptions by day; all topics
    that it is about; the latest census up to its end.
    """

    departments: Sums
    topic_sums: Sums
    days: Days
    topics: Mapping[str, Topic]
    census: tuple[str, Census] | None
    language: str


def report(query: PeriodQuery, *, now: datetime, wiring: Wiring) -> PeriodView:
    """The report of a period. Raises InvalidFields (`from`)."""
    first, last = period(query, today=growth.day_of(now, time_zone=wiring.settings.time_zone))
    every_day = growth.read(first, last, wiring=wiring)
    read = _read(query, first, last, every_day, wiring=wiring)
    told = told_of(wiring.settings)
    total = Line("total", "Total", _over(read.departments), _grown(read.days), *_list(read, query))
    parts = Told(told.proving, told.priced, whole=False)
    reach = {by: views(_places(by, read), parts) for by in BY_PLACE}
    return PeriodView(
        by=query.by,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        department=query.department,
        lines=reach[query.by] if query.by in reach else views(_lines(query.by, read), told),
        reach=reach,
        total=view(total, told),
        people=growth_view(growth_by_topic(every_day).get(EVERYONE, Counter())),
        health=health(*read.census) if read.census else None,
    )


def departments(found: PeriodView) -> list[str]:
    """The departments that a report is of: the one that was asked for, or all that have topics."""
    if found.department:
        return [found.department]
    return sorted({one.department for one in topics.every() if one.department and not one.is_list})


def period(query: PeriodQuery, *, today: date) -> tuple[date, date]:
    """The first and the last day, of whole weeks. Raises InvalidFields."""
    last = query.to or today
    first = query.from_ or last - USUAL + timedelta(days=1)
    if first > last:
        raise InvalidFields(FieldError("from", "The first day comes after the last."))
    if len(weeks(first, last)) > WEEKS:
        raise InvalidFields(FieldError("from", f"A report has at most {WEEKS} weeks; ask for fewer."))
    return monday(first), monday(last) + LAST_DAY


def told_of(settings: Settings) -> Told:
    """What can be told of messages of this deployment."""
    return Told(
        proving=frozenset(one for one in CHANNELS if proves(one, settings)),
        priced=frozenset(one for one in PAID if settings.prices(one)),
    )


def health(day: str, counted: Census) -> HealthView:
    """The list as of the day of a census."""
    total, silent = counted.total(), counted.silent
    return HealthView(
        day=day,
        people=total[census.PEOPLE],
        reachable={one: total[f"on#{one}"] for one in CHANNELS},
        unreachable=total[census.UNREACHABLE],
        paused=total[census.PAUSED],
        do_not_contact={channel: dict(sorted(why.items())) for channel, why in sorted(counted.shut.items())},
        silent=SilentView(days=census.SILENT_DAYS, known=silent["known"], silent=silent["silent"])
        if silent
        else None,
    )


def _read(query: PeriodQuery, first: date, last: date, every_day: Days, *, wiring: Wiring) -> Read:
    about = {
        one.id: one
        for one in topics.every()
        if not one.is_list and query.department in (None, one.department)
    }
    found = weeks(first, last)
    departments = {
        week: {name: one for name, one in keep.of_week(week, DEPARTMENT) if query.department in (None, name)}
        for week in found
    }
    by_topic = found if query.by == By.TOPIC else []
    return Read(
        departments=departments,
        topic_sums={
            week: {name: one for name, one in keep.of_week(week, TOPIC) if name in about} for week in by_topic
        },
        days={
            day: {name: number for name, number in counts.items() if name.partition("#")[0] in about}
            for day, counts in every_day.items()
        },
        topics=about,
        census=keep.census_until(last),
        language=wiring.settings.default_language,
    )


def _lines(by: str, read: Read) -> Iterator[Line]:
    if by == By.TOPIC:
        return _topics(read)
    return _departments(read) if by == By.DEPARTMENT else _weeks(read)


def _topics(read: Read) -> Iterator[Line]:
    grown, sums = growth_by_topic(read.days), _by_name(read.topic_sums)
    sizes = read.census[1].topics if read.census else None
    for key, topic in read.topics.items():
        name = topic.name[i18n.pick(read.language, tuple(topic.name))]
        if key in sums or key in grown or (sizes and sizes[key]):
            size = sizes[key] if sizes is not None else None
            yield Line(key, name, sums.get(key, Sum()), grown.get(key, Counter()), size)


def _departments(read: Read) -> Iterator[Line]:
    sums = _by_name(read.departments)
    grown: dict[str, Counter[str]] = {}
    for key, counts in growth_by_topic(read.days).items():
        grown.setdefault(read.topics[key].department, Counter()).update(counts)
    for key in sorted(sums.keys() | grown.keys()):
        yield Line(key, key or "No department", sums.get(key, Sum()), grown.get(key, Counter()))


def _weeks(read: Read) -> Iterator[Line]:
    for week, sums in read.departments.items():
        days = {day: counts for day, counts in read.days.items() if monday(day) == week}
        yield Line(week.isoformat(), week.isoformat(), total_of(sums.values()), _grown(days))


def _places(by: str, read: Read) -> list[Line]:
    """Lines by channel, language or place, those of the list beside those who got something."""
    sums, counted = split(_over(read.departments), by), read.census[1] if read.census else None
    names = names_of(areas.offered(), language=read.language) if by == By.PLACE else {}
    listed: dict[str, tuple[int | None, int]] = {}
    if counted is not None and by == By.CHANNEL:
        total = counted.total()
        listed = {one: (None, total[f"on#{one}"]) for one in CHANNELS if total[f"on#{one}"]}
    elif counted is not None:
        table = counted.by(0 if by == By.LANGUAGE else 1)
        listed = {key: (one[census.PEOPLE], census.reachable(one)) for key, one in table.items()}
    lines = [
        Line(key, names.get(key, key), sums.get(key, Sum()), None, *listed.get(key, (None, None)))
        for key in sorted(sums.keys() | listed.keys())
    ]
    return without_few(lines) if by == By.PLACE else lines


def _list(read: Read, query: PeriodQuery) -> tuple[int | None, int | None]:
    """How many there are, and can be reached; not told of one department."""
    if read.census is None or query.department:
        return None, None
    total = read.census[1].total()
    return total[census.PEOPLE], census.reachable(total)


def _over(sums: Sums) -> Sum:
    return total_of(one for week in sums.values() for one in week.values())


def _by_name(sums: Sums) -> dict[str, Sum]:
    found: dict[str, Sum] = {}
    for week in sums.values():
        for name, one in week.items():
            found.setdefault(name, Sum()).add(one)
    return found


def _grown(days: Days) -> Counter[str]:
    return sum(growth_by_topic(days).values(), Counter())
