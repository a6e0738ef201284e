"""Why this hour, for one person as they are now."""

from datetime import datetime

from chalicelib.core.wiring import Wiring
from chalicelib.delivery import cohorts
from chalicelib.delivery.best_hour import day_of, hours_between
from chalicelib.delivery.daylight import usual_hours
from chalicelib.engagement.timing.explain import Explanation, explained
from chalicelib.engagement.timing.mode import mode_of
from chalicelib.subscribers import people
from chalicelib.subscribers.habits import habits_of, may_be_kept


def why(subscriber_id: str, *, department: str = "", now: datetime, wiring: Wiring) -> Explanation:
    """A person's best hour among those in which newsletters may come to them, and why. Raises NotFound.

    With a `department`, for what that one sends.
    """
    person = people.get(subscriber_id)
    leave = may_be_kept(person.wishes, usual=wiring.settings.tracking)
    habit = habits_of(wiring.dynamodb, [subscriber_id]).get(subscriber_id) if leave else None
    return explained(
        habit,
        cohorts.rates((), wiring=wiring),
        hours_between(person.wishes.hours or usual_hours(wiring.settings)),
        day=day_of(now),
        leave=leave,
        mode=mode_of(*([department] if department else []), settings=wiring.settings),
    )
