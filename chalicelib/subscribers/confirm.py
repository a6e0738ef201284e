"""Confirming a sign-up.

The holder of an address says yes, and becomes a subscriber, or adds to what they have.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from pynamodb.exceptions import UpdateError

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, Gone, InvalidFields
from chalicelib.core.i18n import N_
from chalicelib.core.tokens import TokenExpired
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules, topics
from chalicelib.subscribers.model import Person, Place, Provenance, Wording
from chalicelib.subscribers.settle import Pair, SuppressionEdit, settle
from chalicelib.subscribers.sign_up import code_of, read_token
from chalicelib.subscribers.tables import SignUpItem
from chalicelib.subscribers.writes import Together

MAX_TRIES = 5
HOME = "home"
WRONG_CODE = N_("This is not the code that we sent. Look again, and type all 6 digits.")


class CodeSpent(Gone):
    """Too many codes were tried; the sign-up begins anew."""

    code = "code-spent"


@dataclass(frozen=True)
class Awaiting:
    """What a confirmation page shows before anything happens.

    `needs_code` where the channel's proof is a code typed in.
    """

    channel: str
    needs_code: bool


@dataclass(frozen=True)
class Confirmed:
    """Whose address was confirmed, and on which channel."""

    subscriber_id: str
    channel: str


def look(token: str, *, now: datetime, wiring: Wiring) -> Awaiting:
    """What a token asks for; changes nothing and reads no table. Raises TokenRefused, TokenExpired."""
    _, channel = read_token(token, now=now, wiring=wiring)
    return Awaiting(channel, needs_code=channel == "sms")


def confirm(token: str, *, code: str = "", now: datetime, wiring: Wiring) -> Confirmed:
    """Makes or extends the person, in one transaction.

    The same token again answers the same and changes nothing.

    Raises TokenRefused, TokenExpired; InvalidFields (`/code`) for a wrong code, CodeSpent after five.
    """
    signup_id, channel = read_token(token, now=now, wiring=wiring)
    if channel == "sms":
        _check_code(signup_id, code, wiring=wiring)
    first = _read(signup_id, channel)
    state = _Attempt(first)

    def pairs() -> list[Pair]:
        state.item = _read(signup_id, channel)
        if channel in state.item.confirmed:
            raise _Already
        found = _pairs(state.item, channel, now=now, wiring=wiring)
        state.subscriber_id = next(after.id for _, after in found if after is not None)
        return found

    provenance = Provenance(first.source, "subscriber", now, Wording(first.wording))
    edit = SuppressionEdit.of(channel, first.addresses[channel], rules.lifted, wiring=wiring)
    try:
        settle(pairs, provenance, wiring=wiring, edit=edit, more=lambda t: state.mark(t, channel, now))
    except _Already:
        return Confirmed(str(state.item.subscriber_id), channel)
    return Confirmed(state.subscriber_id, channel)


class _Already(Exception):
    """The address of this sign-up was confirmed before."""


@dataclass
class _Attempt:
    """The sign-up as it was read for one attempt, and whom the attempt makes or finds."""

    item: SignUpItem
    subscriber_id: str = ""

    def mark(self, together: Together, channel: str, now: datetime) -> None:
        """Adds that the channel is confirmed, on condition that the sign-up is as it was read."""
        item = self.item
        actions = [
            SignUpItem.confirmed.set({**item.confirmed, channel: rfc3339(now)}),
            SignUpItem.subscriber_id.set(self.subscriber_id),
            SignUpItem.revision.set(item.revision + 1),
        ]
        together.update(SignUpItem(item.id), actions, SignUpItem.revision == item.revision)


def _read(signup_id: str, channel: str) -> SignUpItem:
    try:
        item = SignUpItem.get(SignUpItem.id_of(signup_id), consistent_read=True)
    except SignUpItem.DoesNotExist:
        raise TokenExpired("This link has expired; sign up again.") from None
    if channel not in item.addresses:
        raise TokenExpired("This link has expired; sign up again.")
    return item


def _check_code(signup_id: str, code: str, *, wiring: Wiring) -> None:
    """Counts the try before it looks at the code, so that tries at the same moment count too."""
    try:
        SignUpItem(SignUpItem.id_of(signup_id)).update(
            actions=[SignUpItem.tries.add(1)],
            condition=SignUpItem.id.exists() & (SignUpItem.tries < MAX_TRIES),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise CodeSpent("The code was tried too often, or has expired; sign up again.") from error
    typed = "".join(code.split())
    if not hmac.compare_digest(typed.encode(), code_of(signup_id, wiring=wiring).encode()):
        raise InvalidFields(FieldError("/code", WRONG_CODE))


def _pairs(item: SignUpItem, channel: str, *, now: datetime, wiring: Wiring) -> list[Pair]:
    """Who becomes what.

    Whoever the sign-up belongs to comes first, and one who gives up the address after.

    The sign-up's own person wins over the holder of the address: it is the same human, as the confirmation
    proves.
    """
    address = item.addresses[channel]
    holder = people.find(channel, address, wiring=wiring)
    known = people.present([item.subscriber_id]) if item.subscriber_id else {}
    own = known.get(str(item.subscriber_id)) or holder
    chosen = {topic: [c for c in channels if c == channel] for topic, channels in item.topics.items()}
    if own and holder and own.id != holder.id:
        for topic, subscription in holder.topics.items():
            chosen.setdefault(topic, []).extend(c for c in subscription.channels if c == channel)
    before = own or people.blank(
        language=item.language, time_zone=item.time_zone, name=item.name, now=now
    )  # of a new id, though the sign-up's own person is gone: an id is one life, and one count of versions
    after = rules.with_address(before, channel, address, verified_at=rfc3339(now))
    after = _subscribe(after, chosen, source=item.source, now=now)
    if item.place:
        after = replace(after, places={**after.places, HOME: Place(**item.place)})
    pairs: list[Pair] = [(own, after)]
    if own and holder and own.id != holder.id:
        pairs.append((holder, rules.without_address(holder, channel)))
    return pairs


def _subscribe(person: Person, chosen: dict[str, list[str]], *, source: str, now: datetime) -> Person:
    """Adds the chosen channels to what the person has; topics that are no longer offered are left out."""
    offered = topics.get_all(chosen)
    for topic, channels in sorted(chosen.items()):
        if topic in offered and offered[topic].status != topics.ENDED and channels:
            held = person.topics[topic].channels if topic in person.topics else ()
            person = rules.subscribed(person, topic, [*held, *channels], source=source, at=rfc3339(now))
    return person
