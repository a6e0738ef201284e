"""What requests and answers of posters hold."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from chalicelib.core import qr
from chalicelib.core.endpoints import Changes, Model
from chalicelib.core.fields import UTM, Language, Line, Moment, Slug
from chalicelib.core.settings import Settings
from chalicelib.engagement.destinations.pages import page_of
from chalicelib.engagement.destinations.posters import scans
from chalicelib.engagement.destinations.posters.model import DISTANCES_CM, Poster, side_mm, smallest_mm
from chalicelib.engagement.model import Class
from chalicelib.engagement.reports.views import SplitView

Address = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x20\x7f-\xa0\u2028\u2029]*$"),
    Field(
        description="An https address on one of the department's sites.",
        examples=["https://www.city.example/flu"],
    ),
]
Topics = Annotated[
    list[Slug], Field(min_length=1, max_length=20, description="Instead: topics to sign up for.")
]
Correction = Annotated[
    Literal["l", "m", "q", "h"],
    Field(description="How much of the code may be dirty or torn: 7, 15, 25 or 30 %."),
]
Utm = Annotated[str, StringConstraints(pattern=UTM), Field(description="Its `utm_campaign`; else its name.")]


class NewPoster(Model):
    """A poster to make, with either `url` or `topics`."""

    name: Line
    department: Slug
    url: Address | None = None
    topics: Topics | None = None
    language: Language | None = Field(None, description="Of the sign-up form; else the reader's own.")
    utm_campaign: Utm | None = None
    error_correction: Correction = "q"
    ends_at: Moment | None = Field(None, description="From then on, a page says that it is over.")


class PosterChanges(Changes):
    """What to change of a poster; its code stays. Null takes an end, a language or a name for analytics away.

    An address takes the place of topics, and topics that of an address.
    """

    CLEARABLE = frozenset({"ends_at", "language", "utm_campaign"})

    name: Line | SkipJsonSchema[None] = None
    url: Address | SkipJsonSchema[None] = None
    topics: Topics | SkipJsonSchema[None] = None
    language: Language | None = None
    utm_campaign: Utm | None = None
    error_correction: Correction | SkipJsonSchema[None] = None
    ends_at: Moment | None = None


class PosterSummary(Model):
    """A poster in a list. `address` is what its code says, and what can be typed; `target` where it leads."""

    code: str
    name: str
    department: str
    url: str | None
    topics: list[str]
    language: str | None
    utm_campaign: str | None
    error_correction: str
    address: str
    target: str
    created_at: str
    created_by: str
    ends_at: str | None
    ended: bool


class PrintSize(Model):
    """How large a code should be that is read from so far away; both sides alike, quiet zone included."""

    distance_cm: int
    side_mm: int


class PrintView(Model):
    """How to print a code. Keep the quiet zone light: nothing may stand in it."""

    modules: int = Field(description="To a side, with the quiet zone.")
    quiet_zone_modules: int
    smallest_mm: int = Field(description="The smallest side, quiet zone included, that reads well in print.")
    sizes: list[PrintSize]


class PosterView(PosterSummary):
    """A poster with its QR code: an SVG document, and a PNG in Base64.

    `alt` is for those who do not see the code where it is shown on a screen.
    """

    svg: str
    png: str
    alt: str
    print: PrintView


class PeriodQuery(Model):
    """The days of a report, in the agency's time zone, the last one included; at most 400."""

    since: date | None = Field(None, description="The first day; else a week before the last.")
    until: date | None = Field(None, description="The last day; else today.")


class DayScans(SplitView):
    """The scans of one day, in the agency's time zone."""

    day: str


class HourScans(SplitView):
    """The scans of one hour, which begins at `hour` (UTC)."""

    hour: str


class ScansView(SplitView):
    """How often a poster's code was scanned: by people, and by programs that say so of themselves.

    Hours and days without any are left out. Nobody is recognised: one person who scans twice is two scans.
    """

    since: str
    until: str
    days: list[DayScans]
    hours: list[HourScans]


def summary(poster: Poster, *, moment: str, settings: Settings) -> PosterSummary:
    """A poster in a list."""
    return PosterSummary(**_summed(poster, moment=moment, settings=settings))


def whole(poster: Poster, *, moment: str, settings: Settings) -> PosterView:
    """A poster, whole."""
    address = settings.url(poster.path)
    code = qr.drawn(address, level=poster.error_correction, title=poster.name)
    sizes = [PrintSize(distance_cm=one, side_mm=side_mm(code.modules, one)) for one in DISTANCES_CM]
    return PosterView(
        **_summed(poster, moment=moment, settings=settings),
        svg=code.svg,
        png=code.png,
        alt=f"QR code: {poster.name}. It leads to {page_of(poster.target)} and can be typed as {address}",
        print=PrintView(
            modules=code.modules,
            quiet_zone_modules=qr.QUIET_ZONE,
            smallest_mm=smallest_mm(code.modules),
            sizes=sizes,
        ),
    )


def _summed(poster: Poster, *, moment: str, settings: Settings) -> dict[str, Any]:
    values = {name: getattr(poster, name) for name in PosterSummary.model_fields.keys() & vars(poster).keys()}
    cleared = {name: values[name] or None for name in ("url", "language", "utm_campaign", "ends_at")}
    more = {"topics": list(poster.topics), "address": settings.url(poster.path)}
    return {**values, **cleared, **more, "ended": poster.has_ended(moment)}


def scans_view(
    found: Iterable[tuple[str, Mapping[str, Any]]], *, since: date, until: date, zone: ZoneInfo
) -> ScansView:
    """The counts of a period's items (`tables.days`), by hour, and by day where the agency is."""
    by_hour: dict[str, Counter[str]] = {}
    for day, item in found:
        for hour, more in scans.hours(day, item).items():
            by_hour.setdefault(hour, Counter()).update(more)
    by_day: dict[str, Counter[str]] = {}
    kept = {}
    for hour, counts in sorted(by_hour.items()):
        local = datetime.fromisoformat(f"{hour}:00+00:00").astimezone(zone).date()
        if since <= local <= until:
            kept[hour] = counts
            by_day.setdefault(local.isoformat(), Counter()).update(counts)
    return ScansView(
        since=since.isoformat(),
        until=until.isoformat(),
        days=[DayScans(day=day, **_split(one)) for day, one in by_day.items()],
        hours=[HourScans(hour=f"{hour}:00:00Z", **_split(one)) for hour, one in kept.items()],
        **_split(sum(by_day.values(), Counter())),
    )


def _split(counts: Mapping[str, int]) -> dict[str, int]:
    human, machine = counts.get(Class.HUMAN, 0), counts.get(Class.MACHINE, 0)
    return {"raw": human + machine, "machine": machine, "human": human}
