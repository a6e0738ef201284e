"""The report of a plan: what was planned, what became of it, and what its readers did.

It reads a bounded number of items, whatever the plan's size: its waves and counts, and eight slots of
counters.
"""

from collections.abc import Collection, Sequence
from typing import Any

from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters
from chalicelib.delivery.costs import PAID
from chalicelib.delivery.counters import DOLLAR
from chalicelib.delivery.in_words import in_words
from chalicelib.delivery.lanes import proves
from chalicelib.delivery.plans import plans
from chalicelib.delivery.posts.views import post_views
from chalicelib.delivery.progress import ChannelProgress, Progress, progress
from chalicelib.engagement.destinations.conversions import tables as goals
from chalicelib.engagement.destinations.conversions.report import by_goal
from chalicelib.engagement.destinations.pages import by_page
from chalicelib.engagement.reports import engaged, keep, views
from chalicelib.engagement.reports.districts import names_of
from chalicelib.engagement.reports.engaged import Counts, Engaged, Split
from chalicelib.engagement.reports.figures import (
    click_view,
    engagement_view,
    rate_view,
    read_view,
    split_view,
)
from chalicelib.engagement.reports.reach import reach_rows
from chalicelib.engagement.timing import report as best_hour
from chalicelib.engagement.variants.report import search_view
from chalicelib.subscribers import areas
from chalicelib.subscribers.model import CHANNELS

NO_RECEIPTS = {
    "sms": "SNS does not report the delivery of text messages: what was sent is known, what arrived is not.",
    "push": "Push services do not report what a device showed: what they took is known.",
}
ANSWERED = "A call that was played to its end counts as delivered, whoever or whatever answered it."
OPENING = "email"
"""The channel that tells of openings."""

REPORTED = ("delivered", "bounced", "complained")


def report(plan_id: str, *, wiring: Wiring) -> views.ReportView:
    """The present report of a plan. Raises NotFound."""
    now = progress(plan_id, wiring=wiring)
    counts = counters.read(plan_id, wiring=wiring)
    head = plans(wiring).head(plan_id)
    found = told(plan_id, now, counts, head.links, settings=wiring.settings)
    named = goals.names({one.goal for one in found.goals})
    added = {
        "posts": post_views(plan_id, wiring=wiring),
        "reach": reach_of(plan_id, wiring=wiring),
        "goals": [one.model_copy(update={"name": named.get(one.goal)}) for one in found.goals],
        "best_hour": best_hour.of_plan(plan_id, wiring=wiring),
        "search": search_view(head, wiring=wiring),
    }
    return found.model_copy(update=added)


def reach_of(plan_id: str, *, wiring: Wiring) -> views.ReachView | None:
    """Whom a plan reached, as of its latest taking; None before the first."""
    taken = keep.latest(plan_id)
    if taken is None:
        return None
    settings = wiring.settings
    names = names_of(areas.offered(), language=settings.default_language)
    proving = [one for one in CHANNELS if proves(one, settings)]
    rows = reach_rows(taken.sum.breakdown, proving=proving, names=names)
    return views.ReachView(taken_at=taken.taken_at, hours_after=taken.hours, rows=rows)


def told(
    plan_id: str, now: Progress, counts: Counts, urls: Sequence[str], *, settings: Settings
) -> views.ReportView:
    """The report, of how far a plan is, its counters (`counters.read`) and its links. Pure."""
    on = list(now.by_channel)
    channels = [_channel(name, part, counts, settings=settings) for name, part in now.by_channel.items()]
    links = [link_report(number, url, counts, on) for number, url in enumerate(urls)]
    return views.ReportView(
        plan_id=plan_id,
        status=now.status,
        reason=now.reason or None,
        explanation=in_words(now.reason),
        mode=now.mode,
        started_at=now.started_at or None,
        closed_at=now.closed_at or None,
        skipped=dict(now.skipped),
        held=dict(now.held),
        let_go=dict(now.let_go),
        next_pass_at=now.next_pass_at or None,
        passes=[views.PassReport(**vars(one)) for one in now.passes],
        **_outcomes(now),
        **_sums(channels),
        **_rates(counts, channels),
        engagement=engagement_view(_all(counts, on), opens=OPENING in on),
        channels=channels,
        languages=_parts(counts, "language", on),
        variants=_parts(counts, "variant", on),
        posts=[],
        links=links,
        destinations=by_page(links),
        goals=by_goal(counts, on, got=sum(map(_got, channels)), clicked=sum(one.clicked for one in channels)),
        hours=_hours(counts),
        speed=_speed(counts, on),
        why=engaged.by_why(counts),
        reasons=engaged.reasons(counts),
    )


