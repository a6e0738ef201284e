"""Every night: what campaigns did, as files for Athena, DuckDB and the like (docs/exports.md).

Each live campaign is exported once it was studied for the last time, however late that was, and again
whenever its figures changed: a late open, an event judged anew, somebody who takes leave back or is
forgotten. A run does as much as it has time for; the next one goes on where it stopped.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.campaigns import states, tables
from chalicelib.campaigns.model import Campaign
from chalicelib.core.batch import SecondsLeft
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import studying
from chalicelib.delivery.plans import plans
from chalicelib.engagement.exports import plan
from chalicelib.engagement.exports.plan import Exported, Standing
from chalicelib.engagement.exports.rows import reach
from chalicelib.engagement.exports.store import store
from chalicelib.engagement.reports.campaign import reach_of
from chalicelib.subscribers import topics

LIVE = "live"
LEAST_S = 300
"""Seconds that must be left for another part: one of a plan to five million takes about four minutes."""

AT_ONCE = 100
OVER = frozenset({states.SENT, states.CANCELLED})


class ExportsFailed(Exception):
    """Some campaigns could not be exported; the argument says how many."""


def export(*, left: SecondsLeft, wiring: Wiring) -> int:
    """One run; answers how many campaigns were exported.

    What fails for one keeps no other. Raises ExportsFailed at the end of such a run, for the alarm.
    """
    now, done, failed = wiring.clock(), 0, 0
    store(wiring).put_rows("topics/topics.ndjson.gz", map(_topic, topics.every()))
    for campaign in _settled(now, wiring=wiring):
        if left() < LEAST_S:
            break
        try:
            done += _export(campaign, left=left, wiring=wiring)
        except Exception as error:  # noqa: BLE001 - the others must not wait for this one
            logger.failure("export-failed", error, campaign=campaign.id)
            failed += 1
    if failed:
        raise ExportsFailed(failed)
    return done


def _settled(now: datetime, *, wiring: Wiring) -> Iterator[Campaign]:
    """Live campaigns that were studied to the end, as far back as their deliveries are kept, newest first."""
    kept_since = rfc3339(now - timedelta(days=wiring.settings.retention_days))
    cursor: str | None = None
    while True:
        page = tables.page(limit=AT_ONCE, cursor=cursor)
        for one in page.items:
            if one.created_at < kept_since:
                return
            if one.mode == LIVE and one.plan_id and studying.is_over(one.plan_id, wiring=wiring):
                yield one
        cursor = page.next
        if cursor is None:
            return


def _export(campaign: Campaign, *, left: SecondsLeft, wiring: Wiring) -> bool:
    what = Exported(campaign.id, campaign.plan_id, campaign.launched_at[:10], _more(campaign))
    try:
        found = plan.standing(what, wiring=wiring)
    except NotFound:  # what was cancelled before there was a plan
        return False
    if found.progress.status not in OVER or plan.is_exported(what, found, wiring=wiring):
        return False
    urls = plans(wiring).head(campaign.plan_id).links
    objects: dict[str, Iterable[Mapping[str, Any]]] = {
        "campaigns": [_row(campaign, found)],
        "links": [{"campaign": campaign.id, "link": number, "url": url} for number, url in enumerate(urls)],
        "reach": reach(reach_of(campaign.plan_id, wiring=wiring), campaign=campaign.id),
    }
    beside = [
        store(wiring).put_rows(f"{name}/{campaign.id}.ndjson.gz", rows) for name, rows in objects.items()
    ]
    return plan.export(what, found, beside=beside, left=lambda: left() >= LEAST_S, wiring=wiring)


def _more(campaign: Campaign) -> Mapping[str, Any]:
    return {"name": campaign.name, "version": campaign.version}


def _row(campaign: Campaign, found: Standing) -> Mapping[str, Any]:
    """A campaign, as others are joined to it."""
    told = found.progress
    return {
        "campaign": campaign.id,
        "plan": campaign.plan_id,
        "name": campaign.name,
        "department": campaign.department,
        "status": told.status,
        "launched_at": campaign.launched_at[:19].replace("T", " "),
        "channels": list(told.by_channel),
        "topics": [one for one in campaign.sources if not one.startswith("list:")],
        "planned": told.planned,
        "cancelled": told.cancelled,
        "expired": told.expired,
        "skipped": sum(told.skipped.values()),
    }


def _topic(topic: topics.Topic) -> Mapping[str, Any]:
    first = next(iter(topic.name.values()), "")
    return {"topic": topic.id, "name": first, "department": topic.department, "category": topic.category}
