"""The answer to the question: yes keeps newsletters, or brings them back; no ends what was chosen."""

from datetime import datetime, timedelta

from chalicelib.campaigns.sunset.model import CHANNEL
from chalicelib.core.i18n import N_
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.subscribers import habits, people
from chalicelib.subscribers.holders import change_holder
from chalicelib.subscribers.model import EVERYONE, Person, Provenance, Wording
from chalicelib.subscribers.projection import row_of
from chalicelib.subscribers.rules import SUNSET
from chalicelib.subscribers.settle import SUBSCRIBER, SuppressionEdit
from chalicelib.subscribers.suppressions import without
from chalicelib.subscribers.unsubscribe import unsubscribe

SAID_AGAIN = timedelta(days=1)
WORDS = N_(
    "By saying yes you agree that %(agency)s goes on sending you messages about your topics by email. You "
    "can stop at any time: use the link in every email."
)


def may_answer(person: Person | None) -> bool:
    """Whether somebody gets newsletters by mail, or did until they were let go."""
    row = row_of(person, EVERYONE) if person else None
    if person is None or row is None or CHANNEL not in row.wanted or not row.email:
        return False
    why = {person.blocks.get(f"{CHANNEL}:{scope}") for scope in (NEWSLETTER, "*")}
    return why <= {None, SUNSET}


def is_let_go(person: Person) -> bool:
    """Whether somebody was let go, and did not come back."""
    return person.blocks.get(f"{CHANNEL}:{NEWSLETTER}") == SUNSET


def keep(person: Person, *, shown: Wording, now: datetime, wiring: Wiring) -> None:
    """Keeps or brings back what the person has by mail; their ledger says so, once a day."""
    habits.saw(person.id, now=now, wiring=wiring)  # before they are changed: a run that sees one sees both
    said = not any(
        (entry.provenance.source, entry.provenance.by) == (SUNSET, SUBSCRIBER)
        and now - entry.provenance.at < SAID_AGAIN
        for entry in people.ledger(person.id)
    )
    address = person.addresses[CHANNEL].address
    edit = SuppressionEdit.of(CHANNEL, address, without(NEWSLETTER, SUNSET), wiring=wiring)
    change_holder(edit, Provenance(SUNSET, SUBSCRIBER, now, shown, said=said), wiring=wiring)


def leave(person: Person, *, now: datetime, wiring: Wiring) -> None:
    """Ends all topics on this channel, as the mail's own way out does."""
    unsubscribe(person.id, CHANNEL, None, source=SUNSET, wording=None, now=now, wiring=wiring)
