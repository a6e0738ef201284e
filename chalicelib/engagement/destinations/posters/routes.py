"""Routes of posters, for staff; the public one, `/q/{code}`, is on the click path (`engagement.track`)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.http import Call, Listing, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS
from chalicelib.engagement.destinations.posters import manage, tables, views

ONE = "/v1/posters/{code}"
WEEK = timedelta(days=6)
DAY = timedelta(days=1)
LONGEST = timedelta(days=400)

routes = Routes("posters", tag="Destinations")


@routes.staff(
    "POST", "/v1/posters", roles=COMMUNICATORS, body=views.NewPoster, returns=views.PosterView, status=201
)
def create_poster(call: Call) -> views.PosterView:
    """Makes a poster: a short address with its QR code to print, whose scans are counted."""
    settings = call.wiring.settings
    made = manage.create(call.body.model_dump(), actor=call.actor, now=call.now, settings=settings)
    return views.whole(made, moment=rfc3339(call.now), settings=settings)


@routes.staff("GET", "/v1/posters", roles=VIEWERS, query=Listing, returns=PageOf[views.PosterSummary])
def list_posters(call: Call) -> PageOf[views.PosterSummary]:
    """Lists posters, the newest first, without their codes' pictures."""
    found = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    moment, settings = rfc3339(call.now), call.wiring.settings
    return PageOf(
        items=[views.summary(one, moment=moment, settings=settings) for one in found.items], next=found.next
    )


@routes.staff("GET", ONE, roles=VIEWERS, returns=views.PosterView)
def show_poster(call: Call, code: str) -> views.PosterView:
    """Shows a poster with its QR code, and how large to print it."""
    return views.whole(tables.read(code), moment=rfc3339(call.now), settings=call.wiring.settings)


@routes.staff("PATCH", ONE, roles=COMMUNICATORS, body=views.PosterChanges, returns=views.PosterView)
def change_poster(call: Call, code: str) -> views.PosterView:
    """Changes a poster: also where the ones that hang already lead, and when they are over."""
    settings = call.wiring.settings
    changed = manage.change(code, call.body.given(), actor=call.actor, settings=settings)
    return views.whole(changed, moment=rfc3339(call.now), settings=settings)


@routes.staff("GET", ONE + "/scans", roles=VIEWERS, query=views.PeriodQuery, returns=views.ScansView)
def count_scans(call: Call, code: str) -> views.ScansView:
    """Tells how often a poster was scanned, by day and by hour: by people, and by programs."""
    zone = ZoneInfo(call.wiring.settings.time_zone)
    until = call.query.until or call.now.astimezone(zone).date()
    since = call.query.since or until - WEEK
    if not timedelta() <= until - since < LONGEST:
        raise InvalidFields(FieldError("since", "Ask for 1 to 400 days, the first one first."))
    tables.read(code)
    first, last = ((one + step).isoformat() for one, step in ((since, -DAY), (until, DAY)))
    found = tables.days(code, first=first, last=last, wiring=call.wiring)
    return views.scans_view(found, since=since, until=until, zone=zone)
