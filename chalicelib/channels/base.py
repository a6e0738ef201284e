"""The protocol of a channel, and what a provider can answer, as types and one vocabulary of outcomes.

ProviderError
├── Retryable   nothing was sent; the same recipients may be tried again
│   └── Throttled   it was too much at once
├── Ambiguous   a time-out or a server error: it may have been sent, so it is never blindly repeated
├── Unfit       the request as a whole was refused: try its halves
├── HaltPlan    nothing of this plan can be sent as things stand (identity, template, configuration set)
└── HaltLane    nothing can be sent for now (quota used up, sending suspended or paused)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ProviderError(Exception):
    """Base of what a provider's refusal of a whole call can mean. `code` is the provider's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Retryable(ProviderError):
    """Nothing was sent; the same recipients may be tried again after a while."""


class Throttled(Retryable):
    """Nothing was sent, for it was too much at once: too soon, or too many in one call.

    `retry_after_s`: how long the provider wants to be left alone; 0 where it does not say.
    """

    def __init__(self, code: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(code)
        self.retry_after_s = retry_after_s


class Ambiguous(ProviderError):
    """Whether it was sent is not known."""


class Unfit(ProviderError):
    """The request as a whole was refused for something in it."""


class HaltPlan(ProviderError):
    """Nothing of this plan can be sent until somebody mends it."""


class HaltLane(ProviderError):
    """Nothing can be sent on this channel for now."""


class State(StrEnum):
    """What became of one recipient of a call."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    RETRY = "retry"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient: `provider_id` where sent, `reason` (a provider's code) where not.

    `gone`: the provider says that the address is no more; it ends, as after a hard bounce.
    """

    state: State
    provider_id: str = ""
    reason: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """One recipient of a call.

    Address, values of the rendition's holes, the link that unsubscribes and the mail that does (`mailto:…`),
    and tags that come back.
    """

    address: str
    values: Mapping[str, str]
    unsubscribe_url: str = ""
    tags: Mapping[str, str] = ()  # type: ignore[assignment]
    unsubscribe_mail: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What all recipients of a call share: the compiled templates with their holes, and who sends.

    `origination` is the number that a text or a call leaves from; empty: any. `calendar` is the file
    of an event (RFC 5545) that goes with a mail. `language` is that of
    the words (BCP 47); `until` is when they are too old to be read (epoch seconds), 0 where nothing was said.
    """

    subject: str
    html: str
    text: str
    defaults: Mapping[str, str]
    sender_name: str = ""
    list_id: str = ""
    origination: str = ""
    calendar: str = ""
    language: str = ""
    urgent: bool = False
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many recipients one chunk may hold, and how many a second the provider takes.

    `quota_used`: the part of the daily quota that is used up, from 0 to 1.
    """

    chunk: int
    per_second: float
    quota_used: float = 0.0


class Channel(Protocol):
    """One way out."""

    def limits(self) -> Limits:
        """The provider's present limits; may ask it, and keeps the answer for a minute."""
        ...

    def send(self, letter: Letter, envelopes: Sequence[Envelope], *, seconds_left: float) -> list[Outcome]:
        """One outcome per envelope, in order. Raises a ProviderError where the call as a whole was not taken.

        A channel without bulk sends one by one and answers RETRY for those it had no time for.
        """
        ...
