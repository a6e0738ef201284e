"""Setting sources of alerts up, changing them, their rules, and trying one out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts.cap.model import Message
from chalicelib.alerts.sources import feeds, tables, times
from chalicelib.alerts.sources.judge import judge
from chalicelib.alerts.sources.look import known_references, look, message_of
from chalicelib.alerts.sources.model import Conditions, Rule, Source, Watch
from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import CrierError, FieldError, Forbidden, InvalidFields
from chalicelib.core.polling import Failed
from chalicelib.core.staff import Actor
from chalicelib.core.web import public
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import topics

TOLD = 20
MARKED = ("department", "url", "only", "topics", "channels", "without_place")
"""What decides what would be launched, and to whom: a change of it ends the rule."""


@dataclass(frozen=True)
class Tried:
    """What a look at a source would bring now: a `problem`, or messages with what would become of each."""

    problem: str = ""
    messages: tuple[tuple[Message | None, str, str], ...] = ()
    more: int = 0


def create(given: Mapping[str, Any], *, actor: Actor, now: datetime) -> Source:
    """Sets a source up, of the mode of the actor's key. Raises Forbidden (department), InvalidFields."""
    at = rfc3339(now)
    source = Source(
        id=ids.time_ordered_id(now),
        **given,
        mode=actor.mode,
        version=1,
        created_at=at,
        created_by=actor.staff_id,
        updated_at=at,
        updated_by=actor.staff_id,
    )
    actor.require_department(source.department)
    _check(source)
    tables.write(source, was=0)
    tables.look_at(source.id, at if source.active else "")
    return source


def change(source_id: str, given: Mapping[str, Any], *, version: int, actor: Actor, now: datetime) -> Source:
    """Changes what is `given` of a source that is still at `version`.

    A change of what would be launched, or to whom, ends its rule. Raises NotFound; Forbidden; Conflict for
    another version; InvalidFields.
    """
    source = _of(source_id, version, actor=actor)
    changed = replace(source, **given)
    actor.require_department(changed.department)
    _check(changed)
    if any(getattr(changed, name) != getattr(source, name) for name in MARKED):
        changed = replace(changed, rule=None)
    changed = _written(changed, actor=actor, now=now)
    if (source.active, source.every, source.url) != (changed.active, changed.every, changed.url):
        tables.look_at(source.id, rfc3339(now) if changed.active else "")
    return changed


def set_rule(
    source_id: str,
    conditions: Conditions,
    *,
    signed: bool,
    most_a_day: int,
    version: int,
    actor: Actor,
    now: datetime,
) -> Source:
    """Lets a source launch by itself what meets the conditions; the actor answers for it.

    Raises NotFound; Forbidden; Conflict for another version; InvalidFields for a rule without any condition.
    """
    source = _of(source_id, version, actor=actor)
    if conditions == Conditions():
        raise InvalidFields(FieldError("/conditions", "Say what is launched: a rule without one means all."))
    rule = Rule(conditions, signed, most_a_day, actor.staff_id, rfc3339(now))
    return _written(replace(source, rule=rule), actor=actor, now=now)


def end_rule(source_id: str, *, actor: Actor, now: datetime) -> Source:
    """From now on nothing of a source is launched by itself. Raises NotFound, Forbidden, Conflict."""
    source = _of(source_id, None, actor=actor)
    return _written(replace(source, rule=None), actor=actor, now=now)


def delete(source_id: str, *, actor: Actor) -> None:
    """Deletes a source, and what is known of its messages; its alerts stay. Raises NotFound, Forbidden."""
    _of(source_id, None, actor=actor)
    tables.remove(source_id)


def try_out(source_id: str, *, actor: Actor, now: datetime, wiring: Wiring) -> Tried:
    """Looks at a source now, whole, and says what would become of it; nothing is kept.

    Raises NotFound, Forbidden.
    """
    source = _of(source_id, None, actor=actor)
    try:
        found = look(source, Watch(), now=now, wiring=wiring)
    except Failed as failed:
        return Tried(problem=str(failed))
    assert found.answer is not None
    try:
        entries = feeds.entries(found.answer.body, url=found.answer.url)
    except Failed as failed:
        return Tried(problem=str(failed))
    judged = tuple(_tried(one, source, now=now, wiring=wiring) for one in entries[:TOLD])
    return Tried(messages=judged, more=max(0, len(entries) - TOLD))


def status(source: Source, watch: Watch, *, now: datetime) -> str:
    """How a source stands: `paused`, `new` before its first look, `silent`, `failing` or `ok`."""
    if not source.active:
        return "paused"
    if not watch.looked_at:
        return "new"
    if times.is_silent(source, watch, now=now):
        return "silent"
    return "failing" if watch.failures else "ok"


def _tried(entry: Any, source: Source, *, now: datetime, wiring: Wiring) -> tuple[Message | None, str, str]:
    try:
        message, by = message_of(entry, now=now, wiring=wiring)
    except Failed as failed:
        return None, "unread", str(failed)
    except CrierError as refused:
        return None, "refused", refused.code
    judged = judge(
        message,
        source,
        signed=bool(by),
        first=False,
        references=known_references,
        lasts=timedelta(minutes=wiring.settings.alert_minutes),
        now=now,
    )
    return message, str(judged.fate), judged.why


def _of(source_id: str, version: int | None, *, actor: Actor) -> Source:
    source = tables.read(source_id)
    actor.require_department(source.department)
    if source.mode != actor.mode:
        raise Forbidden(
            f"This source was set up with a key of mode {source.mode}; use such a one.", code="wrong-mode"
        )
    if version is not None and source.version != version:
        raise tables.changed_meanwhile()
    return source


def _check(source: Source) -> None:
    """Raises InvalidFields with every wrong place of a source."""
    found = [error] if (error := public(source.url, pointer="/url")) else []
    known = topics.get_all(source.topics) if source.topics else {}
    found += [
        FieldError(f"/topics/{number}", "No topic has this id.")
        for number, one in enumerate(source.topics)
        if one not in known
    ]
    if found:
        raise InvalidFields(*found)


def _written(source: Source, *, actor: Actor, now: datetime) -> Source:
    changed = replace(source, version=source.version + 1, updated_at=rfc3339(now), updated_by=actor.staff_id)
    tables.write(changed, was=source.version)
    return changed
