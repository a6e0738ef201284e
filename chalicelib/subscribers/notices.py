"""What a person is told, at the addresses that it concerns, of a change of their addresses."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import suppressions, texts
from chalicelib.subscribers.model import SIGN_UP_CHANNELS, Person
from chalicelib.subscribers.notify import NOTICE, QUEUE, Notify

KIND = "notice"
REMOVED, REPLACED, ADDED, JOINED, CLAIMED = "removed", "replaced", "added", "joined", "claimed"
NOTIFIED = "notified"
PREFERENCES = "/preferences"


def tell(
    about: str,
    person: Person,
    channels: Collection[str],
    *,
    now: datetime,
    wiring: Wiring,
    path: str = PREFERENCES,
) -> None:
    """Has a person told at the addresses that they have, or had, on those of the channels that take notices.

    `path` is where the notice leads.
    """
    for channel in (one for one in SIGN_UP_CHANNELS if one in channels):
        message = {
            "kind": KIND,
            "id": ids.random_id(),
            "about": about,
            "subscriber": person.id,
            "channel": channel,
            "address": person.addresses[channel].address,
            "language": person.language,
            "path": path,
            "at": rfc3339(now),
        }
        wiring.queues.send(QUEUE, message)


def work(message: Mapping[str, Any], *, notify: Notify, wiring: Wiring) -> None:
    """Sends a notice, unless its address is to be left alone. The same message again is harmless."""
    channel, address, language = message["channel"], message["address"], message["language"]
    if suppressions.suppressed(channel, address, scope="service", wiring=wiring):
        return
    link = wiring.settings.url(message["path"])
    words = texts.notice(message["about"], channel, language, link=link, settings=wiring.settings)
    notify(
        recipient_id=message["subscriber"],
        channel=channel,
        address=address,
        language=language,
        subject=words.subject,
        body_markdown=words.body_markdown,
        sms=words.sms,
        kind=NOTICE,
        idempotency=message["id"],
    )
