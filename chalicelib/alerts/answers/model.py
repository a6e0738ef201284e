"""A call for help, as plain immutable data, and what becomes of it by a further answer. Pure."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from chalicelib.delivery.answering import HELP

MOST_REVISIONS = 30
"""After so many, a call stays as it is: its staff have much to read already."""

TYPED, DEVICE = "typed", "device"


class Where(NamedTuple):
    """Where somebody is: as they typed it, and a position (WGS 84, degrees), where one is known.

    `source`: `typed`, `device` (their device told the position), or the name of a place on their record
    (`home`), which they may have left.
    """

    text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    source: str = ""

    @property
    def told(self) -> bool:
        """Whether they told it themselves, now."""
        return self.source in (TYPED, DEVICE)


NOWHERE = Where()


@dataclass(frozen=True)
class HelpCall:
    """Somebody answered an alert that they need help; all that they said of it since is one call.

    `asked_at` is when they first did, `told_at` when they told more last; `answer` is what holds now, which
    may be `safe` again. `revision` rises with each change; `told` and `entered` are the last ones that the
    duty web hook has taken and that stand in the contact history. `taken_at` and `taken_by` (a staff id) say
    who of the staff looks after it. At `due_at` it is looked at again (empty: nothing is left to do), after
    `tries` in vain. Times are RFC 3339.
    """

    alert_id: str
    subscriber_id: str
    plan_id: str
    channel: str
    mode: str
    asked_at: str
    told_at: str
    answer: str = HELP
    words: str = ""
    where: Where = NOWHERE
    revision: int = 1
    told: int = 0
    entered: int = 0
    tries: int = 0
    due_at: str = ""
    taken_at: str = ""
    taken_by: str = ""
    note: str = ""

    @property
    def done(self) -> bool:
        """Whether the hook and the history have all of it."""
        return min(self.told, self.entered) >= self.revision


def revised(call: HelpCall, answer: str, words: str, where: Where, *, at: str) -> HelpCall:
    """The call after a further answer; itself, where that tells nothing new.

    Who asks again after staff took the call is open again.
    """
    words = words or call.words
    where = where if where.told or not call.where.told else call.where
    if (answer, words, where) == (call.answer, call.words, call.where) or call.revision >= MOST_REVISIONS:
        return call
    after = replace(
        call,
        answer=answer,
        words=words,
        where=where,
        told_at=max(at, call.told_at),
        revision=call.revision + 1,
        due_at=at,
        tries=0,
    )
    return replace(after, taken_at="", taken_by="", note="") if answer == HELP else after
