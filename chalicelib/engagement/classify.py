"""Whether a person or a machine made an event, decided late and anew over all events of a delivery.

Pure: the same events give the same verdicts, in whatever order they came and however often; what came since
can change what was decided before. Two events come from one *source* where network and user agent are the
same. The rules are standards.md's ("Opens and clicks"), and `docs/event_classes.md` tells them to people:

1. what the request says of itself: the provider's flag, `HEAD`, fetched ahead, the kind of its program;
2. three or more different links within 30 s are a *burst*, whatever sources they come from;
3. a click on the control link, and each click within 10 s of it;
4. all else of a source that scanned in one of these ways, and opens by a browser within 10 s of a scan;
5. in a message with a picture: a click in its first five minutes while no reader's program had loaded the
   picture yet (`unread`), and what the same source clicks within two minutes after such a one;
6. of the hits of Gmail's proxy the first is the reader's, the others are its cache's.

All else is a reader's: so is a single click from another source after a scan.
"""

from collections.abc import Iterable, Sequence

from chalicelib.engagement.agents import Program, program
from chalicelib.engagement.model import Class, Event, Kind, Sign, Verdict, Verdicts, Why

RULES = 1
"""The version of these rules: it rises whenever a verdict may come out differently."""

BURST_LINKS = 3
BURST_SECONDS = 30
CONTROL_SECONDS = 10
SCAN_SECONDS = 10
EARLY_SECONDS = 300
SWEEP_SECONDS = 120
GLANCE_SECONDS = 3
"""Nobody loads a picture and follows a link sooner than this."""

HUMAN = frozenset({Why.READER, Why.GMAIL_PROXY, Why.MAIL_PROXY})
SCANS = frozenset({Why.AUTOMATED, Why.SCANNER, Why.BURST, Why.CONTROL})
SIGNS = ((Sign.AUTOMATED, Why.AUTOMATED), (Sign.HEAD, Why.HEAD), (Sign.AHEAD, Why.PREFETCH))
OPENED_BY = {
    Program.APPLE: Why.APPLE_PROXY,
    Program.AHEAD: Why.PREFETCH,
    Program.MACHINE: Why.SCANNER,
    Program.PROXY: Why.MAIL_PROXY,
    Program.GMAIL: Why.GMAIL_PROXY,
}
CLICKED_BY = dict.fromkeys((Program.APPLE, Program.AHEAD, Program.MACHINE, Program.OTHER), Why.SCANNER)
"""People follow links in a browser, or inside a mail program."""
LOADED = frozenset({Why.READER, Why.GMAIL_PROXY, Why.MAIL_PROXY, Why.APPLE_PROXY})

Reasons = dict[str, Why]
Source = tuple[str, str]


def classify(events: Sequence[Event], *, handed_at: float, pictures: bool = False) -> Verdicts:
    """The verdict of each event of one delivery, by event id.

    `events` are all that are old enough to be judged (a minute: most of a scan is over by then). `handed_at`
    is when the provider took the message, in epoch seconds. `pictures` says that the message has the picture
    that counts opens: only then can a click come before any open.
    """
    told = sorted({event.id: event for event in events}.values(), key=lambda event: (event.at, event.id))
    why = {event.id: reason for event in told if (reason := _by_itself(event))}
    for rule in (_bursts, _near_control, _same_source, _beside_scan):
        why |= _undecided(rule(told, why), why)
    if pictures:
        why |= _undecided(_unread(told, why, handed_at), why)
    why |= _gmail_repeats(told, why)
    return {event.id: _verdict(why.get(event.id, Why.READER)) for event in told}


def _verdict(why: Why) -> Verdict:
    return Verdict(Class.HUMAN if why in HUMAN else Class.MACHINE, why)


def _undecided(found: Reasons, why: Reasons) -> Reasons:
    """What a rule found, of the events that no earlier rule took for a machine's."""
    return {one: reason for one, reason in found.items() if why.get(one, Why.READER) in HUMAN}


