"""Figures as reports answer them: splits, and rates with their intervals. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.engagement.rates import Did, Rate, Readers, click_rate, open_rate, readers
from chalicelib.engagement.reports.engaged import Engaged, Split
from chalicelib.engagement.reports.intervals import Compared, wilson
from chalicelib.engagement.reports.views import ComparedView, EngagementView, RateView, SplitView

PLACES = 6
"""Digits of a share behind the point."""


def split_view(split: Split) -> SplitView:
    """A figure."""
    return SplitView(raw=split.raw, machine=split.machine, human=split.human)


def engagement_view(found: Engaged, *, opens: bool) -> EngagementView:
    """What readers did; `opens`: whether there is a way to tell of openings."""
    return EngagementView(
        opens=split_view(found.opens) if opens else None,
        opened=split_view(found.opened) if opens else None,
        clicks=split_view(found.clicks),
        clicked=split_view(found.clicked),
    )


def rate_view(hits: int, of: int) -> RateView | None:
    """A rate with its interval; None of nobody. Receipts may be behind events: then all are as many."""
    if not of and not hits:
        return None
    of = max(of, hits)
    found = wilson(hits, of)
    return RateView(value=_share(hits / of), low=_share(found.low), high=_share(found.high), of=of)


def read_view(counts: Mapping[str, int], channel: str, people: int, *, messages: int = 1) -> RateView | None:
    """The share who read it, as it is estimated (`engagement.rates`); None where the data do not carry it."""
    return _estimated(open_rate(replace(readers(counts, channel, people), messages=max(1, messages))))


def click_view(
    counts: Mapping[str, int], channels: Iterable[str], *, clicked: int, of: int
) -> RateView | None:
    """The share of so many people who followed a link on these channels; `clicked` were seen doing so.

    Estimated (`engagement.rates`): of whoever asks not to be tracked, the counters have clicks alone.
    """
    found = sum((readers(counts, one, 0) for one in channels), Readers())
    return _estimated(click_rate(replace(found, everybody=Did(of, clicked=clicked))))


def _estimated(found: Rate | None) -> RateView | None:
    if found is None or not found.enough:
        return None
    return RateView(value=_share(found.value), low=_share(found.low), high=_share(found.high), of=found.of)


def compared_view(found: Compared | None) -> ComparedView | None:
    """A comparison; None where there is none."""
    if found is None:
        return None
    return ComparedView(
        difference=_share(found.difference),
        low=_share(found.interval.low),
        high=_share(found.interval.high),
        verdict=found.verdict,
        needed=found.needed,
    )


def _share(value: float) -> float:
    return round(value, PLACES)
