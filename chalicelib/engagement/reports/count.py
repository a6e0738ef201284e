"""Taking the census: once a day everybody on the list is counted, shard by shard.

How far it is stands in the table, on condition that nobody else went on: a run that is cut short, or doubled,
does no harm, and the next one goes on from there.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime

from chalicelib.core import ids
from chalicelib.core.ids import SHARDS
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.engagement.reports.census import SILENT_DAYS, Census, census_of
from chalicelib.engagement.reports.districts import Districts, districts
from chalicelib.engagement.reports.keep import CENSUS
from chalicelib.engagement.reports.tables import SumItem, packed
from chalicelib.subscribers import growth, habits, streams, suppressions, topics
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.streams import EVERYONE, count_rows

UNDER_WAY = "census-under-way"
HAND_OVER_S = 60
EPOCH = date(1970, 1, 1)


def take(*, left: Callable[[], float], wiring: Wiring) -> None:
    """Goes on with the day's census for as long as there is time; nothing where it is done."""
    now = wiring.clock()
    item = _under_way(growth.day_of(now, time_zone=wiring.settings.time_zone))
    if item is None:
        return
    found = census_of(item.document())
    counted = [one.id for one in topics.every() if one.status != topics.ENDED and not one.is_list]
    where = districts(language=wiring.settings.default_language)
    while found.shard < SHARDS:
        if left() < HAND_OVER_S:
            return
        _shard(found, where, counted, now=now, wiring=wiring)
        if not _moved(item, found):
            logger.info("census-taken-over", day=item.of)
            return
    found.shut = suppressions.tally()
    SumItem(CENSUS, item.of, content=packed(found.document()), version=ids.random_id()).save()
    item.delete()
    logger.info("census-taken", day=item.of, people=found.total()["people"])


def _under_way(today: date) -> SumItem | None:
    """The census under way, or a new one; None where the day has its own."""
    for item in SumItem.query(UNDER_WAY, consistent_read=True):
        return item
    if SumItem.read(CENSUS, today.isoformat()):
        return None
    item = SumItem(UNDER_WAY, today.isoformat(), content=packed(Census().document()), version=ids.random_id())
    return item if item.save_if(condition=SumItem.kind.does_not_exist()) else None


def _moved(item: SumItem, found: Census) -> bool:
    """Writes how far it is, if nobody else did since it was read."""
    return item.update_if(
        actions=[SumItem.content.set(packed(found.document())), SumItem.version.set(ids.random_id())],
        condition=SumItem.version == item.version,
    )


def _shard(found: Census, where: Districts, counted: Sequence[str], *, now: datetime, wiring: Wiring) -> None:
    """Counts the next shard: everybody, and who is on each of some topics."""
    for row in streams.every(wiring.dynamodb, EVERYONE, found.shard):
        found.take(row, district=where.of(row.places), now=now)
    for topic in counted:
        found.topics[topic] += count_rows(wiring.dynamodb, topic, found.shard)
    since = (now.date() - EPOCH).days - SILENT_DAYS
    for habit in habits.every(wiring.dynamodb, found.shard):
        found.silent += silence(habit, since=since)
    found.shard += 1


def silence(habit: Habit, *, since: int) -> Counter[str]:
    """Whether somebody's engagement is known since a day, and whether there was any. Pure.

    Who was sent nothing since then had nothing to be silent about; and of whom nothing was seen while a
    proxy loaded the pictures, nobody knows.
    """
    if habit.since > since or max(habit.sent.values(), default=since) <= since:
        return Counter()
    if habit.engaged is not None and habit.engaged > since:
        return Counter(["known"])
    return Counter() if max(habit.hidden.values(), default=since) > since else Counter(["known", "silent"])
