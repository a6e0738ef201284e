"""Leave: of whom may be kept what they do. Of others it goes into totals, once those of the plan are taken.

Leave is a person's own wish, else the setting; who is not there any more gives none.
"""

from collections.abc import Collection

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.studying import standing
from chalicelib.subscribers import people
from chalicelib.subscribers.habits import may_be_kept

AT_ONCE = 100


def with_leave(subscriber_ids: Collection[str], *, wiring: Wiring) -> set[str]:
    """Those who give leave, read consistently."""
    ids = sorted(set(subscriber_ids))
    usual = wiring.settings.tracking
    found: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        present = people.present(ids[start : start + AT_ONCE])
        found |= {one for one, person in present.items() if may_be_kept(person.wishes, usual=usual)}
    return found


def totals_taken(plan_id: str, *, wiring: Wiring) -> bool:
    """Whether the plan's totals are taken, or it is none that is studied."""
    found = standing(plan_id, wiring=wiring)
    return found is None or found.taken
