"""An answer to an alert, however it came: help is called first, then the answer stands on the message."""

from datetime import datetime

from chalicelib.alerts.answers import calls
from chalicelib.alerts.answers.asked import Asked
from chalicelib.alerts.answers.model import NOWHERE, Where
from chalicelib.alerts.answers.places import on_record
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.answering import HELP, Answered, answered
from chalicelib.delivery.deliveries import deliveries
from chalicelib.subscribers import people


def answer(
    asked: Asked,
    said: str,
    *,
    words: str = "",
    where: Where = NOWHERE,
    entered: bool = False,
    at: datetime,
    wiring: Wiring,
) -> Answered:
    """Notes what somebody answered at a moment; the same again is harmless.

    With "I need help" come `words` and where they are, as far as they told it; else the place of theirs that
    lies in the alert's area is taken. `entered`: it stands in the contact history already. A crash on the way
    leaves a call without its answer, which a repeat mends. Raises NotFound for a message that is not known
    any more, Contended.
    """
    ref, person_id = asked.ref, asked.ref.subscriber_id
    if said == HELP:
        if person_id not in deliveries(wiring).of(ref.plan_id, ref.channel, [person_id]):
            raise unknown()
        if not where.told and (person := people.present([person_id]).get(person_id)):
            where = on_record(person, asked.alert)
    calls.tell(asked, said, words=words, where=where, entered=entered, at=at, wiring=wiring)
    noted = answered(ref, said, at=at, wiring=wiring)
    if not noted.delivery:
        raise unknown()
    return noted


def unknown() -> NotFound:
    """The refusal of an answer to a message that was forgotten."""
    return NotFound("This message is not known any more.")
