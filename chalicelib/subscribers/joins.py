"""Joining two records of one person, once both addresses are proven; and undoing it, for thirty days.

All who are concerned are told, with a link that undoes it. What both records were is kept until then, and
goes with the person, should they be removed before.
"""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.clock import epoch
from chalicelib.core.errors import Conflict, Gone
from chalicelib.core.tokens import Purpose, TokenRefused, sign, verify
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import joining, notices, people
from chalicelib.subscribers.model import Person, Provenance, Wording
from chalicelib.subscribers.passing_tables import JoinItem
from chalicelib.subscribers.settle import Pair, settle
from chalicelib.subscribers.tables import PersonItem
from chalicelib.subscribers.writes import Together, person_item, person_of

UNDONE = "join-undone"
"""The source in the ledger. As with `people.JOINED`, the note is the id of the record that went, or a reason
that staff gave."""

UNDO_LIFE = timedelta(days=30)


class CannotJoin(Conflict):
    """The record that would go has a further address, which nobody has proven."""

    code = "cannot-join"


class JoinOver(Gone):
    """There is no join that could still be undone."""

    code = "join-over"


def join(
    own_id: str, other_id: str, channel: str, *, wording: Wording, now: datetime, wiring: Wiring
) -> Person:
    """Joins the other record into the own, by its address on the channel, and tells both.

    Both addresses have been proven. The own record's wishes win: where it gives no leave to keep what it
    does, what the other did goes, too. Raises JoinOver where either is gone, CannotJoin, TooManyTopics.
    """
    before: dict[str, Person] = {}

    def pairs() -> list[Pair]:
        before.update(people.present([own_id, other_id]))
        if not {own_id, other_id} <= before.keys():
            raise JoinOver("One of the two records is gone.")
        own, other = before[own_id], before[other_id]
        if not joining.joinable(other, channel):
            raise CannotJoin("The other record has a further address.")
        return [(own, joining.joined(own, other, channel)), (other, None)]

    def keep(together: Together) -> None:
        together.put(
            JoinItem(
                JoinItem.id_of(other_id),
                channel=channel,
                own=_kept(before[own_id]),
                other=_kept(before[other_id]),
                expires_at=epoch(now + UNDO_LIFE),
            )
        )

    people.look_after_leave(own_id, wiring=wiring)
    provenance = Provenance(people.JOINED, "subscriber", now, wording, note=other_id)
    after = settle(pairs, provenance, wiring=wiring, more=keep)[own_id]
    path = f"/joins/{token_of(other_id, now=now, wiring=wiring)}"
    own = before[own_id]
    notices.tell(notices.JOINED, own, own.addresses, now=now, wiring=wiring, path=path)
    notices.tell(notices.JOINED, before[other_id], [channel], now=now, wiring=wiring, path=path)
    return after


def token_of(other_id: str, *, now: datetime, wiring: Wiring) -> str:
    """The token of the link that undoes the join by which a record went."""
    return sign(Purpose.UNDO_JOIN, bytes.fromhex(other_id), ring=wiring.ring, expires=now + UNDO_LIFE)


def read_token(token: str, *, now: datetime, wiring: Wiring) -> str:
    """The record that went by the join that a token undoes. Raises TokenRefused, TokenExpired."""
    payload = verify(Purpose.UNDO_JOIN, token, ring=wiring.ring, now=now)
    if len(payload) != 16:
        raise TokenRefused("This link is not valid.")
    return payload.hex()


def can_undo(other_id: str, *, now: datetime) -> bool:
    """Whether the join by which a record went can still be undone."""
    item = JoinItem.of(other_id)
    return item is not None and item.expires_at > epoch(now)


def undo(
    other_id: str,
    *,
    by: str = "subscriber",
    note: str = "",
    wording: Wording | None = None,
    now: datetime,
    wiring: Wiring,
) -> Person:
    """Parts a record again from the one that it was joined into; answers it as it is then.

    What was ended since stays ended. Raises JoinOver; AddressTaken where an address has gone to another
    person since.
    """

    def pairs() -> list[Pair]:
        item = JoinItem.of(other_id)
        if item is None or item.expires_at <= epoch(now):
            raise JoinOver("This can no longer be undone.")
        own, other = person_of(PersonItem(**item.own)), person_of(PersonItem(**item.other))
        present = people.present([own.id]).get(own.id)
        if present is None:
            raise JoinOver("The record is gone.")
        first, second = joining.parted(present, own, other, item.channel)
        return [(present, first), (None, second)]

    def done(together: Together) -> None:
        together.delete(JoinItem(JoinItem.id_of(other_id)), JoinItem.id.exists())

    provenance = Provenance(UNDONE, by, now, wording, note=note or other_id)
    return settle(pairs, provenance, wiring=wiring, more=done)[other_id]


def latest(subscriber_id: str, *, now: datetime) -> str | None:
    """The record that went by a person's latest join which can still be undone, or None."""
    joined = reversed(people.joined_into(subscriber_id))
    return next((one for one in joined if can_undo(one, now=now)), None)


def _kept(person: Person) -> dict[str, Any]:
    values = person_item(person).attribute_values
    return {name: value for name, value in values.items() if value is not None}
