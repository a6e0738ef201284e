"""Every night: what campaigns did, as files for Athena, DuckDB and the like (docs/exports.md).

Each live campaign is exported once its totals were taken, and again whenever its figures changed: a late
open, an event judged anew, somebody who takes leave back or is forgotten. A run does as much as it has time
for; the next one goes on where it stopped.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.campaigns import states, tables
from chalicelib.campaigns.model import Campaign
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plans import plans
from chalicelib.engagement.exports import plan
from chalicelib.engagement.exports.plan import Exported, Standing
from chalicelib.engagement.exports.store import store
from chalicelib.subscribers import topics

LIVE = "live"
TOTALS_TAKEN = timedelta(hours=73)
"""After the launch: an hour after the last taking, which takes what is kept of nobody off the deliveries."""

LEAST_S = 300
"""Seconds that must be left for another part: one of a plan to five million takes about four minutes."""

AT_ONCE = 100
SecondsLeft = Callable[[], float]
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
    """Live campaigns whose totals were taken, as far back as their deliveries are kept, the newest first."""
    kept_since = rfc3339(now - timedelta(days=wiring.settings.retention_days))
    cursor: str | None = None
    while True:
        page = tables.page(limit=AT_ONCE, cursor=cursor)
        for one in page.items:
            if one.created_at < kept_since:
                return
            launched = parse_rfc3339(one.launched_at) if one.plan_id and one.launched_at else now
            if one.mode == LIVE and launched + TOTALS_TAKEN <= now:
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
    beside = [
        store(wiring).put_rows(f"campaigns/{campaign.id}.ndjson.gz", [_row(campaign, found)]),
        store(wiring).put_rows(
            f"links/{campaign.id}.ndjson.gz",
            ({"campaign": campaign.id, "link": number, "url": url} for number, url in enumerate(urls)),
        ),
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
