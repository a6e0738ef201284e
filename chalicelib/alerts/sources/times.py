"""When a source is looked at next, and when it is silent. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.alerts.sources.model import Source, Watch
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.polling import pause

FURTHEST = timedelta(minutes=15)
"""A server in trouble is left alone ever longer, up to this, whatever it asks: its alerts are needed."""


def next_look(source: Source, *, now: datetime) -> str:
    """When the next look is due after one that went well."""
    return rfc3339(now + timedelta(minutes=source.every))


def begun(source: Source, watch: Watch, *, now: datetime) -> Watch:
    """How looking goes at this very address; nothing is known yet of another one."""
    if watch.url == source.url:
        return watch
    return Watch(url=source.url, since=rfc3339(now), due_at=watch.due_at)


def after_failure(source: Source, watch: Watch, problem: str, *, after_s: float, now: datetime) -> Watch:
    """How looking goes after a look that failed."""
    usual = timedelta(minutes=source.every)
    asked = pause(usual, failures=watch.failures, furthest=FURTHEST, after_s=after_s)
    longer = min(asked, max(FURTHEST, usual))
    return replace(
        watch,
        looked_at=rfc3339(now),
        due_at=rfc3339(now + longer),
        failures=watch.failures + 1,
        problem=problem,
    )


def after_success(source: Source, watch: Watch, *, news: bool, unread: int, now: datetime) -> Watch:
    """How looking goes after a look that went well; `news`: whether something was new."""
    at = rfc3339(now)
    return replace(
        watch,
        looked_at=at,
        read_at=at,
        news_at=at if news else watch.news_at,
        due_at=next_look(source, now=now),
        failures=0,
        problem="",
        unread=unread,
    )


def is_silent(source: Source, watch: Watch, *, now: datetime) -> bool:
    """Whether a source could not be read, or told nothing new, for longer than it should."""
    read = watch.read_at or watch.since
    news = watch.news_at or watch.since
    unread = bool(read) and now - parse_rfc3339(read) >= timedelta(minutes=source.silent_minutes)
    quiet = bool(news) and now - parse_rfc3339(news) >= timedelta(hours=source.quiet_hours)
    return unread or (bool(source.quiet_hours) and quiet)
