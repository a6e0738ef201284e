"""Making alerts of messages: drafts, what replaces them, and what follows those that were launched."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.alerts import areas, draft
from chalicelib.alerts import tables as alert_tables
from chalicelib.alerts.cap.model import CANCEL, Message
from chalicelib.alerts.cap.related import left_out
from chalicelib.alerts.follow import correct, run
from chalicelib.alerts.model import LAUNCHED, Alert
from chalicelib.alerts.sources.judge import Judged
from chalicelib.alerts.sources.model import Fate, Source
from chalicelib.alerts.states import State
from chalicelib.core import audit
from chalicelib.core.errors import Conflict, InvalidFields, NotFound
from chalicelib.core.logs import logger
from chalicelib.core.staff import Actor, Role
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.geocodes import geocode

ACTION = "alert source: draft"


class Taken(NamedTuple):
    """What became of a message, why not more (a code), and the alert that it is or changed."""

    fate: Fate
    why: str = ""
    alert_id: str = ""


def actor_of(source: Source) -> Actor:
    """A source, acting: its department and mode are those of whoever set it up."""
    name = f"source:{source.id}"
    return Actor(
        name, name, source.name, "", frozenset({str(Role.ADMIN)}), frozenset({source.department}), source.mode
    )


def take(message: Message, judged: Judged, source: Source, *, now: datetime, wiring: Wiring) -> Taken:
    """Makes of a message what was judged; the same message makes one alert, however often it comes."""
    told = {"source_id": source.id}
    with audit.recorded(actor_of(source), ACTION, told, now=now):
        if message.message_type == CANCEL:
            return _cancel(message, source, now=now, wiring=wiring)
        return _draft(message, judged, source, now=now, wiring=wiring)


def _draft(message: Message, judged: Judged, source: Source, *, now: datetime, wiring: Wiring) -> Taken:
    given = _given(message, source)
    if not given["areas"]:
        return Taken(Fate.PASSED, "elsewhere")
    earlier = _earlier(message, source)
    if earlier is not None and _untouched(earlier):
        draft.delete(earlier.id, actor=actor_of(source), wiring=wiring)
    launched = earlier if earlier is not None and earlier.plan_id and not earlier.followed_by else None
    try:
        made = draft.take(
            message,
            given,
            follows=launched,
            actor=actor_of(source),
            source=source.id,
            now=now,
            wiring=wiring,
        )
    except InvalidFields:
        return Taken(Fate.REFUSED, "unfit")
    except Conflict as known:
        if known.code != "message-known":
            raise
        return _known(message, judged, source)
    if launched is not None and judged.fate == Fate.LAUNCHING:
        judged = _whole(message, judged, run.related(launched), now=now, wiring=wiring)
    return Taken(judged.fate, judged.why, made.id)


def _whole(
    message: Message, judged: Judged, related: Sequence[Message], *, now: datetime, wiring: Wiring
) -> Judged:
    """An Update names every related message in force (CAP 1.2, 3.2.1); one that does not waits for people."""
    lasts = timedelta(minutes=wiring.settings.alert_minutes)
    left = left_out(message, related, now=now, lasts=lasts)
    return Judged(Fate.DRAFT, "references") if left else judged


def _known(message: Message, judged: Judged, source: Source) -> Taken:
    """What stands of a message that became an alert before: through another feed, or cut short of here."""
    alert_id = alert_tables.named(message.reference) or ""
    alert = _read(alert_id)
    if alert is not None and alert.source == source.id and _untouched(alert):
        return Taken(judged.fate, judged.why, alert_id)
    return Taken(Fate.PASSED, "known", alert_id)


def _cancel(message: Message, source: Source, *, now: datetime, wiring: Wiring) -> Taken:
    """Takes back what a Cancel is about: a draft nobody had in hand, or what the source's rule launched."""
    earlier = _earlier(message, source)
    if earlier is None:
        return Taken(Fate.PASSED, "nothing-to-cancel")
    if _untouched(earlier):
        draft.delete(earlier.id, actor=actor_of(source), wiring=wiring)
    elif source.rule is not None and _by_rule(earlier, source):
        reason = f"cancelled by its sender: {message.identifier}"
        correct.cancel(earlier.id, reason=reason, actor=actor_of(source), now=now, wiring=wiring)
    else:
        logger.warning("alert-source-not-launched", source=source.id, alert=earlier.id, code="in-hand")
        return Taken(Fate.PASSED, "in-hand", earlier.id)
    return Taken(Fate.CANCELLED, "", earlier.id)


def _by_rule(alert: Alert, source: Source) -> bool:
    """Whether the rule of its source launched an alert, and nobody else had it in hand."""
    launched = alert.steps.get(LAUNCHED)
    return launched is not None and launched.by == actor_of(source).staff_id


def _given(message: Message, source: Source) -> dict[str, Any]:
    """What is said beside a message. Codes that stand alone and that no area here carries are elsewhere."""
    given: dict[str, Any] = {
        "department": source.department,
        "areas": _ours(areas.from_cap(message.infos)),
        "without_place": source.without_place,
        "topics": list(source.topics),
    }
    return given | ({"channels": list(source.channels)} if source.channels else {})


def _ours(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = areas.read(told).codes
    found = []
    for area in told:
        if any(name in area for name in areas.SHAPES):
            found.append(area)
            continue
        codes = {
            system: [value for value in values if known.get(geocode(system, value))]
            for system, values in area.get("geocodes", {}).items()
        }
        if kept := {system: values for system, values in codes.items() if values}:
            found.append({**area, "geocodes": kept})
    return found


def _earlier(message: Message, source: Source) -> Alert | None:
    """The latest alert of this source that a message is about."""
    named = [alert_id for one in message.references if (alert_id := alert_tables.named(one))]
    alerts = [alert for one in named if (alert := _read(one)) is not None and alert.source == source.id]
    return max(alerts, key=lambda alert: alert.id, default=None)


def _read(alert_id: str) -> Alert | None:
    try:
        return alert_tables.read(alert_id)
    except NotFound:
        return None


def _untouched(alert: Alert) -> bool:
    """Whether an alert is a draft that nobody but its source has had in hand."""
    return alert.state == State.DRAFT and alert.authors == (f"source:{alert.source}",)