def _outcomes(counted: Progress | ChannelProgress) -> dict[str, Any]:
    return {name: getattr(counted, name) for name in views.Outcomes.model_fields}


def _channel(name: str, part: ChannelProgress, counts: Counts, *, settings: Settings) -> views.ChannelReport:
    found = engaged.engaged(counts, name)
    told: dict[str, Any] = {one: counts.get(f"{name}#{one}", 0) for one in REPORTED}
    told |= {one: getattr(found, one).human for one in ("opened", "opens", "clicked", "clicks")}
    silent, note = _silent(name, settings)
    told |= dict.fromkeys(silent)
    got = part.sent if told["delivered"] is None else told["delivered"]
    return views.ChannelReport(
        channel=name,
        note=note,
        engagement=engagement_view(found, opens=name == OPENING),
        read_rate=read_view(counts, name, got) if name == OPENING else None,
        open_rate=rate_view(found.opened.human, got) if name == OPENING else None,
        click_rate=click_view(counts, [name], clicked=found.clicked.human, of=got),
        cost=_cost(name, part, counts, settings) if name in PAID else None,
        **_outcomes(part),
        **told,
    )


def _cost(name: str, part: ChannelProgress, counts: Counts, settings: Settings) -> views.CostReport:
    told = counts.get(f"{name}#priced", 0)
    return views.CostReport(
        units=part.units,
        estimated_usd=part.cost / DOLLAR if settings.prices(name) else None,
        told_usd=counts.get(f"{name}#cost", 0) / DOLLAR if told else None,
        told_messages=told,
    )


def _silent(channel: str, settings: Settings) -> tuple[Collection[str], str | None]:
    """What nobody tells of a channel, and what a reader of its numbers should know."""
    if channel == OPENING:
        return (), None
    unseen = ("complained", "opened", "opens")
    if proves(channel, settings):
        return unseen, ANSWERED if channel == "voice" else None
    return ("delivered", "bounced", *unseen), NO_RECEIPTS.get(channel)


def _sums(channels: list[views.ChannelReport]) -> dict[str, Any]:
    """Sums over the channels that can tell; null where none can."""
    sums: dict[str, Any] = {}
    for name in views.Responses.model_fields:
        known = [value for one in channels if (value := getattr(one, name)) is not None]
        sums[name] = sum(known) if known else None
    return {**sums, "clicked": sums["clicked"] or 0, "clicks": sums["clicks"] or 0}


def _got(channel: views.ChannelReport) -> int:
    """How many messages arrived, or left where nobody tells."""
    return channel.sent if channel.delivered is None else channel.delivered


def _rates(counts: Counts, channels: list[views.ChannelReport]) -> dict[str, Any]:
    """The rates over all channels: those of reading are of the one that tells of openings."""
    mail = next((one for one in channels if one.channel == OPENING), None)
    clicked, got = sum(one.clicked for one in channels), sum(map(_got, channels))
    return {
        "read_rate": mail.read_rate if mail else None,
        "open_rate": mail.open_rate if mail else None,
        "click_rate": click_view(counts, [one.channel for one in channels], clicked=clicked, of=got),
    }


def _all(counts: Counts, channels: Collection[str]) -> Engaged:
    return sum((engaged.engaged(counts, one) for one in channels), Engaged())


def _parts(counts: Counts, kind: str, channels: Collection[str]) -> list[views.PartReport]:
    opens = OPENING in channels
    return [
        views.PartReport(
            name=name,
            opened=split_view(one.opened) if opens else None,
            clicked=split_view(one.clicked),
        )
        for name, one in engaged.by_part(counts, kind, channels).items()
    ]


def link_report(number: int, url: str, counts: Counts, channels: Collection[str]) -> views.LinkReport:
    """The figures of a plan's link over its channels. Pure."""
    people, events = Split(), Split()
    for channel in channels:
        people += engaged.people_of(counts, f"{channel}#link#{number}#clicked")
        events += engaged.events_of(counts, f"{channel}#link#{number}#clicks")
    return views.LinkReport(number=number, url=url, people=split_view(people), events=split_view(events))


def _hours(counts: Counts) -> list[views.HourReport]:
    return [
        views.HourReport(hour=f"{hour}:00:00Z", **{name: split_view(one) for name, one in events.items()})
        for hour, events in engaged.by_hour(counts).items()
    ]


def _speed(counts: Counts, channels: Collection[str]) -> views.Speed:
    steps = {}
    for events in engaged.PEOPLE:
        found = list(engaged.within(counts, events, channels))
        everybody = found[-1][1]
        steps[events] = [
            views.SpeedStep(within_minutes=minutes, people=people, share=rate_view(people, everybody))
            for minutes, people in found
        ]
    return views.Speed(**steps)
