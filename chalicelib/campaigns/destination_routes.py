"""The route of where people went in a period."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.campaigns.destinations import destinations
from chalicelib.core.endpoints import Model
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.fields import Slug
from chalicelib.core.http import Call, Routes
from chalicelib.core.staff import VIEWERS
from chalicelib.engagement.destinations.pages import PageOver

USUAL = timedelta(days=27)
LONGEST = timedelta(days=92)

routes = Routes("destinations", tag="Destinations")


class DestinationsQuery(Model):
    """Which campaigns: launched on these days where the agency is, the last one included; at most 92."""

    since: date | None = Field(None, description="The first day; else four weeks up to the last.")
    until: date | None = Field(None, description="The last day; else today.")
    department: Slug | None = None
    topic: Slug | None = Field(None, description="Campaigns to this topic, and perhaps to others.")


class DestinationsView(Model):
    """The pages that campaigns led people to, the most visited first."""

    since: str
    until: str
    campaigns: int
    destinations: list[PageOver]


@routes.staff("GET", "/v1/destinations", roles=VIEWERS, query=DestinationsQuery, returns=DestinationsView)
def list_destinations(call: Call) -> DestinationsView:
    """Tells which pages the campaigns of a period led people to, over all of their links."""
    query = call.query
    until = query.until or call.now.astimezone(ZoneInfo(call.wiring.settings.time_zone)).date()
    since = query.since or until - USUAL
    if not timedelta() <= until - since < LONGEST:
        raise InvalidFields(FieldError("since", "Ask for 1 to 92 days, the first one first."))
    campaigns, found = destinations(
        since, until, department=query.department, topic=query.topic, wiring=call.wiring
    )
    return DestinationsView(
        since=since.isoformat(), until=until.isoformat(), campaigns=campaigns, destinations=found
    )
