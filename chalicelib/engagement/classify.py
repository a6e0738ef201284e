"""Whether a person or a machine made an event, decided late and anew over all events of a delivery.

Pure: the same events give the same verdicts, in whatever order they came and however often; what came since
can change what was decided before. Two events come from one *source* where network and user agent are the
same. The rules are standards.md's ("Opens and clicks"), and `docs/event_classes.md` tells them to people:

1. what the request says of itself: the provider's flag, `HEAD`, fetched ahead, the kind of its program;
2. three or more different links within 30 s are a *burst*, and four or more in a message's first ten minutes
   a *sweep*, whatever sources they come from;
3. a click on the control link, and each click within 10 s of it;
4. all else of a source that scanned in one of these ways;
5. in a message with a picture (`unread`): a click in its first five minutes while no reader's program had
   loaded the picture yet; one within three seconds after its source first did; and what the same source
   clicks within two minutes after such a one;
6. opens by a browser within 10 s of any of these clicks;
7. of the hits of Gmail's proxy the first is the reader's, the others are its cache's.

All else is a reader's: so is a single click from another source after a scan. A conversion that a site's own
server tells of is a reader's; one that a page tells of is judged by its browser (1) and its source (4).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.engagement.agents import Program, program
from chalicelib.engagement.model import Class, Event, Kind, Sign, Verdict, Verdicts, Why

RULES = 2
"""The version of these rules: it rises whenever a verdict may come out differently."""

BURST_LINKS, BURST_SECONDS = 3, 30
SWEEP_LINKS, SWEEP_SECONDS = 4, 600
CONTROL_SECONDS = 10
EARLY_SECONDS = 300
NEXT_SECONDS = 120
BESIDE_SECONDS = 10
GLANCE_SECONDS = 3
"""Nobody loads a picture for the first time and follows a link sooner than this."""

SCANNED_SECONDS = 60
"""Seven scans in ten begin in a message's first minute, and few readers: a browser then proves no reader."""

HUMAN = frozenset({Why.READER, Why.GMAIL_PROXY, Why.MAIL_PROXY})
SCANS = frozenset({Why.AUTOMATED, Why.SCANNER, Why.BURST, Why.SWEEP, Why.CONTROL})
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

LOADED = HUMAN | {Why.APPLE_PROXY}
DISGUISES = frozenset({Program.BROWSER, Program.OTHER})
"""What a scanner that hides calls itself."""

CLICKS = frozenset({Kind.CLICK, Kind.CONTROL})
Reasons = dict[str, Why]
Source = tuple[str, str]


@dataclass(frozen=True)
class _Delivery:
    """The events of a delivery by their times, and what is known of its message."""

    opens: Sequence[Event]
    clicks: Sequence[Event]
    conversions: Sequence[Event]
    handed_at: float
    pictures: bool


def classify(events: Iterable[Event], *, handed_at: float, pictures: bool = False) -> Verdicts:
    """The verdict of each event of one delivery, by event id.

    `events` are all that are old enough to be judged (a minute: most of a scan is over by then). `handed_at`
    is when the provider took the message, in epoch seconds. `pictures` says that the message has the picture
    that counts opens: only then can a click come before any open.
    """
    told = sorted({event.id: event for event in events}.values(), key=lambda event: (event.at, event.id))
    opens = [event for event in told if event.kind is Kind.OPEN]
    clicks = [event for event in told if event.kind in CLICKS]
    conversions = [event for event in told if event.kind is Kind.CONVERSION]
    delivery = _Delivery(opens, clicks, conversions, handed_at, pictures)
    why = {event.id: _by_itself(event) for event in told}
    for rule in RULES_OF_CLICKS if clicks else ():
        found = rule(delivery, why)
        why |= {one: reason for one, reason in found.items() if why[one] in HUMAN}
    why |= _gmail_repeats(delivery, why)
    return {
        one: Verdict(Class.HUMAN if reason in HUMAN else Class.MACHINE, reason) for one, reason in why.items()
    }


def _by_itself(event: Event) -> Why:
    """What the request alone says."""
    for sign, why in SIGNS:
        if sign in event.signs:
            return why
    if event.kind is Kind.CONTROL:
        return Why.CONTROL
    if event.kind is Kind.CONVERSION and not event.agent:
        return Why.READER
    by_program = OPENED_BY if event.kind is Kind.OPEN else CLICKED_BY
    return by_program.get(program(event.agent), Why.READER)


def _source(event: Event) -> Source:
    return event.network, event.agent


