"""The links to a person's page, and how far each opens it.

    in every mail's footer    for ever    shows the masked address, ends everything, has a link sent
    asked for                 once        opens the page; spent by a POST, for scanners follow links
    the page                  an hour     shows and changes all (`preferences`)

So a mail that was passed on gives away who it was for, and no more. A link that was asked for is good only
as long as the person has the address that it went to.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.clock import epoch
from chalicelib.core.errors import Gone
from chalicelib.core.tokens import Purpose, TokenRefused, sign, verify
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, preferences
from chalicelib.subscribers.addresses import digest
from chalicelib.subscribers.model import SIGN_UP_CHANNELS, Person
from chalicelib.subscribers.passing_tables import SpentItem

FOOTER, ONCE, PAGE = Purpose.PREFERENCES, Purpose.PREFERENCES_ONCE, Purpose.PREFERENCES_PAGE
ONCE_LIFE = timedelta(hours=24)
PAGE_LIFE = timedelta(hours=1)
SIZES = {FOOTER: 16, ONCE: 16 + 6 + 4}
"""Bytes of payload: the person's id; then a number of the request, and the head of the address's digest."""


class LinkSpent(Gone):
    """The link opened the page once already."""

    code = "link-spent"


@dataclass(frozen=True)
class Link:
    """A link, read: how far it opens the page of `person`, and the channel of the address that it goes by.

    `nonce` tells links that were asked for apart.
    """

    opens: Purpose
    person: Person
    channel: str
    nonce: str = ""


def footer_path(subscriber_id: str, *, wiring: Wiring) -> str:
    """The path of a footer's link."""
    return f"/preferences/{sign(FOOTER, bytes.fromhex(subscriber_id), ring=wiring.ring)}"


def path_once(
    subscriber_id: str, channel: str, address: str, *, request_id: str, now: datetime, wiring: Wiring
) -> str:
    """The path of a link that was asked for, to be sent to that address; the same for the same request."""
    nonce = bytes.fromhex(request_id)[:6]
    payload = bytes.fromhex(subscriber_id) + nonce + _check(channel, address, wiring)
    return f"/preferences/{sign(ONCE, payload, ring=wiring.ring, expires=now + ONCE_LIFE)}"


def opens(token: str, *, now: datetime, wiring: Wiring) -> Purpose:
    """How far a link opens a page: FOOTER, ONCE or PAGE. Raises TokenRefused, TokenExpired."""
    return _payload(token, now=now, wiring=wiring)[0]


def read(token: str, *, now: datetime, wiring: Wiring) -> Link:
    """What a link that stood in a message leads to; changes nothing.

    Raises TokenRefused, also where the person or the address is gone; TokenExpired, LinkSpent.
    """
    purpose, payload = _payload(token, now=now, wiring=wiring)
    subscriber_id, nonce, check = payload[:16].hex(), payload[16:22].hex(), payload[22:]
    person = people.present([subscriber_id]).get(subscriber_id) if subscriber_id else None
    if len(payload) != SIZES.get(purpose) or person is None:
        raise TokenRefused("This link is not valid any more; sign up again.")
    for channel in (one for one in SIGN_UP_CHANNELS if one in person.addresses):
        if purpose == FOOTER:
            return Link(purpose, person, channel)
        if _check(channel, person.addresses[channel].address, wiring) == check:
            if SpentItem.found(person.id, nonce):
                raise LinkSpent("This link was used already.")
            return Link(purpose, person, channel, nonce)
    raise TokenRefused("This link is not valid any more; sign up again.")


def spend(link: Link, *, now: datetime, wiring: Wiring) -> str:
    """Opens the page by a link that was asked for; the page's path, good for an hour. Raises LinkSpent."""
    item = SpentItem(SpentItem.id_of(link.person.id, link.nonce), expires_at=epoch(now + ONCE_LIFE))
    if not item.save_if(condition=SpentItem.id.does_not_exist()):
        raise LinkSpent("This link was used already.")
    return preferences.path_of(link.person.id, expires=now + PAGE_LIFE, wiring=wiring)


def _payload(token: str, *, now: datetime, wiring: Wiring) -> tuple[Purpose, bytes]:
    for purpose in (PAGE, ONCE):
        try:
            return purpose, verify(purpose, token, ring=wiring.ring, now=now)
        except TokenRefused:
            continue
    return FOOTER, verify(FOOTER, token, ring=wiring.ring, now=now)


def _check(channel: str, address: str, wiring: Wiring) -> bytes:
    """A few bytes of the address's digest."""
    return bytes.fromhex(digest(channel, address, key=wiring.address_key).partition("#")[2])[:4]
