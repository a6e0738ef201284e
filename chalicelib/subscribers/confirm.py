"""Confirming a sign-up.

The holder of an address says yes, and becomes a subscriber, or adds to what they have.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, Gone, InvalidFields
from chalicelib.core.i18n import N_
from chalicelib.core.tokens import TokenExpired
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import joins, notices, people, rules, topics
from chalicelib.subscribers.addresses import hint
from chalicelib.subscribers.joining import joinable
from chalicelib.subscribers.model import CHANNELS, Person, Place, Provenance, Wording
from chalicelib.subscribers.passing_tables import SignUpItem
from chalicelib.subscribers.preferences import PAGE
from chalicelib.subscribers.settle import Pair, SuppressionEdit, settle
from chalicelib.subscribers.sign_up import CODED, code_of, read_token
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
    """Whose address was confirmed, and on which channel.

    `fresh` where this very call did it. `apart` where the address was to be used with another record than
    its own, whose addresses stand there, masked: nothing moved, and `joinable` says whether the two may be
    joined.
    """

    subscriber_id: str
    channel: str
    fresh: bool = True
    apart: tuple[str, ...] = ()
    joinable: bool = False


def look(token: str, *, now: datetime, wiring: Wiring) -> Awaiting:
    """What a token asks for; changes nothing and reads no table. Raises TokenRefused, TokenExpired."""
    _, channel = read_token(token, now=now, wiring=wiring)
    return Awaiting(channel, needs_code=channel in CODED)


def confirm(token: str, *, code: str = "", now: datetime, wiring: Wiring) -> Confirmed:
    """Makes or extends the person, in one transaction.

    An address that has a record of its own keeps it: it gets the topics that were asked for there, and
    nothing moves. The same token again answers the same and changes nothing.

    Raises TokenRefused, TokenExpired; InvalidFields (`/code`) for a wrong code, CodeSpent after five.
    """
    signup_id, channel = read_token(token, now=now, wiring=wiring)
    if channel in CODED:
        _check_code(signup_id, code, wiring=wiring)
    first = _read(signup_id, channel)
    state = _Attempt(first)

    def pairs() -> list[Pair]:
        state.item = _read(signup_id, channel)
        if channel in state.item.confirmed:
            raise _Already
        state.before, state.after = _pair(state.item, channel, now=now, wiring=wiring)
        return [(state.before, state.after)]

    provenance = Provenance(first.source, "subscriber", now, Wording(first.wording))
    edit = SuppressionEdit.of(channel, first.addresses[channel], state.lifted, wiring=wiring)
    try:
        settle(pairs, provenance, wiring=wiring, edit=edit, more=lambda t: state.mark(t, channel))
    except _Already:
        return _found(state.item, channel, fresh=False, wiring=wiring)
    done = _found(state.item, channel, fresh=True, wiring=wiring)
    _tell(state, channel, done, now=now, wiring=wiring)
    return done


def join(token: str, *, code: str = "", wording: Wording, now: datetime, wiring: Wiring) -> Confirmed:
    """Joins the record that a confirmed address has with the one that it was to be used with.

    The token and the code prove the address once more. Joined already is fine.

    Raises as `confirm`, and CannotJoin, JoinOver.
    """
    signup_id, channel = read_token(token, now=now, wiring=wiring)
    if channel in CODED:
        _check_code(signup_id, code, wiring=wiring)
    item = _read(signup_id, channel)
    if channel not in item.confirmed:
        raise joins.JoinOver("The address is not confirmed.")
    found = _found(item, channel, fresh=True, wiring=wiring)
    if not found.apart:
        return replace(found, fresh=False)
    own_id = str(item.subscriber_id)
    joins.join(own_id, found.subscriber_id, channel, wording=wording, now=now, wiring=wiring)
    return Confirmed(own_id, channel)


class _Already(Exception):
    """The address of this sign-up was confirmed before."""


@dataclass
class _Attempt:
    """The sign-up as it was read for one attempt, and what the attempt makes of whom."""

    item: SignUpItem
    before: Person | None = None
    after: Person | None = None

    def lifted(self, entries: rules.Entries) -> Mapping[str, Any]:
        """What is left of the address's suppression: all, where the address was only claimed for another."""
        claimed = self.before and self.item.subscriber_id not in {None, self.before.id}
        return entries if claimed and not self.item.topics else rules.lifted(entries)

    def mark(self, together: Together, channel: str) -> None:
        """Adds that the channel is confirmed, on condition that the sign-up is as it was read.

        A person that the sign-up makes is the one that its other address joins.
        """
        item, after = self.item, self.after
        assert after is not None
        own = item.subscriber_id if self.before else after.id
        actions = [
            SignUpItem.confirmed.set({**item.confirmed, channel: after.id}),
            SignUpItem.revision.set(item.revision + 1),
        ]
        actions += [SignUpItem.subscriber_id.set(own)] if own else []
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
    if not SignUpItem(SignUpItem.id_of(signup_id)).update_if(
        actions=[SignUpItem.tries.add(1)],
        condition=SignUpItem.id.exists() & (SignUpItem.tries < MAX_TRIES),
    ):
        raise CodeSpent("The code was tried too often, or has expired; sign up again.")
    typed = "".join(code.split())
    if not hmac.compare_digest(typed.encode(), code_of(signup_id, wiring=wiring).encode()):
        raise InvalidFields(FieldError("/code", WRONG_CODE))


