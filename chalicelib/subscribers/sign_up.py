"""Signing up: a request is one queue message, whoever asks for whatever address.

All the rest happens in the worker.

The request looks nothing up about the address, so that known and unknown ones are alike by construction. The
worker keeps the sign-up and sends a link (email) or a code (SMS); `confirm` makes the person of it.
"""

import hmac
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import ids
from chalicelib.core.clock import epoch, parse_rfc3339, rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.i18n import N_
from chalicelib.core.tokens import Purpose, TokenRefused, sign, verify
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import profile, suppressions, texts, topics
from chalicelib.subscribers.addresses import normalise
from chalicelib.subscribers.asking import inbox, may_ask
from chalicelib.subscribers.model import SIGN_UP_CHANNELS, Place, Wording
from chalicelib.subscribers.notify import CONFIRMATION, QUEUE, Notify
from chalicelib.subscribers.passing_tables import AskersItem, SignUpItem
from chalicelib.subscribers.settle import digester
from chalicelib.subscribers.tables import AddressItem

KIND = "sign_up"
LINK_LIFE = timedelta(days=7)
FOUND_FOR = timedelta(days=31)
"""Sign-ups are found by their addresses as long as the messages that asked to confirm them, and a day."""

CODE_LIFE = timedelta(hours=24)
CODE_DIGITS = 6
FIELDS = {"email": "/email", "sms": "/phone", "voice": "/voice"}
CONFIRMED = (*SIGN_UP_CHANNELS, "voice")
"""Channels whose addresses are confirmed this way, by the numbers that tokens have for them."""

CODED = frozenset({"sms", "voice"})
"""Those on which a code is sent, or said, and typed in."""

NO_ADDRESS = N_("Enter an email address or a mobile phone number.")
NO_TOPICS = N_("Choose at least one topic.")
CLOSED_TOPIC = N_("One of the topics is not offered any more; choose again.")


@dataclass(frozen=True)
class Requested:
    """What a page needs after a request.

    `code_token` names, where a text or a call was asked for, the place that takes the code: `/confirm/TOKEN`.
    """

    signup_id: str
    addresses: Mapping[str, str]
    code_token: str | None


def request(
    *,
    email: str = "",
    phone: str = "",
    voice: str = "",
    topic_ids: Collection[str],
    name: str = "",
    language: str,
    time_zone: str,
    source: str,
    wording: Wording,
    now: datetime,
    wiring: Wiring,
    place: Place | None = None,
    subscriber_id: str | None = None,
    put_off_s: int = 0,
    found: Iterable[FieldError] = (),
) -> Requested:
    """Asks for a sign-up on one or both channels; each is confirmed apart, and both make one person.

    `voice` is a number for calls, which only a known person adds. `place` becomes the person's home.
    `subscriber_id` is a known person who adds an address. Raises InvalidFields with the pointers `/email
    /phone /voice /topics /name /language /time_zone`, beside what the caller has `found` wrong already. One
    queue message leaves, whatever the addresses are, to be worked off after `put_off_s` seconds.
    """
    addresses: dict[str, str] = {}
    check(
        lambda: addresses.update(_addresses({"email": email, "sms": phone, "voice": voice}, wiring)),
        lambda: profile.check(name=name, language=language, time_zone=time_zone),
        lambda: _check_topics(topic_ids, may_be_none=subscriber_id is not None),
        found=found,
    )
    signup_id = ids.random_id()
    message = {
        "kind": KIND,
        "id": signup_id,
        "addresses": addresses,
        "topics": {topic: list(addresses) for topic in topic_ids},
        "name": name,
        "language": language,
        "time_zone": time_zone,
        "source": source,
        "wording": wording.text,
        "place": vars(place) if place else None,
        "subscriber": subscriber_id,
        "at": rfc3339(now),
    }
    wiring.queues.send(QUEUE, message, delay_s=put_off_s)
    coded = next((channel for channel in addresses if channel in CODED), None)
    code = token_of(signup_id, coded, now=now, wiring=wiring) if coded else None
    return Requested(signup_id, addresses, code)


def check(*checks: Callable[[], None], found: Iterable[FieldError] = ()) -> None:
    """Raises InvalidFields with all that the checks find wrong, each of them by its own InvalidFields."""
    errors = list(found)
    for one in checks:
        try:
            one()
        except InvalidFields as error:
            errors += error.errors
    if errors:
        raise InvalidFields(*errors)


def work(message: Mapping[str, Any], *, notify: Notify, wiring: Wiring) -> None:
    """Keeps the sign-up of a queue message and sends its confirmations.

    The same message again is harmless.
    """
    at = parse_rfc3339(message["at"])
    open_ones = {
        channel: address
        for channel, address in message["addresses"].items()
        if _may(channel, address, message, wiring)
    }
    if not open_ones:
        return
    for channel, address in open_ones.items():
        digest = digester(wiring)(channel, address)
        AskersItem.note(digest, message["id"], expires_at=epoch(at + FOUND_FOR))
    _keep(message, open_ones, at=at)
    owners = _owners(message["addresses"], wiring)
    users = {message["subscriber"]} if message["subscriber"] else set(owners.values())
    for channel, address in open_ones.items():
        held = owners[channel] is not None and users != {owners[channel]}
        _send(message, channel, address, at=at, held=held, notify=notify, wiring=wiring)


