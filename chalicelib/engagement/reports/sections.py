"""The parts of a report's page: each a table, with the chart of the same numbers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from chalicelib.core.charts import Series, Share
from chalicelib.core.i18n import N_
from chalicelib.engagement.reports.figures import rate_view
from chalicelib.engagement.reports.paper import Figure, Section, Table
from chalicelib.engagement.reports.telling import Telling
from chalicelib.engagement.reports.views import RateView, ReportView, SpeedStep, SplitView
from chalicelib.subscribers.reasons import REASONS

EVENTS_HEAD = (N_("How often"), N_("All that came in"), N_("Machines"), N_("People alone"))
PEOPLE_HEAD = (N_("People"), *EVENTS_HEAD[1:], N_("Share of all"), N_("Share of people alone"))
OUTCOMES: Mapping[str, str] = {
    "planned": N_("Planned"),
    "sent": N_("Sent"),
    "delivered": N_("Arrived"),
    "bounced": N_("Came back"),
    "failed": N_("Failed"),
    "unknown": N_("Perhaps sent"),
    "cancelled": N_("Cancelled"),
    "expired": N_("Too late"),
    "waiting": N_("Waiting"),
}
ALWAYS = frozenset({"planned", "sent", "delivered", "bounced"})


def raw_and_human(report: ReportView, tell: Telling) -> Iterator[Section]:
    """What came in, what of it machines did, and what people did, beside each other."""
    found = report.engagement
    named = [
        (N_("Opened it"), N_("Openings"), found.opened, found.opens, report.open_rate),
        (N_("Followed a link"), N_("Clicks"), found.clicked, found.clicks, report.click_rate),
    ]
    told = [(a, b, people, events, rate) for a, b, people, events, rate in named if people and events]
    if not any(events.raw for _, _, _, events, _ in told):
        return
    people = Table(
        tell.say(N_("People, with machines and without")),
        _said(PEOPLE_HEAD, tell),
        [
            [*_split(tell.say(name), one, tell), *map(tell.rate, _rates(one, rate))]
            for name, _, one, _, rate in told
        ],
    )
    events = Table(
        tell.say(N_("Events, with machines and without")),
        _said(EVENTS_HEAD, tell),
        [_split(tell.say(name), one, tell) for _, name, _, one, _ in told],
    )
    bars = [bar for _, name, one, _, rate in told for bar in _bars(tell.say(name), one, rate, tell)]
    yield Section(
        "machines",
        tell.say(N_("People and machines")),
        [tell.say(N_("Shares are of those whom it reached. All that came in is what other systems report."))],
        [tell.shares(people, bars), Figure(events)],
    )


def _bars(name: str, one: SplitView, rate: RateView | None, tell: Telling) -> Iterator[Share]:
    if rate is not None:
        for words, found in zip(
            (N_("%(what)s: all"), N_("%(what)s: people")), _rates(one, rate), strict=True
        ):
            yield share(tell.say(words, what=name), found)


def _rates(one: SplitView, rate: RateView | None) -> tuple[RateView | None, RateView | None]:
    """What share did it, with machines and without."""
    return (rate_view(one.raw, rate.of), rate_view(one.human, rate.of)) if rate else (None, None)


def speed(report: ReportView, tell: Telling) -> Iterator[Section]:
    """How soon after it was handed over people opened it and followed its links."""
    kinds = ((N_("Opened it"), report.speed.opened), (N_("Followed a link"), report.speed.clicked))
    told = {tell.say(name): steps for name, steps in kinds if any(one.people for one in steps)}
    if not told:
        return
    spans = [step.within_minutes for step in next(iter(told.values()))]
    labels = [tell.span(one) if one else tell.say(N_("any time")) for one in spans]
    table = Table(
        tell.say(N_("How soon people looked")),
        [tell.say(N_("Within")), *told],
        [[label, *(_step(steps[n], tell) for steps in told.values())] for n, label in enumerate(labels)],
    )
    series = [Series(name, [_of(step) for step in steps]) for name, steps in told.items()]
    yield Section(
        "speed",
        tell.say(N_("How soon")),
        [
            tell.say(
                N_("Counted from the moment at which each message was handed over; machines are left out.")
            )
        ],
        [tell.growth(table, labels, series)],
    )


def _step(step: SpeedStep, tell: Telling) -> str:
    return f"{tell.number(step.people)}\n({tell.part(_of(step))})"


def _of(step: SpeedStep) -> float:
    return step.share.value if step.share else 0.0


def outcomes(report: ReportView, tell: Telling) -> Iterator[Section]:
    """What became of the messages of each channel."""
    if not report.channels:
        return
    kinds = [one for one in OUTCOMES if one in ALWAYS or getattr(report, one)]
    table = Table(
        tell.say(N_("Messages by channel")),
        [tell.say(N_("Channel")), *(tell.say(OUTCOMES[one]) for one in kinds)],
        [
            [tell.channel(one.channel), *(tell.number(getattr(one, kind)) for kind in kinds)]
            for one in report.channels
        ],
    )
    said = []
    if any(one.delivered is None for one in report.channels):
        said.append(tell.say(N_("“–” means that nobody reports it on that channel.")))
    yield Section("messages", tell.say(N_("What became of the messages")), said, [Figure(table)])


def links(report: ReportView, tell: Telling) -> Iterator[Section]:
    """Which links people followed, the most followed first."""
    if not report.links:
        return
    of = report.click_rate.of if report.click_rate else 0
    ranked = sorted(report.links, key=lambda one: (-one.people.human, one.number))
    rates = [(one, rate_view(one.people.human, of)) for one in ranked]
    table = Table(
        tell.say(N_("Links by how many people followed them")),
        _said((N_("Link"), N_("People"), N_("Share"), N_("With machines")), tell),
        [
            [
                f"{n}. {address(one.url)}",
                tell.number(one.people.human),
                tell.rate(rate),
                tell.number(one.people.raw),
            ]
            for n, (one, rate) in enumerate(rates, 1)
        ],
    )
    bars = [share(f"{n}. {address(one.url)}", rate) for n, (one, rate) in enumerate(rates, 1)]
    yield Section("links", tell.say(N_("Links")), (), [tell.shares(table, bars)])


def cost(report: ReportView, tell: Telling) -> Iterator[Section]:
    """What texts and calls cost."""
    paid = [(one.channel, one.cost) for one in report.channels if one.cost]
    if not paid:
        return
    table = Table(
        tell.say(N_("Cost by channel")),
        _said((N_("Channel"), N_("Parts or minutes"), N_("By our prices"), N_("As the provider says")), tell),
        [
            [
                tell.channel(channel),
                tell.number(one.units),
                tell.dollars(one.estimated_usd),
                tell.dollars(one.told_usd),
            ]
            for channel, one in paid
        ],
    )
    yield Section("cost", tell.say(N_("Cost")), (), [Figure(table)])


def leaving(report: ReportView, tell: Telling) -> Iterator[Section]:
    """Why people unsubscribed, of those who said so."""
    if not report.reasons:
        return
    table = Table(
        tell.say(N_("Why people left")),
        _said((N_("Reason"), N_("People")), tell),
        [[tell.say(REASONS.get(one, one)), tell.number(n)] for one, n in report.reasons.items()],
    )
    said = [tell.say(N_("Of those who unsubscribed from this message and said why."))]
    yield Section("leaving", tell.say(N_("Who left")), said, [Figure(table)])


def address(url: str) -> str:
    """Where a link leads, short enough for a line: host and path of a page, anything else as it is."""
    found = urlsplit(url)
    return (found.netloc.removeprefix("www.") + found.path).rstrip("/") if found.netloc else url


def share(name: str, rate: RateView | None) -> Share:
    """A rate as a bar with its interval."""
    return Share(name, rate.value, rate.low, rate.high) if rate else Share(name, 0.0)


def _split(name: str, one: SplitView, tell: Telling) -> list[str]:
    return [name, *(tell.number(number) for number in (one.raw, one.machine, one.human))]


def _said(words: Sequence[str], tell: Telling) -> list[str]:
    return [tell.say(one) for one in words]
