"""What a person had consented to at a moment, from the consent ledger alone."""

from datetime import datetime
from typing import Any

from chalicelib.core.errors import NotFound
from chalicelib.subscribers import facts as person_facts
from chalicelib.subscribers import people


def state(subscriber_id: str, *, at: datetime) -> tuple[int, dict[str, Any]]:
    """The version that a person had at a moment, and what stood then, by field (`topics/roads`).

    Raises NotFound for an id that the ledger never heard of.
    """
    entries = people.ledger(subscriber_id)
    if not entries:
        raise NotFound("The ledger has nothing about this id.")
    then = [one for one in entries if one.provenance.at <= at]
    facts = {
        field: value
        for field, value in person_facts.replayed(then).items()
        if field != "name" and not field.startswith("places/")  # of these it says only that they changed
    }
    return max((one.version for one in then), default=0), facts