def _by_itself(event: Event) -> Why | None:
    """What the request alone says; None where that is nothing."""
    for sign, why in SIGNS:
        if sign in event.signs:
            return why
    if event.kind is Kind.CONTROL:
        return Why.CONTROL
    return (OPENED_BY if event.kind is Kind.OPEN else CLICKED_BY).get(program(event.agent))


def _clicks(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.kind is not Kind.OPEN]


def _opens(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.kind is Kind.OPEN]


def _source(event: Event) -> Source:
    return event.network, event.agent


def _bursts(told: Sequence[Event], why: Reasons) -> Reasons:
    """Clicks of a span of 30 s with three different links. What a browser fetches ahead is none."""
    clicks = [event for event in _clicks(told) if why.get(event.id) is not Why.PREFETCH]
    found: Reasons = {}
    end = 0
    for start, first in enumerate(clicks):
        end = max(end, start)
        while end < len(clicks) and clicks[end].at - first.at <= BURST_SECONDS:
            end += 1
        span = clicks[start:end]
        if len({event.link for event in span}) >= BURST_LINKS:
            found |= {event.id: Why.BURST for event in span}
    return found


def _near_control(told: Sequence[Event], why: Reasons) -> Reasons:
    controls = [event for event in told if event.kind is Kind.CONTROL and why[event.id] is not Why.PREFETCH]
    return _near(_clicks(told), controls, CONTROL_SECONDS, Why.CONTROL)


def _same_source(told: Sequence[Event], why: Reasons) -> Reasons:
    """All of a source that scanned, but for opens by mail services' proxies: those stand for readers."""
    scanned = {_source(event) for event in _clicks(told) if why.get(event.id) in SCANS}
    return {event.id: Why.SCANNER for event in told if _source(event) in scanned and event.id not in why}


def _beside_scan(told: Sequence[Event], why: Reasons) -> Reasons:
    """Opens by browsers beside a scan: a scanner says now this browser, now that."""
    scans = [event for event in _clicks(told) if why.get(event.id) in SCANS]
    opens = [event for event in _opens(told) if program(event.agent) in {Program.BROWSER, Program.OTHER}]
    return _near(opens, scans, SCAN_SECONDS, Why.SCANNER)


def _unread(told: Sequence[Event], why: Reasons, handed_at: float) -> Reasons:
    """Clicks in a message that nobody could have read yet, and the opens that came along with them.

    Scanners at the gate come before the mailbox has the message, and so before any reader's program, or
    Apple's proxy, loads its picture. A browser's own open speaks for that browser only, after a glance.
    """
    found: Reasons = {}
    last: dict[Source, float] = {}
    loads = [event for event in _opens(told) if why.get(event.id, Why.READER) in LOADED]
    for click in _clicks(told):
        if why.get(click.id, Why.READER) not in HUMAN or any(_could_read(load, click) for load in loads):
            continue
        source = _source(click)
        if click.at - handed_at <= EARLY_SECONDS or click.at - last.get(source, handed_at) <= SWEEP_SECONDS:
            found[click.id] = Why.UNREAD
            last[source] = click.at
    for event in loads:
        if abs(event.at - last.get(_source(event), event.at + SCAN_SECONDS + 1)) <= SCAN_SECONDS:
            found[event.id] = Why.UNREAD
    return found


def _could_read(load: Event, click: Event) -> bool:
    if _source(load) == _source(click):
        return load.at <= click.at - GLANCE_SECONDS
    return load.at <= click.at and program(load.agent) not in {Program.BROWSER, Program.OTHER}


def _gmail_repeats(told: Sequence[Event], why: Reasons) -> Reasons:
    hits = [event.id for event in told if why.get(event.id) is Why.GMAIL_PROXY]
    return dict.fromkeys(hits[1:], Why.GMAIL_REPEAT)


def _near(events: Iterable[Event], others: Sequence[Event], seconds: float, why: Why) -> Reasons:
    return {event.id: why for event in events if any(abs(event.at - one.at) <= seconds for one in others)}