def token_of(signup_id: str, channel: str, *, now: datetime, wiring: Wiring) -> str:
    """The token that leads to one address of a sign-up.

    By email it confirms; for SMS and calls it only names where the code belongs.
    """
    life = CODE_LIFE if channel in CODED else LINK_LIFE
    payload = bytes.fromhex(signup_id) + bytes([CONFIRMED.index(channel)])
    return sign(Purpose.CONFIRM, payload, ring=wiring.ring, expires=now + life)


def read_token(token: str, *, now: datetime, wiring: Wiring) -> tuple[str, str]:
    """Sign-up id and channel of a token. Raises TokenRefused, TokenExpired."""
    payload = verify(Purpose.CONFIRM, token, ring=wiring.ring, now=now)
    if len(payload) != 17 or payload[16] >= len(CONFIRMED):
        raise TokenRefused("This link is not valid.")
    return payload[:16].hex(), CONFIRMED[payload[16]]


def code_of(signup_id: str, *, wiring: Wiring) -> str:
    """The six digits sent for a sign-up.

    Derived under the address key, so that no table holds them and a repeated message repeats them.
    """
    mac = hmac.digest(wiring.address_key, f"code:{signup_id}".encode(), "sha256")
    return f"{int.from_bytes(mac[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _addresses(typed: Mapping[str, str], wiring: Wiring) -> dict[str, str]:
    found: dict[str, str] = {}
    errors: list[FieldError] = []
    for channel, text in typed.items():
        if not text.strip():
            continue
        try:
            found[channel] = normalise(
                channel, text, country=wiring.settings.country, pointer=FIELDS[channel]
            )
        except InvalidFields as error:
            errors += error.errors
    if not found and not errors:
        errors.append(FieldError(FIELDS["email"], NO_ADDRESS))
    if errors:
        raise InvalidFields(*errors)
    return found


def _check_topics(topic_ids: Collection[str], *, may_be_none: bool) -> None:
    found = topics.get_all(topic_ids)
    if not topic_ids and not may_be_none:
        raise InvalidFields(FieldError("/topics", NO_TOPICS))
    if any(t not in found or found[t].status != topics.OPEN or found[t].is_list for t in topic_ids):
        raise InvalidFields(FieldError("/topics", CLOSED_TOPIC))


def _may(channel: str, address: str, message: Mapping[str, Any], wiring: Wiring) -> bool:
    """Whether this address may be written to.

    A complaint or STOP is no bar: only confirming anew can end it.
    """
    if suppressions.shut(channel, address, wiring=wiring):
        return False
    return may_ask(
        digester(wiring)(channel, inbox(channel, address)), message["id"], now=parse_rfc3339(message["at"])
    )


def _owners(addresses: Mapping[str, str], wiring: Wiring) -> dict[str, str | None]:
    """Who has each of the addresses, by channel; None where nobody does."""
    digest = digester(wiring)
    digests = {channel: digest(channel, address) for channel, address in addresses.items()}
    owners = AddressItem.owners(digests.values())
    return {channel: owners.get(one) for channel, one in digests.items()}


def _keep(message: Mapping[str, Any], addresses: Mapping[str, str], *, at: datetime) -> None:
    item = SignUpItem(
        SignUpItem.id_of(message["id"]),
        addresses=dict(addresses),
        confirmed={},
        topics=message["topics"],
        name=message["name"],
        language=message["language"],
        time_zone=message["time_zone"],
        source=message["source"],
        wording=message["wording"],
        place=message.get("place"),
        subscriber_id=message["subscriber"],
        tries=0,
        revision=0,
        created_at=message["at"],
        expires_at=epoch(at + LINK_LIFE),
    )
    item.save_if(condition=SignUpItem.id.does_not_exist())


def _send(
    message: Mapping[str, Any],
    channel: str,
    address: str,
    *,
    at: datetime,
    held: bool,
    notify: Notify,
    wiring: Wiring,
) -> None:
    signup_id, language = message["id"], message["language"]
    if channel == "voice":
        language = texts.spoken(language, wiring.settings)
    token = token_of(signup_id, channel, now=at, wiring=wiring)
    link = wiring.settings.url(f"/confirm/{token}?lang={language}")
    code = code_of(signup_id, wiring=wiring)
    words = texts.confirmation(channel, language, link=link, code=code, held=held, settings=wiring.settings)
    notify(
        recipient_id=signup_id,
        channel=channel,
        address=address,
        language=language,
        subject=words.subject,
        body_markdown=words.body_markdown,
        sms=words.sms,
        kind=CONFIRMATION,
        idempotency=f"{signup_id}:{channel}",
    )
