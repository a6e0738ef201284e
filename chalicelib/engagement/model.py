"""What a reader did with a message, as plain immutable data: the event, and what it is taken for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was asked for: the pixel, a link, or the control link that no reader sees.

    And a conversion: a site that a link led to says that somebody did what a goal is.
    """

    OPEN = "open"
    CLICK = "click"
    CONTROL = "control"
    CONVERSION = "conversion"


class Sign(StrEnum):
    """What a request says of itself.

    `HEAD`: it asked for no content; `AHEAD`: it was fetched before anybody looked (`Purpose`, `Sec-Purpose`);
    `PRIVATE`: its browser asks not to be tracked (`Sec-GPC`, `DNT`); `AUTOMATED`: the provider calls it so.
    """

    HEAD = "head"
    AHEAD = "ahead"
    PRIVATE = "private"
    AUTOMATED = "automated"


class Class(StrEnum):
    """What an event is taken for."""

    HUMAN = "human"
    MACHINE = "machine"


class Why(StrEnum):
    """Why an event is taken for what it is: the rule that decided (docs/event_classes.md tells each).

    The first three are a reader's, the others a machine's.
    """

    READER = "reader"
    GMAIL_PROXY = "gmail-proxy"
    MAIL_PROXY = "mail-proxy"
    GMAIL_REPEAT = "gmail-repeat"
    APPLE_PROXY = "apple-proxy"
    AUTOMATED = "automated"
    HEAD = "head"
    PREFETCH = "prefetch"
    SCANNER = "scanner"
    BURST = "burst"
    CONTROL = "control-link"
    SWEEP = "sweep"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it came in. Raw: it is kept as it is, whatever it is taken for.

    `at` in epoch seconds. `link` is the number of the plan's link that was followed. `agent` is the user
    agent's text, `network` a keyed hash of the network that asked (empty: not known), so that two requests
    can be told to come from one place without keeping which. `goal`: the id of what a conversion is of.
    """

    id: str
    kind: Kind
    at: float
    link: int | None = None
    agent: str = ""
    network: str = ""
    signs: frozenset[Sign] = frozenset()
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an event is taken for, and why."""

    as_: Class
    why: Why


Verdicts = Mapping[str, Verdict]
"""The verdict of each event of a delivery, by event id."""
