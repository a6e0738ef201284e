"""Setting sources up, changing them, letting them send, and trying one out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.campaigns import approval, complete, draft, reach
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.sources import campaign as becoming
from chalicelib.campaigns.sources import identity, news, page, tables, times
from chalicelib.campaigns.sources.look import look
from chalicelib.campaigns.sources.model import Draft, Item, Kind, Rule, Source, Watch
from chalicelib.core import departments, ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, FieldError, Forbidden, InvalidFields
from chalicelib.core.polling import Failed
from chalicelib.core.staff import APPROVERS, Actor
from chalicelib.core.web import public
from chalicelib.core.wiring import Wiring

TOLD = 20
NO_SELECTOR = "Give a CSS selector of the part to watch, such as main or #news."


@dataclass(frozen=True)
class Tried:
    """What a look at a source would bring now: `problem`, or items, each with whether it is new.

    `newest` is the campaign that the newest would become. Of a page, the only item is all that it shows.
    """

    problem: str = ""
    items: tuple[tuple[Item, bool], ...] = ()
    newest: Campaign | None = None


def create(given: Draft, *, actor: Actor, now: datetime, wiring: Wiring) -> Source:
    """Sets a source up, of the mode of the actor's key. Raises Forbidden (department), InvalidFields."""
    actor.require_department(given.department)
    at = rfc3339(now)
    source = Source(
        id=ids.time_ordered_id(now),
        **{name: getattr(given, name) for name in Draft.__dataclass_fields__},
        mode=actor.mode,
        version=1,
        created_at=at,
        created_by=actor.staff_id,
        updated_at=at,
        updated_by=actor.staff_id,
        authors=(actor.staff_id,),
    )
    _check(source, actor=actor, now=now, wiring=wiring)
    source = _agreed(source, actor=actor, now=now)
    tables.write(source, was=0)
    tables.look_at(source.id, at if source.active else "")
    return source


def change(
    source_id: str, given: Mapping[str, Any], *, version: int, actor: Actor, now: datetime, wiring: Wiring
) -> Source:
    """Changes what is `given` (fields of Draft) of a source that is still at `version`.

    A change of what would be sent, or to whom, or of where it comes from ends the agreement that it is sent.
    Raises NotFound; Forbidden; Conflict for another version; InvalidFields.
    """
    source = _of(source_id, version, actor=actor)
    changed = replace(
        source, **given, version=version + 1, updated_at=rfc3339(now), updated_by=actor.staff_id
    )
    actor.require_department(changed.department)
    _check(changed, actor=actor, now=now, wiring=wiring)
    if _decided(changed) != _decided(source):
        authors = tuple(dict.fromkeys((*source.authors, actor.staff_id)))
        changed = _agreed(replace(changed, authors=authors), actor=actor, now=now)
    tables.write(changed, was=version)
    if (source.active, source.every, source.url, source.selector) != (
        changed.active,
        changed.every,
        changed.url,
        changed.selector,
    ):
        tables.look_at(source.id, rfc3339(now) if changed.active else "")
    return changed


def delete(source_id: str, *, actor: Actor) -> None:
    """Deletes a source, and what is known of its items; its campaigns stay. Raises NotFound, Forbidden."""
    _of(source_id, None, actor=actor)
    tables.remove(source_id)


def approve(source_id: str, *, version: int, actor: Actor, now: datetime) -> Source:
    """Agrees that a source's items are sent, as it stands at the version that the approver saw.

    Raises NotFound; Forbidden (`second-person`); Conflict for another version, or where its rule is `draft`.
    """
    source = _of(source_id, version, actor=actor)
    if source.rule != Rule.SEND:
        raise Conflict("The rule of this source is to draft; nothing of it is sent.", code="wrong-state")
    _require_other(source, actor)
    agreed = replace(_with_agreement(source, actor=actor, now=now), version=version + 1)
    tables.write(agreed, was=version)
    return agreed


def try_out(source_id: str, *, actor: Actor, now: datetime, wiring: Wiring) -> Tried:
    """Looks at a source now, whole, and says what would come; nothing is kept. Raises NotFound, Forbidden."""
    source = _of(source_id, None, actor=actor)
    try:
        seen = look(source, Watch(), web=wiring.web, now=now)
    except Failed as failed:
        return Tried(problem=str(failed))
    items = list(seen.items)
    if source.kind == Kind.PAGE:
        watch = tables.watch_of(source_id)
        found = page.news(watch.page, seen.text, since=watch.page_at, title=seen.title)
        items = [found] if found else []
    known = news.known(source_id, [identity.keys(one) for one in items], wiring)
    judged = tuple((one, identity.keys(one)[0] not in known) for one in items[:TOLD])
    zone, at = wiring.settings.time_zone, rfc3339(now)
    newest = becoming.draft(source, items[0], campaign_id="", at=at, time_zone=zone) if items else None
    return Tried(items=judged, newest=newest)


def status(source: Source, watch: Watch, *, now: datetime) -> str:
    """How a source stands: `paused`, `new` before its first look, `failing`, `silent` or `ok`."""
    if not source.active:
        return "paused"
    if watch.failures:
        return "failing"
    if not watch.seen_at:
        return "new"
    return "silent" if times.is_silent(source, watch, now=now) else "ok"


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


def _check(source: Source, *, actor: Actor, now: datetime, wiring: Wiring) -> None:
    """Raises InvalidFields with every wrong place of the source, and of the campaigns that it would make."""
    found = [error] if (error := public(source.url, pointer="/url", plain=True)) else []
    if source.kind == Kind.PAGE and not page.is_selector(source.selector):
        found.append(FieldError("/selector", NO_SELECTOR))
    if source.kind == Kind.FEED and source.selector:
        found.append(FieldError("/selector", "Only of a page a part is chosen."))
    settings = wiring.settings
    if source.default_language in settings.languages:
        sample = becoming.sample(source, at=rfc3339(now), time_zone=settings.time_zone)
        found += [*draft.errors(sample, actor=actor, now=now, settings=settings), *complete.missing(sample)]
    else:
        found.append(FieldError("/default_language", f"Offered are {', '.join(settings.languages)}."))
    if found:
        raise InvalidFields(*dict.fromkeys(found))


def _decided(source: Source) -> tuple[Any, ...]:
    """All that decides what is sent, and to whom."""
    campaign = approval.decided(becoming.templated(source))
    return (
        campaign,
        source.kind,
        source.url,
        source.selector,
        source.rule,
        source.most_a_day,
        source.takes_old,
    )


def _agreed(source: Source, *, actor: Actor, now: datetime) -> Source:
    """The source after a change: agreed on by whoever changed it, if that person may by herself."""
    without = replace(source, approved_at="", approved_by="", digest="")
    alone = actor.roles & APPROVERS and not departments.asks_for_two(source.department)
    if source.rule != Rule.SEND or not alone:
        return without
    return _with_agreement(without, actor=actor, now=now)


def _with_agreement(source: Source, *, actor: Actor, now: datetime) -> Source:
    templated = becoming.templated(source)
    digest = approval.digest(templated, reach.meaning(templated))
    return replace(source, approved_at=rfc3339(now), approved_by=actor.staff_id, digest=digest)


def _require_other(source: Source, actor: Actor) -> None:
    two_person = departments.asks_for_two(source.department)
    approval.require_other(becoming.templated(source), actor.staff_id, two_person=two_person)
