"""Why people unsubscribe: asked once, after it worked, and only for those who like to say."""

from dataclasses import replace
from datetime import datetime

from chalicelib.core.i18n import N_
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Provenance
from chalicelib.subscribers.settle import Pair, settle

SOURCE = "unsubscribe-reason"
REASONS = {
    "too-many": N_("Too many messages"),
    "not-for-me": N_("They are not about what I need"),
    "not-asked": N_("I did not ask for them"),
    "elsewhere": N_("I get the news elsewhere"),
    "other": N_("Something else"),
}
MAX_WORDS = 500


def tell(subscriber_id: str, reason: str, *, version: int, now: datetime, wiring: Wiring) -> bool:
    """Notes in the ledger why a person unsubscribed; whether it was news.

    `version` is the person's as of the page that asked: whoever has changed or told since is not asked again,
    and who is gone is not either. What they write besides stands with the delivery, not in the ledger, which
    outlives the person.
    """
    if reason not in REASONS:
        return False

    def pairs() -> list[Pair]:
        person = people.present([subscriber_id]).get(subscriber_id)
        if person is None or person.version != version:
            raise _NotAsked
        return [(person, replace(person))]

    provenance = Provenance(SOURCE, "subscriber", now, note=reason, said=True)
    try:
        settle(pairs, provenance, wiring=wiring)
    except _NotAsked:
        return False
    return True


class _NotAsked(Exception):
    """The question does not stand any more."""
