"""Self-protection: whether more comes back of what was sent than chance explains. Pure.

A sequential likelihood-ratio test (A. Wald, "Sequential Tests of Statistical Hypotheses", 1945): of n mails x
came back, and

    x·ln(alarming/normal) + (n - x)·ln((1 - alarming)/(1 - normal)) >= ln(1/error)

says stop. By Ville's inequality the chance that a list whose true rate is at most `normal` is ever stopped is
at most `error`, however often one looks.

What comes back comes late: counted against all that has left by then, a quick campaign would be far ahead of
its own bounces. So the test is made at each place of a campaign: of what had left up to there, how much is
known to have come back. Reports that are still to come can only add to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log

from chalicelib.core.settings import Settings

BOUNCES, COMPLAINTS = "bounces", "complaints"
REASONS = (BOUNCES, COMPLAINTS)
ANYWHERE = 0
"""The place of what has no place: it is held against all that was sent."""

CHUNK = 50
EXACT_BITS = 3

Places = Mapping[int, int]


@dataclass(frozen=True)
class Tally:
    """What was sent, and what came back of it: people, by the place of their mail (`place_of`)."""

    sent: int = 0
    back: Mapping[str, Places] = field(default_factory=dict)

    def total(self, reason: str) -> int:
        """How many came back for a reason."""
        return sum(self.back.get(reason, {}).values())


@dataclass(frozen=True)
class Bound:
    """A rate that is normal, one that is alarming, and how often a normal list may be stopped: parts of 1."""

    normal: float
    alarming: float
    error: float

    def __post_init__(self) -> None:
        if not (0 < self.normal < self.alarming < 1 and 0 < self.error < 1):
            raise ValueError("a normal rate is below the alarming one, both and the error between 0 and 1")

    def passed(self, *, sent: int, back: int) -> bool:
        """Whether so many that came back of so many sent are too many."""
        came = log(self.alarming / self.normal)
        stayed = log((1 - self.alarming) / (1 - self.normal))
        return back * came + max(0, sent - back) * stayed >= log(1 / self.error)


Bounds = Mapping[str, Bound]


def bounds(settings: Settings) -> Bounds:
    """The bounds that a deployment sets. Raises ValueError for impossible ones."""
    return {
        BOUNCES: Bound(settings.bounces_normal, settings.bounces_alarming, settings.halt_error),
        COMPLAINTS: Bound(settings.complaints_normal, settings.complaints_alarming, settings.halt_error),
    }


def place_of(chunk: int) -> int:
    """The place of a campaign's chunk: how many chunks had left with it, rounded up to three binary digits.

    `chunk` is its number within its channel, from 0. A million people have some fifty places.
    """
    coarse = max(0, chunk.bit_length() - EXACT_BITS)
    return ((chunk >> coarse) + 1) << coarse


def stop_for(tally: Tally, before: Tally, limits: Bounds) -> str:
    """For what sending must stop, one of REASONS, or empty.

    `before` is what had been counted when somebody let it go on: the test begins anew there.
    """
    return next((reason for reason in REASONS if _passed(reason, tally, before, limits[reason])), "")


def _passed(reason: str, tally: Tally, before: Tally, bound: Bound) -> bool:
    known, back = before.back.get(reason, {}), 0
    for place, count in sorted(tally.back.get(reason, {}).items()):
        sent = _sent_by(place, tally) - before.sent
        if sent <= 0:
            continue  # what left before then has been judged
        back += count - known.get(place, 0)
        if bound.passed(sent=sent, back=back):
            return True
    return False


def _sent_by(place: int, tally: Tally) -> int:
    """How many had been sent, at most, when what stood at a place had left."""
    return tally.sent if place == ANYWHERE else min(tally.sent, place * CHUNK)
