"""The request "send me my link": one queue message for whatever address.

Only a known one gets a message, and nobody else can tell.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.core import ids
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import links, people, suppressions, texts
from chalicelib.subscribers.addresses import normalise
from chalicelib.subscribers.asking import inbox, may_ask
from chalicelib.subscribers.notify import PREFERENCES_LINK, QUEUE, Notify
from chalicelib.subscribers.settle import digester

KIND = "send_link"


def request(typed: str, *, now: datetime, wiring: Wiring, put_off_s: int = 0) -> None:
    """Asks for the link to the preference page of an email address or a phone number.

    It is worked off after `put_off_s` seconds. Raises InvalidFields (`/address`).
    """
    channel = "email" if "@" in typed or not any(c.isdigit() for c in typed) else "sms"
    address = normalise(channel, typed, country=wiring.settings.country, pointer="/address")
    send_to(channel, address, now=now, wiring=wiring, put_off_s=put_off_s)


def send_to(channel: str, address: str, *, now: datetime, wiring: Wiring, put_off_s: int = 0) -> None:
    """As `request`, for an address in the form that is kept."""
    message = {
        "kind": KIND,
        "id": ids.random_id(),
        "channel": channel,
        "address": address,
        "at": rfc3339(now),
    }
    wiring.queues.send(QUEUE, message, delay_s=put_off_s)


def work(message: Mapping[str, Any], *, notify: Notify, wiring: Wiring) -> None:
    """Sends the link, if the address of a queue message is known and not to be left alone.

    The same message again is harmless.
    """
    channel, address, at = message["channel"], message["address"], parse_rfc3339(message["at"])
    person = people.find(channel, address, wiring=wiring)
    if person is None or suppressions.suppressed(channel, address, scope="service", wiring=wiring):
        return
    if not may_ask(digester(wiring)(channel, inbox(channel, address)), message["id"], now=at):
        return
    held = person.addresses[channel].address
    path = links.path_once(person.id, channel, held, request_id=message["id"], now=at, wiring=wiring)
    link = wiring.settings.url(path)
    words = texts.preferences_link(channel, person.language, link=link, settings=wiring.settings)
    notify(
        recipient_id=person.id,
        channel=channel,
        address=held,
        language=person.language,
        subject=words.subject,
        body_markdown=words.body_markdown,
        sms=words.sms,
        kind=PREFERENCES_LINK,
        idempotency=message["id"],
    )
