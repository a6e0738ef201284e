"""Who waits for their best hour, by their habits as they stand: read beside the audience, shard by shard."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import best_hour
from chalicelib.delivery.beside import Beside
from chalicelib.delivery.best_hour import Arm, BestHour, Turns
from chalicelib.delivery.daylight import Daylight, usual_hours
from chalicelib.delivery.plan import PlanHead
from chalicelib.subscribers import habits
from chalicelib.subscribers.habits import Habit, may_be_kept
from chalicelib.subscribers.streams import Row


class Waiting:
    """When the turn of each person comes; asked in ascending order of subscriber ids.

    Nobody's habit is read where hours are those of all (`CRIER_HABITS`, or the plan is not `personal`), nor
    used without its person's leave.
    """

    def __init__(
        self, plan: BestHour, experiment: str, *, launched_at: datetime, daylight: bool, wiring: Wiring
    ) -> None:
        hours = usual_hours(wiring.settings)
        usual = hours if daylight else None
        self._turns = Turns(plan, experiment, launched_at=launched_at, usual=usual)
        self._light = Daylight(hours, launched_at) if daylight else None
        self._tracking = wiring.settings.tracking
        self._db = wiring.dynamodb
        self._habits = Beside(self._read) if plan.personal and wiring.settings.habits else None

    def turn(self, row: Row) -> tuple[Arm, float]:
        """A person's arm, and when their turn comes or came (epoch seconds; 0.0: at once)."""
        return self._turns.of(row, self._habit(row))

    def comes_at(self, row: Row) -> float:
        """When a person would get it (epoch seconds; 0.0: at once), daylight in mind."""
        _, at = self.turn(row)
        return at or (self._light.opens_at(row) if self._light else 0.0)

    def _habit(self, row: Row) -> Habit | None:
        if self._habits is None or not may_be_kept(row.wishes, usual=self._tracking):
            return None
        return self._habits.of(row.subscriber_id)

    def _read(self, shard: int, start: str) -> Iterator[tuple[str, Habit]]:
        """The habits of a shard, from a subscriber id on."""
        number = int(start, 16)
        after = f"{number - 1:032x}" if number else None
        for habit in habits.every(self._db, shard, after=after):
            yield habit.subscriber_id, habit


def of_plan(head: PlanHead, *, wiring: Wiring) -> Waiting | None:
    """Who waits in a plan; None where it goes at once. Its experiment is what it is of."""
    plan = best_hour.from_document(head.best_hour)
    if plan is None:
        return None
    launched_at = parse_rfc3339(head.created_at)
    return Waiting(plan, head.reference, launched_at=launched_at, daylight=head.daylight, wiring=wiring)


def document(
    plan: BestHour | None, experiment: str, *, launched_at: datetime, daylight: bool
) -> dict[str, Any]:
    """Who would wait, launched at a moment, as JSON holds it; empty where nobody would."""
    if plan is None:
        return {}
    more = {"experiment": experiment, "launched_at": rfc3339(launched_at), "daylight": daylight}
    return {**best_hour.document(plan), **more}


def of_document(kept: Mapping[str, Any], *, wiring: Wiring) -> Waiting | None:
    """Who waits, by what `document` wrote."""
    plan = best_hour.from_document(kept)
    if plan is None:
        return None
    launched_at = parse_rfc3339(kept["launched_at"])
    return Waiting(
        plan, kept["experiment"], launched_at=launched_at, daylight=kept["daylight"], wiring=wiring
    )