def _made(delivery: _Delivery, why: Reasons) -> list[Event]:
    """The clicks but for those that a browser fetched ahead."""
    return [event for event in delivery.clicks if why[event.id] is not Why.PREFETCH]


def _burst(delivery: _Delivery, why: Reasons) -> Reasons:
    clicks = _made(delivery, why)
    found: Reasons = {}
    end = 0
    for start, first in enumerate(clicks):
        while end < len(clicks) and clicks[end].at - first.at <= BURST_SECONDS:
            end += 1
        span = clicks[start:end]
        if len({event.link for event in span}) >= BURST_LINKS:
            found |= {event.id: Why.BURST for event in span}
    return found


def _sweep(delivery: _Delivery, why: Reasons) -> Reasons:
    """Those of no burst: else a reader's click soon after a burst would be swept along."""
    end = delivery.handed_at + SWEEP_SECONDS
    clicks = [event for event in delivery.clicks if why[event.id] in HUMAN and event.at <= end]
    swept = len({event.link for event in clicks}) >= SWEEP_LINKS
    return {event.id: Why.SWEEP for event in clicks if swept}


def _near_control(delivery: _Delivery, why: Reasons) -> Reasons:
    controls = [event for event in _made(delivery, why) if event.kind is Kind.CONTROL]
    return _near(delivery.clicks, controls, CONTROL_SECONDS, Why.CONTROL)


def _same_source(delivery: _Delivery, why: Reasons) -> Reasons:
    """What else scanners' sources did, but for opens by mail services' proxies: those stand for readers."""
    scanned = {_source(event) for event in delivery.clicks if why[event.id] in SCANS}
    told = (*delivery.opens, *delivery.clicks, *(one for one in delivery.conversions if one.agent))
    return {
        event.id: Why.SCANNER for event in told if _source(event) in scanned and why[event.id] is Why.READER
    }


def _unread(delivery: _Delivery, why: Reasons) -> Reasons:
    """Clicks in a message that nobody could have read yet.

    Scanners at the gate come before the mailbox has the message, and so before any reader's program, or
    Apple's proxy, loads its picture.
    """
    if not delivery.pictures:
        return {}
    found: Reasons = {}
    last: dict[Source, float] = {}
    loads = [event for event in delivery.opens if why[event.id] in LOADED]
    first = {_source(load): load.at for load in reversed(loads)}
    for click in (event for event in delivery.clicks if why[event.id] in HUMAN):
        early = click.at - delivery.handed_at <= EARLY_SECONDS
        goes_on = click.at - last.get(_source(click), float("-inf")) <= NEXT_SECONDS
        at_a_glance = 0 <= click.at - first.get(_source(click), float("inf")) < GLANCE_SECONDS
        unseen = early and not any(_could_read(load, click, delivery.handed_at) for load in loads)
        if goes_on or at_a_glance or unseen:
            found[click.id] = Why.UNREAD
            last[_source(click)] = click.at
    return found


def _could_read(load: Event, click: Event, handed_at: float) -> bool:
    """Whether who loaded the picture may be who clicked.

    A browser speaks for itself only, after a glance, and not in the minute in which most scanners come.
    """
    disguised = program(load.agent) in DISGUISES
    if _source(load) != _source(click):
        return load.at <= click.at and not disguised
    among_scans = disguised and load.at - handed_at < SCANNED_SECONDS
    return load.at <= click.at - GLANCE_SECONDS and not among_scans


def _beside(delivery: _Delivery, why: Reasons) -> Reasons:
    """Opens by browsers beside a scan: a scanner says now this browser, now that."""
    scans = [event for event in delivery.clicks if why[event.id] in SCANS | {Why.UNREAD}]
    opens = [event for event in delivery.opens if program(event.agent) in DISGUISES]
    return _near(opens, scans, BESIDE_SECONDS, Why.SCANNER)


def _gmail_repeats(delivery: _Delivery, why: Reasons) -> Reasons:
    hits = [event.id for event in delivery.opens if why[event.id] is Why.GMAIL_PROXY]
    return dict.fromkeys(hits[1:], Why.GMAIL_REPEAT)


def _near(events: Iterable[Event], others: Sequence[Event], seconds: float, why: Why) -> Reasons:
    return {event.id: why for event in events if any(abs(event.at - one.at) <= seconds for one in others)}


RULES_OF_CLICKS = (_burst, _sweep, _near_control, _same_source, _unread, _beside)
"""In this order: each takes what those before it found. Where nothing was clicked, none finds anything."""
