"""The report of a plan: what was planned, what became of it, and what its readers did.

It reads a bounded number of items, whatever the plan's size: its waves and counts, and eight slots of
counters.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters
from chalicelib.delivery.costs import PAID
from chalicelib.delivery.counters import DOLLAR
from chalicelib.delivery.in_words import in_words
from chalicelib.delivery.lanes import proves
from chalicelib.delivery.plans import plans
from chalicelib.delivery.posts.views import PostView, post_views
from chalicelib.delivery.progress import ChannelProgress, Progress, progress

NO_RECEIPTS = {
    "sms": "SNS does not report the delivery of text messages: what was sent is known, what arrived is not.",
    "push": "Push services do not report what a device showed: what they took is known.",
}
ANSWERED = "A call that was played to its end counts as delivered, whoever or whatever answered it."
HOUR = re.compile(r"^(?P<channel>[a-z]+)#hour#(?P<hour>[0-9T-]{13})#(?P<events>opens|clicks)$")


class Outcomes(Model):
    """What became of the messages: planned = sent + failed + unknown + cancelled + expired + waiting."""

    planned: int = Field(description="Messages that were to be sent: people times channels.")
    sent: int = Field(description="Taken by the provider.")
    failed: int
    unknown: int = Field(description="May have been sent: a crash left no record.")
    cancelled: int
    expired: int
    waiting: int


class Responses(Model):
    """What providers report and readers do. Null where the channel has no way to tell.

    Readers whose browser asks not to be tracked (Sec-GPC, DNT) count as events, not as people.
    """

    delivered: int | None
    bounced: int | None
    complained: int | None
    opened: int | None = Field(description="People who opened, machines among them.")
    opens: int | None = Field(description="Openings.")
    clicked: int = Field(description="People who followed a link.")
    clicks: int = Field(description="Followings of links.")


class CostReport(Model):
    """What a channel cost, in US dollars.

    By the settings' prices: of `units` handed over, parts of texts or minutes of calls. And by the provider:
    of as many messages as it told the price of.
    """

    units: int
    estimated_usd: float | None = Field(description="Null where the settings name no price.")
    told_usd: float | None = Field(description="Null where the provider told of no price.")
    told_messages: int


class ChannelReport(Outcomes, Responses):
    """One channel of the report."""

    channel: str
    cost: CostReport | None = Field(description="Of texts and calls.")
    note: str | None = Field(description="What a reader of these numbers should know.")


class LinkReport(Model):
    """One tracked link of the message."""

    number: int
    url: str
    people: int
    events: int


class HourReport(Model):
    """The openings and followings of one hour, which begins at `hour` (UTC).

    Hours with neither are left out.
    """

    hour: str
    opens: int
    clicks: int


class PassReport(Model):
    """One pass over the audience: the messages that it planned, and those that it held, by reason."""

    channel: str
    begun_at: str
    planned: int
    held: dict[str, int]


class PublicPage(Model):
    """Where everybody can read it."""

    url: str
    feeds: list[str] = Field(description="The feeds in which it stands; each has a JSON one beside.")
    corrected: str | None = Field(description="`replace`, `add` or `withdraw`: how it was corrected since.")


class ReportView(Outcomes, Responses):
    """A plan's report. `skipped` counts people of the audience who were never planned, by reason.

    `held` are messages that are not planned yet, by reason, and wait for `next_pass_at`; `let_go` are those
    of the expired that were held too long. `passes` tells what each walk over the audience planned and held.
    """

    plan_id: str
    status: str
    reason: str | None = Field(description="Why it is halted, paused or cancelled.")
    explanation: str | None = Field(description="The reason in words, where it is a code.")
    mode: str
    started_at: str | None
    closed_at: str | None
    skipped: dict[str, int]
    held: dict[str, int]
    let_go: dict[str, int]
    next_pass_at: str | None
    passes: list[PassReport]
    channels: list[ChannelReport]
    posts: list[PostView] = Field(description="What accounts posted of it.")
    page: PublicPage | None = Field(None, description="Null where it is not for everybody to read.")
    links: list[LinkReport]
    hours: list[HourReport]
    reasons: dict[str, int] = Field(description="Why people unsubscribed, of those who said so.")


def report(plan_id: str, *, wiring: Wiring) -> ReportView:
    """The present report of a plan. Raises NotFound."""
    now = progress(plan_id, wiring=wiring)
    counts = counters.read(plan_id, wiring=wiring)
    urls = plans(wiring).head(plan_id).links
    settings = wiring.settings
    channels = [_channel(name, part, counts, settings=settings) for name, part in now.by_channel.items()]
    return ReportView(
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
        passes=[PassReport(**vars(one)) for one in now.passes],
        **_outcomes(now),
        **_sums(channels),
        channels=channels,
        posts=post_views(plan_id, wiring=wiring),
        links=[_link(number, url, counts, list(now.by_channel)) for number, url in enumerate(urls)],
        hours=_hours(counts),
        reasons=_reasons(counts),
    )


def _outcomes(counted: Progress | ChannelProgress) -> dict[str, Any]:
    return {name: getattr(counted, name) for name in Outcomes.model_fields}


def _channel(
    name: str, part: ChannelProgress, counts: Mapping[str, int], *, settings: Settings
) -> ChannelReport:
    told: dict[str, Any] = {one: counts.get(f"{name}#{one}", 0) for one in Responses.model_fields}
    silent, note = _silent(name, settings)
    return ChannelReport(
        channel=name,
        note=note,
        cost=_cost(name, part, counts, settings) if name in PAID else None,
        **_outcomes(part),
        **{**told, **dict.fromkeys(silent)},
    )


def _cost(name: str, part: ChannelProgress, counts: Mapping[str, int], settings: Settings) -> CostReport:
    told = counts.get(f"{name}#priced", 0)
    return CostReport(
        units=part.units,
        estimated_usd=part.cost / DOLLAR if settings.prices(name) else None,
        told_usd=counts.get(f"{name}#cost", 0) / DOLLAR if told else None,
        told_messages=told,
    )


def _silent(channel: str, settings: Settings) -> tuple[Collection[str], str | None]:
    """What nobody tells of a channel, and what a reader of its numbers should know."""
    if channel == "email":
        return (), None
    unseen = ("complained", "opened", "opens")
    if proves(channel, settings):
        return unseen, ANSWERED if channel == "voice" else None
    return ("delivered", "bounced", *unseen), NO_RECEIPTS.get(channel)


def _sums(channels: list[ChannelReport]) -> dict[str, Any]:
    """Sums over the channels that can tell; null where none can."""
    sums: dict[str, Any] = {}
    for name in Responses.model_fields:
        known = [value for one in channels if (value := getattr(one, name)) is not None]
        sums[name] = sum(known) if known else None
    return {**sums, "clicked": sums["clicked"] or 0, "clicks": sums["clicks"] or 0}


def _link(number: int, url: str, counts: Mapping[str, int], channels: list[str]) -> LinkReport:
    def total(name: str) -> int:
        return sum(counts.get(f"{channel}#link#{number}#{name}", 0) for channel in channels)

    return LinkReport(number=number, url=url, people=total("clicked"), events=total("clicks"))


def _hours(counts: Mapping[str, int]) -> list[HourReport]:
    hours: dict[str, dict[str, int]] = {}
    for name, count in counts.items():
        if found := HOUR.match(name):
            events = hours.setdefault(found["hour"], {"opens": 0, "clicks": 0})
            events[found["events"]] += count
    return [HourReport(hour=f"{hour}:00:00Z", **events) for hour, events in sorted(hours.items())]


def _reasons(counts: Mapping[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in counts.items():
        _, kind, reason = [*name.split("#", 2), "", ""][:3]
        if kind == "reason":
            found[reason] += count
    return dict(sorted(found.items()))
