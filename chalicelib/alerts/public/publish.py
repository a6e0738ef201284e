"""Publishing: what everybody may read, written to S3 as files, so that no function stands in the way.

All of it is written anew: the pages of what is in force, and of what has just changed, then their lists. A
write that was lost, or overtaken by an older one, is made good within a minute: while anything is in force,
and for ten minutes after each change, the watch writes it again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.alerts import tables
from chalicelib.alerts.model import OVER, Alert
from chalicelib.alerts.public import documents
from chalicelib.alerts.public.notice import in_force
from chalicelib.alerts.public.site import Site, file_of
from chalicelib.alerts.signing import signed
from chalicelib.core import pages
from chalicelib.core.clock import rfc3339
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring

AGAIN_FOR = timedelta(minutes=10)
FRESH_S = 30
"""How long anyone may keep a list of what is in force."""

PAST_SHOWN = 20
HTML = "text/html; charset=utf-8"
BANNER_FILE = pages.TEMPLATES / "static" / "alerts-banner.js"


class File(NamedTuple):
    """A file as it lies in S3."""

    name: str
    kind: str
    content: bytes


def show(alert: Alert, *, now: datetime, wiring: Wiring) -> None:
    """Makes a launched alert public, if it is live; again is harmless.

    One that tells of no danger, but that another was wrong or is over, stands among those that are over.
    """
    if alert.mode == "live":
        list_it = tables.list_active if in_force(alert) else tables.list_over
        list_it(alert)
        changed(alert, now=now, wiring=wiring)


def withdraw(alert: Alert, *, by: str = "", now: datetime, wiring: Wiring) -> None:
    """Takes an alert from those in force: it is over, or was replaced `by` another (its id).

    Again is harmless.
    """
    if alert.mode == "live":
        tables.unlist(alert, by=by)
        changed(alert, now=now, wiring=wiring)


def changed(alert: Alert, *, now: datetime, wiring: Wiring) -> None:
    """Publishes, because an alert changed. What fails is logged, and the watch does it again."""
    tables.note_publishing(rfc3339(now + AGAIN_FOR))
    try:
        publish(alert.id, now=now, wiring=wiring)
    except Exception as error:  # noqa: BLE001 - people must be alerted, whatever became of the copies
        logger.failure("alerts-not-published", error, alert=alert.id)


def keep_published(*, wiring: Wiring) -> None:
    """Writes all of it again, while anything is in force and for a while after each change."""
    active, now = tables.active(), wiring.clock()
    if active or tables.publishing_until() > rfc3339(now):
        recent = [one.id for one in tables.past(limit=PAST_SHOWN).items if _recent(one, now)]
        publish(*recent, now=now, wiring=wiring)


def publish(*changed_ids: str, now: datetime, wiring: Wiring) -> None:
    """Writes the files of all that is in force, of these alerts, and the lists. Raises botocore's errors."""
    bucket = wiring.settings.alerts_bucket
    for file in files(changed_ids, now=now, wiring=wiring):
        wiring.s3.put_object(
            Bucket=bucket,
            Key=file.name,
            Body=file.content,
            ContentType=file.kind,
            CacheControl=f"public, max-age={FRESH_S}",
        )


def files(changed_ids: tuple[str, ...], *, now: datetime, wiring: Wiring) -> Iterator[File]:
    """Those files, the pages of single alerts before the lists that lead to them."""
    settings = wiring.settings
    active, past = tables.active(), tables.past(limit=PAST_SHOWN)
    for alert_id in dict.fromkeys([*(one.id for one in active), *changed_ids]):
        yield from _of_one(alert_id, wiring=wiring)
    for language in settings.languages:
        site = Site(language, settings, static=True)
        shown = documents.of_active(active, past, site)
        page = pages.fragment(documents.ACTIVE_TEMPLATE, language, **shown)
        yield File(file_of("index", language, settings), HTML, page.encode())
    feed = documents.atom(active, past.items, now=now, settings=settings)
    yield File("alerts.atom", f"{documents.ATOM_TYPE}; charset=utf-8", feed)
    yield File("banner.json", "application/json", documents.banner_news(active, settings))
    yield File("banner.js", "text/javascript; charset=utf-8", BANNER_FILE.read_bytes())


def _of_one(alert_id: str, *, wiring: Wiring) -> Iterator[File]:
    alert, newer = tables.public(alert_id)
    for language in wiring.settings.languages:
        shown = documents.of_one(alert, Site(language, wiring.settings, static=True), newer=newer)
        page = pages.fragment(documents.ONE_TEMPLATE, language, **shown)
        yield File(file_of(alert_id, language, wiring.settings), HTML, page.encode())
    yield File(
        f"{alert_id}.cap", f"{documents.CAP_TYPE}; charset=utf-8", signed(alert.message, wiring=wiring)
    )


def _recent(alert: Alert, now: datetime) -> bool:
    over = alert.steps.get(OVER)
    return over is not None and over.at > rfc3339(now - AGAIN_FOR)
