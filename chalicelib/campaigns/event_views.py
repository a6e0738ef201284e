"""What requests and answers of campaigns hold of events."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.campaigns.model import Event
from chalicelib.core.endpoints import Model
from chalicelib.core.errors import FieldError
from chalicelib.core.fields import Email, Language, Line, Moment
from chalicelib.core.settings import Settings
from chalicelib.delivery import markdown
from chalicelib.subscribers.profile import zone_problem

ByLanguage = Annotated[
    Line | dict[Language, Line],
    Field(description="By language, or one text that is the same in all of them."),
]
Zone = Annotated[str, StringConstraints(max_length=64), Field(description="An IANA time zone.")]
Address = Annotated[str, StringConstraints(max_length=2_000), Field(description="Of a page about it.")]


class Organiser(Model):
    """Who invites, as calendars show it."""

    name: Line
    email: Email


class EventModel(Model):
    """What a campaign invites to. Calendars show it in its own zone, as it is meant.

    Without a `title` it has the subject's; without a `zone`, the deployment's; without an `organiser`, the
    department's.
    """

    starts_at: Moment
    ends_at: Moment
    zone: Zone | None = None
    title: ByLanguage | None = None
    place: ByLanguage | None = None
    url: Address | None = None
    organiser: Organiser | None = None


def event_of(given: EventModel | None, *, settings: Settings) -> Event | None:
    """An event as the room has it."""
    if given is None:
        return None
    by = given.organiser
    return Event(
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        zone=given.zone or settings.time_zone,
        title=_texts(given.title),
        place=_texts(given.place),
        url=given.url or "",
        organiser=by.name if by else "",
        organiser_email=str(by.email) if by else "",
    )


def event_view(event: Event | None) -> EventModel | None:
    """An event as answers hold it."""
    if event is None:
        return None
    by = Organiser(name=event.organiser, email=event.organiser_email) if event.organiser else None
    return EventModel(
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        zone=event.zone,
        title=_given(event.title),
        place=_given(event.place),
        url=event.url or None,
        organiser=by,
    )


def event_errors(event: Event | None, *, settings: Settings) -> list[FieldError]:
    """What is wrong in an event, each by its place."""
    if event is None:
        return []
    offered = ", ".join(settings.languages)
    found = [
        FieldError(f"/event/{name}/{tag}", f"Offered are {offered}.")
        for name, texts in (("title", event.title), ("place", event.place))
        for tag in texts
        if tag and tag not in settings.languages
    ]
    if problem := zone_problem(event.zone):
        found.append(FieldError("/event/zone", problem))
    if event.ends_at <= event.starts_at:
        found.append(FieldError("/event/ends_at", "An event ends after it starts."))
    if event.url and (markdown.scheme(event.url) not in markdown.WEB or not markdown.is_allowed(event.url)):
        found.append(FieldError("/event/url", "Begin with https://."))
    return found


def _texts(given: str | Mapping[str, str] | None) -> dict[str, str]:
    return {"": given} if isinstance(given, str) else dict(given or {})


def _given(texts: Mapping[str, str]) -> str | dict[str, str] | None:
    return texts[""] if "" in texts else dict(texts) or None
