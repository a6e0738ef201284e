"""Writing templates, letting one person launch one, and bringing in the standard ones."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.alerts.templates import rules, tables
from chalicelib.alerts.templates.model import Draft, Template, digest
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, Forbidden, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Actor

STANDARD = "standard"
"""No template's id: its path brings in the standard ones."""


def create(template_id: str, given: Draft, *, actor: Actor, now: datetime, settings: Settings) -> Template:
    """Writes a new template. Raises InvalidFields; Conflict (`template-exists`)."""
    template = _written(template_id, given, actor=actor, now=now)
    _check(template, settings=settings)
    if template_id == STANDARD or not tables.add(template):
        raise Conflict(
            "An alert template with this id exists; choose another id.",
            code="template-exists",
        )
    return template


def change(
    template_id: str,
    given: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    now: datetime,
    settings: Settings,
) -> Template:
    """Changes what is `given` (fields of Draft) of a template that is still at `version`.

    Whatever decides what is said, to whom or how it is launched ends the pre-authorisation, though it be
    changed back. Raises NotFound; Conflict for another version; InvalidFields.
    """
    template = _at(template_id, version)
    changed = replace(
        template, **given, version=version + 1, updated_at=rfc3339(now), updated_by=actor.staff_id
    )
    if digest(changed) != digest(template):
        authors = tuple(dict.fromkeys((*template.authors, actor.staff_id)))
        changed = _without_authorisation(replace(changed, authors=authors))
    _check(changed, settings=settings)
    tables.replace(changed, was=version)
    return changed


def authorise(template_id: str, *, version: int, actor: Actor, now: datetime) -> Template:
    """Lets one person launch alerts of a template, as it stands at the version that the approver saw.

    Raises NotFound; Forbidden (`second-person`) for one who wrote it; Conflict for another version, or
    (`template-unfinished`) where corrections are missing.
    """
    template = _at(template_id, version)
    if actor.staff_id in template.authors:
        raise Forbidden("You wrote this template; somebody else must agree to it.", code="second-person")
    if lacking := rules.missing(template):
        raise Conflict(
            "This template lacks corrections; nothing can be launched of it.",
            code="template-unfinished",
            errors=lacking,
        )
    agreed = replace(
        template,
        version=version + 1,
        authorised_at=rfc3339(now),
        authorised_by=actor.staff_id,
        digest=digest(template),
    )
    tables.replace(agreed, was=version)
    return agreed


def withdraw(template_id: str, *, now: datetime, actor: Actor) -> Template:
    """Ends a template's pre-authorisation, whatever its version; where it has none, nothing is changed."""
    template = tables.read(template_id)
    if not template.digest:
        return template
    ended = replace(
        _without_authorisation(template),
        version=template.version + 1,
        updated_at=rfc3339(now),
        updated_by=actor.staff_id,
    )
    tables.replace(ended, was=template.version)
    return ended


def remove(template_id: str) -> None:
    """Deletes a template; alerts that were made of it keep their words. Raises NotFound."""
    tables.remove(tables.read(template_id).id)


def add_standard(*, actor: Actor, now: datetime, settings: Settings) -> list[Template]:
    """Writes the standard templates whose ids are not taken, in the languages offered; answers with them."""
    from chalicelib.alerts.templates.standard import standard

    made = [
        _written(template_id, draft, actor=actor, now=now)
        for template_id, draft in standard(settings=settings).items()
    ]
    return [template for template in made if tables.add(template)]


def _written(template_id: str, given: Draft, *, actor: Actor, now: datetime) -> Template:
    at = rfc3339(now)
    return Template(
        id=template_id,
        **{name: getattr(given, name) for name in Draft.__dataclass_fields__},
        created_at=at,
        created_by=actor.staff_id,
        updated_at=at,
        updated_by=actor.staff_id,
        authors=(actor.staff_id,),
    )


def _at(template_id: str, version: int) -> Template:
    template = tables.read(template_id)
    if template.version != version:
        raise tables.changed_meanwhile()
    return template


def _without_authorisation(template: Template) -> Template:
    return replace(template, authorised_at="", authorised_by="", digest="")


def _check(template: Template, *, settings: Settings) -> None:
    if found := [*rules.errors(template, settings=settings), *rules.things_errors(template)]:
        raise InvalidFields(*dict.fromkeys(found))
