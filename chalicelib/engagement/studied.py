"""What a study hands to its learners, and what a learner is (`study.py` walks, `learners.py` names them)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.facts import Fact
from chalicelib.delivery.plan import PlanHead
from chalicelib.subscribers.habits import Habit, may_be_kept
from chalicelib.subscribers.model import Row

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Studied:
    """One message, with its person as they are now: their row of `_all` (None: gone), and their habit."""

    fact: Fact
    row: Row | None
    habit: Habit | None

    def leave(self, *, usual: bool) -> bool:
        """Whether what this person does may be kept; `usual` is what the setting says."""
        return self.row is not None and may_be_kept(self.row.wishes, usual=usual)


@dataclass(frozen=True, slots=True)
class Study:
    """One study of a plan: the first (0) to the last, when the plan's totals are taken."""

    head: PlanHead
    taking: int
    last: bool
    now: datetime
    wiring: Wiring


class Learner(Protocol):
    """Something that learns from a plan: a fold over its messages, shard by shard.

    After each shard its `document` (JSON) is kept, and another process may go on from there: a shard that was
    cut short is done again from the document before it, so what a learner writes itself must bear repeating.
    What changes the messages themselves is left to `act`: they could not be counted again.
    """

    def take(self, studied: Studied) -> None:
        """Takes in one message; they come sorted by subscriber."""
        ...

    def end_shard(self, shard: int) -> None:
        """All messages of a shard were told; shards without any are passed over."""
        ...

    def act(self) -> None:
        """What the shard told is kept: now deliveries may be changed. It may be called again for a shard."""
        ...

    def document(self) -> Document:
        """What was learned so far."""
        ...

    def finish(self) -> None:
        """All shards were told. It may be called again, if something broke just after."""
        ...


MakeLearner = Callable[[Study, Document], Learner]
"""Makes a learner for a study, from its document so far (empty: from the beginning)."""
