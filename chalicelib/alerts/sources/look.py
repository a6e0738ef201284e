"""Looking at a source, and reading the messages that it lists."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.alerts import tables as alert_tables
from chalicelib.alerts.cap.model import Message, Reference
from chalicelib.alerts.cap.safe_xml import MAX_BYTES
from chalicelib.alerts.sources import feeds, senders
from chalicelib.alerts.sources.model import Entry, Source, Watch
from chalicelib.core.polling import Failed, Fetched, fetch
from chalicelib.core.wiring import Wiring

FEED = "application/atom+xml, application/cap+xml, application/rss+xml, application/xml;q=0.8, */*;q=0.5"
MESSAGE = "application/cap+xml, application/xml;q=0.8, */*;q=0.5"


def look(source: Source, watch: Watch, *, now: datetime, wiring: Wiring) -> Fetched:
    """What a source's feed says now, if it changed since `watch`. Raises Failed."""
    return fetch(
        source.url,
        accept=FEED,
        validators=watch.validators,
        max_bytes=feeds.MAX_BYTES,
        plain=False,
        web=wiring.web,
        now=now,
    )


def message_of(entry: Entry, *, now: datetime, wiring: Wiring) -> tuple[Message, str]:
    """The message of an entry, and the fingerprint of the listed certificate that signed it, if one did.

    Raises Failed where it cannot be fetched, and as `senders.read_trusted` where it is refused.
    """
    xml = entry.xml or _fetched(entry.link, now=now, wiring=wiring)
    return senders.read_trusted(xml, now=now)


def _fetched(link: str, *, now: datetime, wiring: Wiring) -> bytes:
    found = fetch(link, accept=MESSAGE, max_bytes=MAX_BYTES, plain=False, web=wiring.web, now=now)
    if found.answer is None:
        raise Failed("The server says that nothing changed, and was not asked that.")
    return found.answer.body


def known_references(reference: Reference) -> Sequence[Reference]:
    """What an earlier message refers to, where an alert was made of it."""
    alert_id = alert_tables.named(reference)
    return alert_tables.read(alert_id).message.references if alert_id else ()
