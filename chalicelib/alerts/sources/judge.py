"""What is to become of a message of a feed. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.alerts.cap import rules
from chalicelib.alerts.cap.model import (
    ACK,
    ACTUAL,
    CANCEL,
    ERROR,
    EXERCISE,
    PUBLIC,
    TEST,
    Info,
    Message,
    Reference,
)
from chalicelib.alerts.cap.related import circular, expired
from chalicelib.alerts.sources.model import Conditions, Fate, Source

STATUS = {"live": ACTUAL, "exercise": EXERCISE, "test": TEST}
"""The one status that a source of a mode takes: no test and no exercise of others ever becomes live."""

References = Callable[[Reference], Sequence[Reference]]


class Judged(NamedTuple):
    """What is to become of a message, and why not more, as a code."""

    fate: Fate
    why: str = ""


def judge(
    message: Message,
    source: Source,
    *,
    signed: bool,
    first: bool,
    references: References,
    lasts: timedelta,
    now: datetime,
) -> Judged:
    """What is to become of a message.

    `signed`: by a certificate listed for its sender. `first`: it stood there when the source was first looked
    at. `references` are those of an earlier message. A message that does not say when it expires does after
    `lasts`.
    """
    if rules.broken(message, now=now) or circular(message, references):
        return Judged(Fate.REFUSED, "rules")
    if why := passed_over(message, source, lasts=lasts, now=now):
        return Judged(Fate.PASSED, why)
    if message.message_type == CANCEL:
        return Judged(Fate.CANCELLED)
    return (
        Judged(Fate.DRAFT, why) if (why := held(message, source, signed, first)) else Judged(Fate.LAUNCHING)
    )


def passed_over(message: Message, source: Source, *, lasts: timedelta, now: datetime) -> str:
    """Why nothing becomes of a message, as a code; empty where something may."""
    if message.status != STATUS[source.mode]:
        return "status"
    if message.message_type in (ACK, ERROR):
        return "answer"
    if message.scope != PUBLIC:
        return "scope"
    if message.message_type == CANCEL:
        return ""
    if expired(message, now=now, lasts=lasts):
        return "expired"
    return "" if meets(message, source.only) else "elsewhere"


def held(message: Message, source: Source, signed: bool, first: bool) -> str:
    """Why a message becomes a draft and is not launched, as a code; empty where the rule launches it."""
    rule = source.rule
    if rule is None:
        return "no-rule"
    if not meets(message, rule.conditions):
        return "rule"
    if rule.signed and not signed:
        return "not-signed"
    return "first-look" if first else ""


def meets(message: Message, wanted: Conditions) -> bool:
    """Whether a message keeps all conditions: those of what is told, in one of its info blocks together."""
    codes = {code.value.lower() for info in message.infos for area in info.areas for code in area.geocodes}
    return (
        _among({message.sender.lower()}, wanted.senders)
        and _among(codes, wanted.codes)
        and any(_told(info, wanted) for info in message.infos)
    )


def _told(info: Info, wanted: Conditions) -> bool:
    events = {info.event.lower(), *(code.value.lower() for code in info.event_codes)}
    return (
        _among(events, wanted.events)
        and _among({info.severity.lower()}, wanted.severities)
        and _among({info.urgency.lower()}, wanted.urgencies)
        and _among({info.certainty.lower()}, wanted.certainties)
    )


def _among(given: set[str], wanted: Sequence[str]) -> bool:
    return not wanted or any(one.lower() in given for one in wanted)
