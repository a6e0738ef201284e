"""The parts of a period's page about the list: who came, who left and how, and how healthy it is. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from chalicelib.core.i18n import N_
from chalicelib.engagement.reports.paper import Figure, Section, Table
from chalicelib.engagement.reports.period_views import HealthView, PeriodLine, PeriodView
from chalicelib.engagement.reports.telling import Telling

CAME, LISTED = (N_("Came"), N_("Left")), (N_("On the list"), N_("Can be reached"))
WAYS: Mapping[str, str] = {
    "sign-up-page": N_("On the sign-up page"),
    "embedded-form": N_("By a sign-up form on another site"),
    "preference-page": N_("On their own page"),
    "keyword": N_("By a word in a text message"),
    "import": N_("By an import"),
    "api": N_("Entered by staff"),
    "re-permission": N_("By answering whether they still want it"),
    "sunset": N_("By answering whether they still want it"),
    "join": N_("Two records of one person became one"),
    "join-undone": N_("One record became two again"),
    "browser-renewed": N_("Their browser renewed its address"),
    "one-click": N_("By the unsubscribe button of their mail program, or the page behind it"),
    "mailto": N_("By an unsubscribe mail"),
    "footer-link": N_("By the link at the end of a message"),
    "bounce": N_("Messages to them came back"),
    "complaint": N_("They marked a message as spam"),
    "stop": N_("They texted STOP"),
}
"""Ways that the consent ledger names; staff name others, which stand as they are."""

SHUT: Mapping[str, str] = {
    "bounce": N_("Messages came back: %(channel)s"),
    "complaint": N_("Marked as spam: %(channel)s"),
    "stop": N_("Asked for no more: %(channel)s"),
    "manual": N_("Blocked by staff: %(channel)s"),
    "erased": N_("Forgotten on request: %(channel)s"),
    "sunset": N_("Long silent, and did not answer: %(channel)s"),
}
SILENT = N_(
    "%(number)s of %(known)s people whose reading is known opened and followed nothing for %(days)s days."
)

Name = Callable[[PeriodLine], str]


def grown(report: PeriodView, corner: str, name: Name, tell: Telling) -> Section:
    """Who came and who left, and how; `name` says what a line is of, under the head `corner`."""
    told = [(one, one.growth) for one in report.lines if one.growth]
    listed = any(one.listed is not None for one, _ in told)
    lines = [
        [
            name(one),
            *(tell.number(number) for number in (growth.added, growth.ended)),
            *(tell.number(number) for number in (one.listed, one.reachable) if listed),
        ]
        for one, growth in told
    ]
    tables = [
        _ways(title, found, tell)
        for title, found in (
            (N_("How people came"), report.people.by_source),
            (N_("How people left"), report.people.by_reason),
        )
        if found
    ]
    if lines:
        head = [corner, *(tell.say(one) for one in (CAME + LISTED if listed else CAME))]
        tables.insert(0, Table(tell.say(N_("Subscriptions that began and ended")), head, lines))
    said = tell.say(
        N_("People who came to the list: %(added)s. People who left it: %(ended)s."),
        added=tell.number(report.people.added),
        ended=tell.number(report.people.ended),
    )
    return Section("growth", tell.say(N_("Who came and who left")), [said], list(map(Figure, tables)))


def _ways(title: str, found: Mapping[str, int], tell: Telling) -> Table:
    head = [tell.say(N_("Way")), tell.say(N_("People"))]
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    lines = [[tell.say(WAYS[way]) if way in WAYS else way, tell.number(number)] for way, number in ranked]
    return Table(tell.say(title), head, lines)


def health(found: HealthView | None, tell: Telling) -> Iterator[Section]:
    """How many are on the list and can be reached, and which addresses are shut, and why."""
    if found is None:
        return
    said = [tell.say(N_("As of %(moment)s."), moment=tell.date(date.fromisoformat(found.day)))]
    if found.silent:
        told = {name: tell.number(number) for name, number in found.silent.model_dump().items()}
        said.append(tell.say(SILENT, number=told["silent"], known=told["known"], days=told["days"]))
    tables = [_reached(found, tell), *_shut(found, tell)]
    yield Section("health", tell.say(N_("Health of the list")), said, list(map(Figure, tables)))


def _reached(found: HealthView, tell: Telling) -> Table:
    by = N_("Can be reached: %(channel)s")
    counted = [
        (tell.say(N_("On the list")), found.people),
        *((tell.say(by, channel=tell.channel(one)), n) for one, n in found.reachable.items() if n),
        (tell.say(N_("Cannot be reached")), found.unreachable),
        (tell.say(N_("Paused")), found.paused),
    ]
    return Table(
        tell.say(N_("The list as a whole")),
        [tell.say(one) for one in (N_("What"), N_("People"))],
        [[what, _part(number, found.people, tell)] for what, number in counted],
    )


def _part(number: int, of: int, tell: Telling) -> str:
    """A number, and what part it is of the whole."""
    return f"{tell.number(number)}\n({tell.part(number / of)})" if of else tell.number(number)


def _shut(found: HealthView, tell: Telling) -> Iterator[Table]:
    lines = [
        [
            tell.say(SHUT[reason], channel=tell.channel(channel)) if reason in SHUT else reason,
            tell.number(number),
        ]
        for channel, why in found.do_not_contact.items()
        for reason, number in why.items()
    ]
    if lines:
        head = [tell.say(one) for one in (N_("Why"), N_("Addresses"))]
        yield Table(tell.say(N_("Addresses that must not be written to")), head, lines)
