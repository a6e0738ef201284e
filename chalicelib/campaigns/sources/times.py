"""When a source is looked at next, and when somebody should know that it fails or is silent. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.campaigns.sources.model import Source, Watch
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.polling import pause

FURTHEST = timedelta(hours=6)
"""A server in trouble is left alone ever longer, up to this."""

ALARMING = timedelta(hours=24)


def next_look(source: Source, *, now: datetime) -> str:
    """When the next look is due after one that went well."""
    return rfc3339(now + timedelta(minutes=source.every))


def after_failure(source: Source, watch: Watch, problem: str, *, after_s: float, now: datetime) -> Watch:
    """How looking goes after a look that failed: the next is ever later, and as late as the server asks."""
    usual = timedelta(minutes=source.every)
    longer = pause(usual, failures=watch.failures, furthest=FURTHEST, after_s=after_s)
    return replace(
        watch,
        looked_at=rfc3339(now),
        due_at=rfc3339(now + longer),
        failures=watch.failures + 1,
        failing_since=watch.failing_since or rfc3339(now),
        problem=problem,
    )


def after_success(source: Source, watch: Watch, *, news: bool, now: datetime) -> Watch:
    """How looking goes after a look that went well; `news`: whether something was new."""
    at = rfc3339(now)
    return replace(
        watch,
        looked_at=at,
        seen_at=at,
        news_at=at if news or not watch.news_at else watch.news_at,
        due_at=next_look(source, now=now),
        failures=0,
        failing_since="",
        problem="",
    )


def fails_long(watch: Watch, *, now: datetime) -> bool:
    """Whether a source has failed for so long that somebody should look."""
    return bool(watch.failing_since) and now - parse_rfc3339(watch.failing_since) >= ALARMING


def is_silent(source: Source, watch: Watch, *, now: datetime) -> bool:
    """Whether a source has had no news for longer than it should."""
    return bool(watch.news_at) and now - parse_rfc3339(watch.news_at) >= timedelta(days=source.silent_days)
