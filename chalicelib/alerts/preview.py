"""Previews: who would get an alert at this moment, counted exactly and frozen, and what that would take.

Whom it is for is resolved once, here: areas, codes and names stand in the expression that the launch's plan
will walk. A count of more people than a request can wait for goes on in a queue of its own (`counted`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts import access, areas, audience, preview_views, ready, release, states, tables
from chalicelib.alerts.follow import run
from chalicelib.alerts.follow.reach import reached
from chalicelib.alerts.model import Alert, Counting, Preview
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.states import State
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import InvalidFields
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counts
from chalicelib.delivery.audience import Expression, for_mode
from chalicelib.delivery.choose import EMERGENCY
from chalicelib.delivery.counts import Count

QUEUE = "alert-counts"
PREVIEW = "preview"
BY_DISTANCE = ("sms", "voice")
"""Channels that are slow: who is nearest to the danger gets it first."""


def preview(alert_id: str, *, actor: Actor, now: datetime, wiring: Wiring) -> Alert:
    """Counts who would get an alert; the alert then has its preview, or is `counting`.

    Raises NotFound, Forbidden, Conflict; InvalidFields where something is missing, an area before all else.
    """
    alert = access.of_department_and_mode(alert_id, actor=actor)
    states.require("preview", alert.state)
    release.require_unexpired(alert, now=now)
    if wrong := ready.missing(alert, settings=wiring.settings):
        raise InvalidFields(*wrong)
    request = {**asked(alert, now=now, wiring=wiring), "alert": alert.id}
    found = counts.count(request, queue=QUEUE, by=actor.staff_id, now=now, wiring=wiring)
    if not found.job:
        return taken(alert, found, by=actor.staff_id, now=now, wiring=wiring)
    counting = Counting(found.job, PREVIEW, actor.staff_id, rfc3339(now))
    begun = replace(alert, counting=counting, version=alert.version + 1)
    tables.replace(begun, was=alert, wiring=wiring)
    return begun


def asked(alert: Alert, *, now: datetime, wiring: Wiring) -> dict[str, Any]:
    """Whom an alert is for, resolved at this moment, as a count takes it. Raises InvalidFields.

    People without a place are counted by themselves, whether they get it or not.
    """
    area = areas.resolved(alert.areas, areas.read(alert.areas))
    people = audience.expression(area, topics=alert.topics, without_place=alert.without_place)
    order = {
        channel: audience.bands(area, alert.origin) for channel in BY_DISTANCE if channel in alert.channels
    }
    if alert.follows:
        people, order = _following(alert, people, now=now, wiring=wiring)
    request: dict[str, Any] = {
        "audience": for_mode(people, alert.mode),
        "channels": sorted(alert.channels),
        "scope": EMERGENCY,
        "apart": audience.UNPLACED,
        "bands": order,
    }
    if not alert.without_place and not alert.follows:
        request["beside"] = for_mode(audience.without_a_place(alert.topics), alert.mode)
    return request


def _following(
    alert: Alert, people: Expression, *, now: datetime, wiring: Wiring
) -> tuple[Expression, dict[str, list[Expression]]]:
    """An update: whom the earlier alerts reached, the last first, and behind them who is in its own area."""
    plans = run.plans_before(alert)
    order = run.bands_of(alert, others=people, now=now, wiring=wiring)
    return {"any": [reached(plans), people]}, dict.fromkeys(alert.channels, order)


def taken(alert: Alert, found: Count, *, by: str, now: datetime, wiring: Wiring) -> Alert:
    """The alert with its preview, of a count that is done.

    Whoever approved the same words for the same people need not do so again.
    """
    tally, request = found.tally, found.request
    bands = {channel: tuple(filters) for channel, filters in request["bands"].items()}
    digest = release.digest(alert, request["audience"], bands)
    same = alert.preview is not None and alert.preview.digest == digest
    kept = alert if same and alert.state != State.HALTED else release.returned(alert)
    seen = Preview(
        at=found.counted_at,
        by=by,
        audience=request["audience"],
        people=tally.people,
        messages=tally.messages,
        without_place=tally.apart,
        digest=digest,
        bands=bands,
    )
    shown = preview_views.shown(alert, seen, tally, wiring=wiring)
    previewed = replace(kept, preview=replace(seen, shown=shown), counting=None, version=alert.version + 1)
    tables.replace(previewed, was=alert, wiring=wiring)
    detail = {
        "digest": digest,
        "people": tally.people,
        "without_place": tally.apart,
        "messages": _sums(tally.messages),
    }
    note(alert.id, Event.PREVIEWED, by=by, detail=detail, now=now, wiring=wiring)
    return previewed


def _sums(messages: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {channel: sum(languages.values()) for channel, languages in sorted(messages.items())}
