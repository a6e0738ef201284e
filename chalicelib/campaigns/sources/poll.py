"""Looking at what is due, and making campaigns of what is new: each item once.

A look is claimed by moving its next one on, so two at the same time make one. An item is taken in one
transaction with the campaign that it becomes: there is no moment between the two. A campaign that is sent is
written as approved and scheduled for now; the tick starts it, once, as any other.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.campaigns import approval, reach
from chalicelib.campaigns import tables as campaign_tables
from chalicelib.campaigns.complete import missing
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.renditions import content_errors
from chalicelib.campaigns.sources import campaign as becoming
from chalicelib.campaigns.sources import identity, news, page, tables, times
from chalicelib.campaigns.sources.look import Seen, look
from chalicelib.campaigns.sources.model import Fate, Item, Kind, Rule, Source, Watch
from chalicelib.campaigns.tick import system_of
from chalicelib.core import audit, departments, ids
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.polling import Failed
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import foreign

AT_ONCE = 100
ONE_TAKES_S = 30
"""No look is begun with less time left."""

LATE = timedelta(days=7)
"""What is dated so long before the last look is no news: a feed that shows its archive anew."""

ACTION = "source: draft"


class PollFailed(Exception):
    """Some sources could not be looked at, through our own fault; the argument says how many."""


def poll(*, left: Callable[[], float], wiring: Wiring) -> int:
    """One round; answers how many sources were looked at. Raises PollFailed at its end, for the alarm."""
    looked, failed = 0, 0
    for source_id in tables.due(rfc3339(wiring.clock()), limit=AT_ONCE):
        if left() < ONE_TAKES_S:
            break
        try:
            looked += attend(source_id, wiring=wiring)
        except Exception as error:  # noqa: BLE001 - the others must not wait for this one
            logger.failure("source-poll-failed", error, source=source_id)
            failed += 1
    if failed:
        raise PollFailed(failed)
    return looked


def attend(source_id: str, *, wiring: Wiring) -> bool:
    """Looks at one source if it is due; whether it was."""
    now = wiring.clock()
    try:
        source = tables.read(source_id)
    except NotFound:
        return False
    watch = tables.watch_of(source_id)
    if not source.active or not watch.due_at or watch.due_at > rfc3339(now):
        return False
    claimed = times.next_look(source, now=now)
    if not tables.claim(source_id, watch, claimed):
        return False
    watch = _own(source, watch)
    try:
        seen = look(source, watch, web=wiring.web, now=now)
    except Failed as failed:
        after = times.after_failure(source, watch, str(failed), after_s=failed.after_s, now=now)
        if times.fails_long(after, now=now):
            logger.warning("source-failing", source=source_id, failures=after.failures)
    else:
        after = _Look(source, watch, claimed, now, wiring).take(seen)
    if silent := times.is_silent(source, after, now=now):
        logger.warning("source-silent", source=source_id)
    tables.keep(source_id, replace(after, silent=silent), claimed=claimed)
    return True


def _own(source: Source, watch: Watch) -> Watch:
    """How looking went at this very address; nothing for another one."""
    place = f"{source.kind} {source.url} {source.selector}"
    return watch if watch.url == place else Watch(url=place, due_at=watch.due_at)


def withheld(source: Source) -> str:
    """Why the items of a source become drafts, as a code; empty where they may be sent.

    `rule`: its rule says so; `not-approved`, `approval-outdated`: as for a campaign.
    """
    if source.rule != Rule.SEND:
        return "rule"
    wanted = becoming.templated(source)
    agreed = replace(
        wanted, submitted_by=source.authors[-1], approved_by=source.approved_by, digest=source.digest
    )
    if not source.approved_by:
        return "not-approved"
    try:
        present = approval.digest(wanted, reach.meaning(wanted))
        approval.require(agreed, present, two_person=departments.asks_for_two(source.department))
    except Conflict as conflict:
        return conflict.code
    return ""


class _Look:
    """What one look at a source makes of what it saw."""

    def __init__(self, source: Source, watch: Watch, claimed: str, now: datetime, wiring: Wiring) -> None:
        self.source, self.watch, self.claimed = source, watch, claimed
        self.now, self.wiring = now, wiring
        self.first = not watch.seen_at and not source.takes_old
        self.day = now.astimezone(ZoneInfo(wiring.settings.time_zone)).date().isoformat()
        self.why = "" if self.first else withheld(source)
        self.news = self.ids = 0
        self.since = parse_rfc3339(watch.seen_at or source.created_at)

    def take(self, seen: Seen) -> Watch:
        """Takes what is new; how looking goes after it."""
        if seen.same:
            return times.after_success(self.source, self.watch, news=False, now=self.now)
        try:
            after = self._page(seen) if self.source.kind == Kind.PAGE else self._feed(seen)
        except news.Overtaken:
            return self.watch  # what is left is seen by the next look
        return replace(after, validators=dict(seen.validators))

    def _feed(self, seen: Seen) -> Watch:
        keys = {identity.keys(item)[0]: identity.keys(item) for item in seen.items}
        known = news.known(self.source.id, list(keys.values()), self.wiring)
        for item in reversed(seen.items):  # feeds list the newest first
            first = identity.keys(item)[0]
            if first not in known:
                self._take(item)
            elif known[first].content and known[first].content != identity.content(item):
                news.note_change(self.source.id, known[first], identity.content(item), at=rfc3339(self.now))
        return times.after_success(self.source, self.watch, news=self.news > 0, now=self.now)

    def _page(self, seen: Seen) -> Watch:
        before = self.watch.page
        after = replace(
            times.after_success(self.source, self.watch, news=False, now=self.now), page=seen.text
        )
        if self.watch.seen_at and seen.text != before:
            after = replace(after, page_at=rfc3339(self.now), validators=dict(seen.validators))
            since = self.watch.page_at or self.source.created_at
            item = page.news(before, seen.text, since=since, title=seen.title)
            if item:
                after = replace(after, news_at=rfc3339(self.now))
                self.first = False
                self.why = withheld(self.source)
                self._take(item, watch=(replace(after, due_at=self.claimed), self.claimed))
        return after

    def _take(self, item: Item, *, watch: tuple[Watch, str] | None = None) -> None:
        """Takes one item as what the rule says; as a draft where as many were sent today as may be."""
        why = "" if self.first else self.why or self._unfit(item)
        try:
            self._write(item, why, watch)
        except news.Full:
            logger.warning("source-full", source=self.source.id, most=self.source.most_a_day)
            self._write(item, "daily-limit", watch)

    def _unfit(self, item: Item) -> str:
        """Why an item should be looked at before it is sent: `too-old`, or `words` that would be refused."""
        asked = self.source.takes_old and not self.watch.seen_at
        if item.published and item.published < rfc3339(self.since - LATE) and not asked:
            return "too-old"
        made = self._campaign(item)
        wrong = content_errors(made.content, settings=self.wiring.settings) or missing(made)
        return "words" if wrong else ""

    def _campaign(self, item: Item) -> Campaign:
        return becoming.draft(
            self.source,
            item,
            campaign_id=self._next_id(),
            at=rfc3339(self.now),
            time_zone=self.wiring.settings.time_zone,
        )

    def _write(self, item: Item, why: str, watch: tuple[Watch, str] | None) -> None:
        made = None if self.first else self._campaign(item)
        sent = made is not None and not why
        if made is not None and sent:
            made = becoming.scheduled(made, self.source, reach.meaning(made))
        fate = Fate.SENT if sent else Fate.DRAFT if made else Fate.OLD
        row = self._row(item, fate, why, made.id if made else "")

        def taken() -> bool:
            return news.take(
                self.source,
                row,
                further=identity.keys(item)[1:],
                campaign=[campaign_tables.adding(made)] if made else [],
                day=self.day if sent else "",
                watch=watch,
                wiring=self.wiring,
            )

        if made is None:
            taken()
            return
        told = {"source_id": self.source.id, "campaign_id": made.id}
        with audit.recorded(system_of(self.source.mode), ACTION, told, now=self.now):
            self.news += taken()

    def _next_id(self) -> str:
        """Ids of one look sort as its items were taken."""
        self.ids += 1
        return ids.time_ordered_id(self.now + timedelta(microseconds=self.ids))

    def _row(self, item: Item, fate: Fate, why: str, campaign_id: str) -> tables.NewsItem:
        return news.news_item(
            self.source.id,
            identity.keys(item)[0],
            sort=self._next_id(),
            seen_at=rfc3339(self.now),
            title=item.title,
            link=item.link or foreign.link(self.source.url),
            published=item.published,
            content=identity.content(item),
            fate=str(fate),
            why=why,
            campaign_id=campaign_id,
        )
