"""Making posters and changing where they lead; staff's own verbs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.core import departments
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields, NotFound
from chalicelib.core.settings import Settings
from chalicelib.core.sites import leads_to
from chalicelib.core.staff import Actor
from chalicelib.delivery.markdown import normalised, scheme
from chalicelib.engagement.destinations.parameters import Parameters, slug
from chalicelib.engagement.destinations.posters import tables
from chalicelib.engagement.destinations.posters.model import Poster, new_code
from chalicelib.subscribers import invitations

MEDIUM = "qr"
TRIES = 5


def create(given: Mapping[str, Any], *, actor: Actor, now: datetime, settings: Settings) -> Poster:
    """Makes a poster of what staff gave (`Poster`'s fields). Raises Forbidden, InvalidFields."""
    actor.require_department(given["department"])
    poster = Poster(
        code="", target="", created_at=rfc3339(now), created_by=actor.staff_id, **_plain(given)
    )  # fmt: skip
    for _ in range(TRIES):
        named = replace(poster, code=new_code())
        leading = replace(named, target=_target(named, settings=settings))
        if tables.add(leading):
            return leading
    raise Conflict("No code was free; try again.", code="no-code")


def change(code: str, given: Mapping[str, Any], *, actor: Actor, settings: Settings) -> Poster:
    """Changes what is given; what hangs already leads to the new place within a minute.

    An address takes the place of topics, and topics that of an address. Raises NotFound, Forbidden,
    InvalidFields.
    """
    poster = tables.read(code)
    actor.require_department(poster.department)
    plain = _plain(given)
    if "url" in plain and "topics" not in plain:
        plain["topics"] = ()
    elif "topics" in plain and "url" not in plain:
        plain["url"] = ""
    changed = replace(poster, **plain)
    changed = replace(changed, target=_target(changed, settings=settings))
    tables.replace(changed)
    return changed


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value or "" for name, value in given.items()}
    if "topics" in given:
        found["topics"] = tuple(given["topics"] or ())
    if given.get("url"):
        found["url"] = normalised(given["url"])
    return found


def _target(poster: Poster, *, settings: Settings) -> str:
    """Where a scan is sent. Raises InvalidFields."""
    if bool(poster.url) == bool(poster.topics):
        message = "Give either the address of a page or topics to sign up for."
        raise InvalidFields(FieldError("/url", message), FieldError("/topics", message))
    if poster.topics:
        return invitations.address(
            poster.topics, pointer="/topics", language=poster.language, settings=settings
        )
    sites, source = _of_department(poster.department)
    if scheme(poster.url) != "https" or not leads_to(poster.url, sites):
        named = ", ".join(sites) or "none yet: PUT /v1/departments/{id}"
        message = f"Give an https:// address of one of the department's own sites ({named})."
        raise InvalidFields(FieldError("/url", message))
    if not source:
        return poster.url
    shared = Parameters(source, poster.utm_campaign or slug(poster.name) or poster.code, tuple(sites))
    return shared.added(poster.url, medium=MEDIUM, content=poster.code)


def _of_department(department_id: str) -> tuple[list[str], str]:
    """A department's sites, and the source that its links name; neither where it was not set up."""
    try:
        department = departments.get(department_id)
    except NotFound:
        return [], ""
    return list(department.sites or ()), department.utm_source or ""