def _pair(item: SignUpItem, channel: str, *, now: datetime, wiring: Wiring) -> tuple[Person | None, Person]:
    """Who becomes what: the holder of the address; else whom the sign-up belongs to; else a new person."""
    address = item.addresses[channel]
    holder = people.find(channel, address, wiring=wiring)
    known = people.present([item.subscriber_id]) if item.subscriber_id else {}
    before = holder or known.get(str(item.subscriber_id))
    chosen = {topic: [c for c in channels if c == channel] for topic, channels in item.topics.items()}
    after = before or _new(item, now=now)
    after = rules.with_address(after, channel, address, verified_at=rfc3339(now))
    if item.place:
        after = replace(after, places={**after.places, HOME: Place(**item.place)})
    return before, _subscribe(after, chosen, source=item.source, now=now)


def _found(item: SignUpItem, channel: str, *, fresh: bool, wiring: Wiring) -> Confirmed:
    """How things stand once an address is confirmed."""
    holder = people.find(channel, item.addresses[channel], wiring=wiring)
    found = Confirmed(holder.id if holder else "", channel, fresh)
    own = people.present([item.subscriber_id]).get(item.subscriber_id) if item.subscriber_id else None
    if holder is None or own is None or own.id == holder.id:
        return found
    masked = tuple(hint(c, own.addresses[c].address) for c in CHANNELS if c in own.addresses)
    return replace(found, apart=masked, joinable=joinable(holder, channel))


def _tell(state: _Attempt, channel: str, done: Confirmed, *, now: datetime, wiring: Wiring) -> None:
    """Tells whom it concerns: of an address replaced or added, of one that another record has."""
    before, after = state.before, state.after
    if before is None or after is None:
        return
    others = [one for one in before.addresses if one != channel]
    if done.apart and not done.joinable:
        notices.tell(notices.CLAIMED, before, others, now=now, wiring=wiring)
    if done.apart or before.addresses.get(channel) == after.addresses[channel]:
        return
    if channel in before.addresses:
        notices.tell(notices.REPLACED, before, [channel], now=now, wiring=wiring)
    if state.item.source == PAGE:
        notices.tell(notices.ADDED, before, others, now=now, wiring=wiring)


def _new(item: SignUpItem, *, now: datetime) -> Person:
    if not item.topics:
        raise TokenExpired("Who wanted to add this address is gone; sign up again.")
    return people.blank(language=item.language, time_zone=item.time_zone, name=item.name, now=now)


def _subscribe(person: Person, chosen: dict[str, list[str]], *, source: str, now: datetime) -> Person:
    """Adds the chosen channels to what the person has; topics that are no longer offered are left out."""
    offered = topics.get_all(chosen)
    for topic, channels in sorted(chosen.items()):
        if topic in offered and offered[topic].status != topics.ENDED and channels:
            held = person.topics[topic].channels if topic in person.topics else ()
            person = rules.subscribed(person, topic, [*held, *channels], source=source, at=rfc3339(now))
    return person
