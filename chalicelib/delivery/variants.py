"""Variants of a plan's words: in which batch somebody is, when that opens, and which words they get.

All of it is a hash of the person and the plan, and what was decided once: asked again, at any time and by
anybody, the answer is the same. A tenth of the people are *held out* of the search for the best words and get
the plan's own. The first small batches get all variants; what they did decides what the later ones get
(`allocations.py`). Pure but for that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple

from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.allocations import allocations
from chalicelib.delivery.choose import language_for
from chalicelib.delivery.plan import PlanHead
from chalicelib.subscribers.streams import Row

DEFAULT, HOLD_OUT = "default", "hold-out"
"""The plan's own words as one of the variants, and as what those who are held out get."""

HOLD_OUT_SHARE = 0.10
GRACE_S = 900
"""How long a batch waits for its allocation; then its variants have even shares."""


class Draw(NamedTuple):
    """Three independent numbers of a person in a plan, each from 0 to below 1."""

    held_out: float
    batch: float
    variant: float


def draw(plan_id: str, subscriber_id: str) -> Draw:
    """The same for the same person and plan."""
    found = sha256(f"variants|{plan_id}|{subscriber_id}".encode()).digest()
    return Draw(*(int.from_bytes(found[at : at + 6], "big") / 2**48 for at in (0, 6, 12)))


def place(number: float, shares: Sequence[float]) -> int:
    """The part of a whole, cut into these shares, in which a number from 0 to below 1 lies."""
    total = sum(shares)
    ends = accumulate(share / total for share in shares)
    return next((n for n, end in enumerate(ends) if number < end), len(shares) - 1)


def chosen(number: float, shares: Mapping[str, float]) -> str:
    """The variant that a number falls to."""
    return list(shares)[place(number, list(shares.values()))]


def even(names: Sequence[str]) -> dict[str, float]:
    """Even shares."""
    return {name: 1 / len(names) for name in names}


def opens_at(head: PlanHead, batch: int) -> float:
    """When a batch opens (epoch seconds)."""
    return parse_rfc3339(head.created_at).timestamp() + batch * int(head.variants["every_s"])


def batch_of(head: PlanHead, subscriber_id: str) -> int:
    """The batch of a person in a plan with variants."""
    return place(draw(head.plan_id, subscriber_id).batch, head.variants["batches"])


class Variants:
    """Which words the people of a plan get on a channel, and from when on."""

    def __init__(self, head: PlanHead, channel: str, *, now: datetime, wiring: Wiring) -> None:
        self._head = head
        self._channel = channel
        self._languages = head.variants["languages"].get(channel, ())
        self._now = now.timestamp()
        self._wiring = wiring
        self._shares: dict[int, Mapping[str, float] | None] = {}

    def waits_until(self, row: Row) -> float:
        """When a person's batch opens (epoch seconds); 0.0 where it has, or they are in none.

        A batch that nothing was decided for opens after a grace.
        """
        if not self._among(row.language):
            return 0.0
        batch = self._batch(draw(self._head.plan_id, row.subscriber_id))
        opens = opens_at(self._head, batch)
        if opens > self._now:
            return opens
        return 0.0 if self._of(batch) is not None else opens + GRACE_S

    def of(self, row: Row) -> str:
        """The variant of a person's words; empty where their language has but one.

        Of a batch that nothing was decided for, the plan's own words.
        """
        if not self._among(row.language):
            return ""
        numbers = draw(self._head.plan_id, row.subscriber_id)
        if numbers.held_out < HOLD_OUT_SHARE:
            return HOLD_OUT
        shares = self._of(self._batch(numbers))
        return chosen(numbers.variant, shares) if shares else HOLD_OUT

    def _among(self, wanted: str) -> bool:
        """Whether the words of the language that somebody gets have variants."""
        head = self._head
        language = language_for(wanted, head.languages[self._channel], head.default_language)
        return language in self._languages

    def _batch(self, numbers: Draw) -> int:
        return place(numbers.batch, self._head.variants["batches"])

    def _of(self, batch: int) -> Mapping[str, float] | None:
        """A batch's shares; None before its grace is over, where nothing was decided for it."""
        if batch not in self._shares:
            self._shares[batch] = self._decided(batch)
        return self._shares[batch]

    def _decided(self, batch: int) -> Mapping[str, float] | None:
        head = self._head
        fair = even(head.variants["names"])
        if batch == 0:
            return fair
        store = allocations(self._wiring)
        if found := store.of(head.plan_id, batch):
            return found
        if self._now < opens_at(head, batch) + GRACE_S:
            return None
        return store.decide(head, batch, fair, how="even", at=self._now)
