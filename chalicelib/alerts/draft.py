"""Making an alert, changing it before it is launched, deleting it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.alerts import access, areas, checks, compose, release, states, tables
from chalicelib.alerts.cap import rules
from chalicelib.alerts.cap.model import ALERT, UPDATE, Message
from chalicelib.alerts.cap.related import with_defaults
from chalicelib.alerts.compose import Composed, Given, Setting
from chalicelib.alerts.follow import run
from chalicelib.alerts.follow.message import updating
from chalicelib.alerts.model import Alert
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.alerts.states import State
from chalicelib.alerts.templates import tables as templates
from chalicelib.alerts.words import STATUS
from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring

FREE_OF_CAP = ("department", "areas", "without_place", "accounts", "origin", *compose.STEERING)
"""What can be given beside a CAP message that came from outside."""


def create(
    given: Given,
    *,
    actor: Actor,
    source: str = "",
    follows: Alert | None = None,
    now: datetime,
    wiring: Wiring,
) -> Alert:
    """Drafts an alert of a template or in one's own words, of the mode of the actor's key.

    What `follows` another is a CAP Update of it. Raises Forbidden (`wrong-department`); InvalidFields naming
    each wrong field; Conflict (`template-unfinished`).
    """
    return _create(
        given,
        None,
        by=actor.staff_id,
        actor=actor,
        source=source,
        follows=follows,
        now=now,
        wiring=wiring,
    )


def composed(given: Given, *, actor: Actor, now: datetime, wiring: Wiring) -> Composed:
    """What would be drafted, and is not written: for whoever drafts later. Raises as `create`."""
    actor.require_department(given["department"])
    return _made(ids.time_ordered_id(now), given, None, None, actor, now, wiring)


def take(
    message: Message,
    given: Given,
    *,
    follows: Alert | None = None,
    actor: Actor,
    source: str = "",
    now: datetime,
    wiring: Wiring,
) -> Alert:
    """Drafts an alert of a CAP message as it came; `given` says whom it goes to (`FREE_OF_CAP`).

    An Update from a source `follows` what it updates, where that was launched.

    Where no areas are given, they are the message's own. Raises as `create`; Conflict (`message-known`) where
    an alert was made of it before.
    """
    if wrong := _not_taken(message, actor.mode, source=source, now=now):
        raise InvalidFields(*wrong)
    lasts = timedelta(minutes=wiring.settings.alert_minutes)
    message = with_defaults(message, lasts=lasts)
    return _create(
        given,
        message,
        by=actor.staff_id,
        actor=actor,
        source=source,
        follows=follows,
        now=now,
        wiring=wiring,
    )


def change(
    alert_id: str, changes: Mapping[str, Any], *, version: int, actor: Actor, now: datetime, wiring: Wiring
) -> Alert:
    """Changes what was given of an alert that is still at `version`, and was not launched.

    Whatever is told otherwise, or to others, ends preview and approval, and who changed it is an author.
    Raises NotFound; Forbidden; InvalidFields; Conflict for another state or version.
    """
    alert = access.of_department_and_mode(alert_id, actor=actor)
    states.require("change", alert.state)
    if alert.version != version:
        raise tables.changed_meanwhile()
    if alert.as_it_came and (fixed := sorted(changes.keys() - set(FREE_OF_CAP))):
        why = "This message came as CAP, and is kept as it came."
        raise InvalidFields(*(FieldError(f"/{name}", why) for name in fixed))
    given = {name: value for name, value in {**alert.given, **changes}.items() if value is not None}
    actor.require_department(given["department"])
    message = alert.message if alert.as_it_came else None
    follows = tables.read(alert.follows) if alert.follows else None
    made = _made(alert.id, given, message, follows, actor, now, wiring)
    changed = replace(
        _with(alert, made, given),
        version=alert.version + 1,
        updated_at=rfc3339(now),
        updated_by=actor.staff_id,
        authors=tuple(dict.fromkeys((*alert.authors, actor.staff_id))),
    )
    changed = release.returned(changed)
    tables.replace(changed, was=alert, wiring=wiring)
    note(alert.id, Event.CHANGED, by=actor.staff_id, detail=_noted(changed), now=now, wiring=wiring)
    return changed


def delete(alert_id: str, *, actor: Actor, wiring: Wiring) -> None:
    """Deletes a draft. Raises NotFound, Forbidden, Conflict."""
    alert = access.of_department_and_mode(alert_id, actor=actor)
    states.require("delete", alert.state)
    tables.remove(alert, wiring=wiring)


def _create(
    given: Given,
    message: Message | None,
    *,
    by: str,
    actor: Actor,
    source: str = "",
    follows: Alert | None = None,
    now: datetime,
    wiring: Wiring,
) -> Alert:
    given = {name: value for name, value in given.items() if value is not None}
    actor.require_department(given["department"])
    alert_id, at = ids.time_ordered_id(now), rfc3339(now)
    if message is not None and not given.get("areas"):
        given["areas"] = areas.from_cap(message.infos)
    made = _made(alert_id, given, message, follows, actor, now, wiring)
    blank = Alert(
        id=alert_id,
        event=made.event,
        department=given["department"],
        mode=actor.mode,
        message=made.message,
        words=made.words,
        default_language=wiring.settings.default_language,
        channels=made.channels,
        state=State.DRAFT,
        version=1,
        created_at=at,
        created_by=by,
        updated_at=at,
        updated_by=by,
        authors=(by,),
        source=source,
        as_it_came=message is not None,
        follows=follows.id if follows else "",
    )
    alert = _with(blank, made, given)
    tables.add(alert, wiring=wiring)
    event = Event.TRIGGERED if source else Event.DRAFTED
    note(alert.id, event, by=by, detail=_noted(alert), once=Event.DRAFTED, now=now, wiring=wiring)
    return alert


def _made(
    alert_id: str,
    given: Given,
    message: Message | None,
    follows: Alert | None,
    actor: Actor,
    now: datetime,
    wiring: Wiring,
) -> Composed:
    """All that is told, checked. Raises InvalidFields with every wrong place."""
    as_they_came = message is not None and given["areas"] == areas.from_cap(message.infos)
    if wrong := [] if as_they_came else areas.errors(given["areas"]):
        raise InvalidFields(*wrong)
    settings = wiring.settings
    known = areas.read(given["areas"])
    if not as_they_came:  # what came is drafted and looked at; the preview refuses an area that is not known
        areas.resolved(given["areas"], known)
    at = Setting(alert_id, actor.mode, now, known, settings)
    if message is not None:
        made = compose.of_message(message, given, at)
    elif given.get("template"):
        made = compose.of_template(given, _template(given["template"]), at)
    else:
        made = compose.of_own_words(given, at)
    if follows is not None and message is None:
        newer = updating(made.message, run.related(follows), now=now, settings=settings)
        made = replace(made, message=newer)
    if found := checks.errors(
        made, given, as_it_came=message is not None, actor=actor, now=now, settings=settings
    ):
        raise InvalidFields(*found)
    return made


def _template(template_id: str) -> Any:
    try:
        return templates.read(template_id)
    except NotFound:
        raise InvalidFields(FieldError("/template", "No template has this id.")) from None


def _not_taken(message: Message, mode: str, *, source: str, now: datetime) -> Sequence[FieldError]:
    """What keeps a CAP message from becoming an alert of a mode."""
    if broken := rules.broken(message, now=now):
        return broken
    found = []
    if message.status != STATUS[mode]:
        why = f"A key of mode {mode} takes messages of status {STATUS[mode]}."
        found.append(FieldError("/status", why))
    # A source follows what was launched of it by itself; of all else an update is news.
    if message.message_type not in ((ALERT, UPDATE) if source else (ALERT,)):
        found.append(
            FieldError("/msgType", "Only an Alert is drafted; update, cancel or end one that stands.")
        )
    if not message.infos:
        found.append(FieldError("/info", "It says nothing."))
    return found


def _with(alert: Alert, made: Composed, given: Given) -> Alert:
    """The alert with what is made of what was given."""
    origin, default = given.get("origin"), alert.default_language
    return replace(
        alert,
        **vars(made),
        default_language=default if default in made.words else next(iter(made.words)),
        department=given["department"],
        given=given,
        template=given.get("template", ""),
        areas=tuple(given["areas"]),
        origin=(origin["latitude"], origin["longitude"]) if origin else None,
        without_place=given["without_place"],
        accounts=tuple(given.get("accounts", ())),
    )


def _noted(alert: Alert) -> dict[str, Any]:
    return {"version": alert.version, "mode": alert.mode, "template": alert.template, "source": alert.source}
