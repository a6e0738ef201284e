"""What residents' pages show and what their forms hold, as plain data: no table, no clock, no request."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlencode

from chalicelib.core import i18n
from chalicelib.core.errors import InvalidFields
from chalicelib.subscribers.model import SIGN_UP_CHANNELS
from chalicelib.subscribers.topics import Topic, a_month

Form = Mapping[str, Sequence[str]]
Errors = dict[str, str]

MAX_NAME = 100
COMMON_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)


@dataclass(frozen=True)
class Worded:
    """A text that staff wrote. `lang` is its language where that is not the page's, for screen readers."""

    text: str
    lang: str | None = None


@dataclass(frozen=True)
class TopicView:
    """A topic as a page shows it, with the channels that the person chose for it.

    `often`: how often something is sent, in words; `sample`: the latest campaign that everybody can read.
    Both are empty where nothing was sent lately.
    """

    id: str
    name: Worded
    description: Worded
    channels: tuple[str, ...] = ()
    often: str = ""
    sample: str = ""


@dataclass(frozen=True)
class CategoryView:
    """A category with its topics."""

    name: Worded
    topics: tuple[TopicView, ...]


@dataclass(frozen=True)
class SignUpForm:
    """The sign-up form, as typed. `categories` are those of which all topics are wanted.

    `channel`: the one that a link asks for, or empty for all; `area` is picked, `postcode` typed.
    """

    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channel: str = ""
    area: str = ""
    postcode: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    language: str = ""


@dataclass(frozen=True)
class Zone:
    """A time zone under the name that people call it."""

    id: str
    name: str


@dataclass(frozen=True)
class Zones:
    """The time zones to choose from."""

    common: tuple[Zone, ...]
    all: tuple[str, ...]


def only(form: Form, field: str) -> str:
    """The one value of a field, stripped; empty where there is none."""
    return next(iter(form.get(field, ())), "").strip()


def read_sign_up(form: Form) -> SignUpForm:
    """The sign-up form out of what was posted, or out of a link that fills it in."""
    channel = only(form, "channel")
    return SignUpForm(
        topics=tuple(dict.fromkeys(form.get("topic", ()))),
        categories=tuple(dict.fromkeys(form.get("category", ()))),
        channel=channel if channel in SIGN_UP_CHANNELS else "",
        area=only(form, "area"),
        postcode=only(form, "postcode"),
        email=only(form, "email"),
        phone=only(form, "phone"),
        name=only(form, "name"),
        language=only(form, "language"),
    )


def link_query(form: SignUpForm) -> str:
    """What of a form a link to it carries: never an address or a name."""
    given = [("topic", one) for one in form.topics] + [("category", one) for one in form.categories]
    given += [("channel", form.channel), ("area", form.area)]
    return urlencode([(name, value) for name, value in given if value])


def worded(texts: Mapping[str, str], language: str) -> Worded:
    """The text in the language nearest to the page's; empty where there is none at all."""
    if not texts:
        return Worded("")
    chosen = i18n.pick(language, tuple(texts))
    return Worded(texts[chosen], None if chosen == language else chosen)


def by_category(
    topics: Iterable[Topic],
    language: str,
    *,
    default_language: str,
    now: datetime,
    chosen: Mapping[str, Collection[str]] | None = None,
) -> list[CategoryView]:
    """The topics by category, both by name. `chosen`: the person's channels by topic id."""
    groups: dict[str, list[TopicView]] = {}
    for topic in topics:
        view = TopicView(
            id=topic.id,
            name=worded(topic.name, language),
            description=worded(topic.description, language),
            channels=tuple((chosen or {}).get(topic.id, ())),
            often=often(a_month(topic, now=now), language),
            sample=topic.sent[-1][1] if topic.sent else "",
        )
        groups.setdefault(topic.category, []).append(view)
    lang = None if language == default_language else default_language
    return [
        CategoryView(Worded(category, lang), tuple(sorted(views, key=lambda view: view.name.text.casefold())))
        for category, views in sorted(groups.items(), key=lambda group: group[0].casefold())
    ]


def often(number: float, language: str) -> str:
    """How often something is sent, in words; empty where nothing was."""
    say = i18n.translate(language)
    if number <= 0:
        return ""
    if number < 0.75:
        return say.gettext("Less than one message a month")
    whole = round(number)
    words = say.ngettext("About %(num)s message a month", "About %(num)s messages a month", whole)
    return words % {"num": i18n.format_number(whole, language)}


def in_order(errors: Errors, fields: Sequence[str]) -> Errors:
    """The errors in the order in which the page has its fields."""
    return {field: errors[field] for field in (*fields, *errors) if field in errors}


def errors_of(error: InvalidFields, language: str) -> Errors:
    """The messages of a refusal by field (the head of each pointer), in the person's language."""
    found: Errors = {}
    for one in error.errors:
        field = one.pointer.strip("/").partition("/")[0]
        found.setdefault(field, i18n.translate(language).gettext(one.message))
    return found


def zones(language: str, *, current: str, agency: str) -> Zones:
    """The time zones to choose from: the agency's and usual ones by name, then all, `current` too."""
    known = all_zones()
    common = dict.fromkeys((agency, *COMMON_ZONES))
    rest = known if current in known or current in common else (current, *known)
    return Zones(
        common=tuple(Zone(zone, _zone_label(zone, language)) for zone in common),
        all=tuple(zone for zone in rest if zone not in common),
    )


def _zone_label(zone: str, language: str) -> str:
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{i18n.zone_name(zone, language)} ({city})"


@lru_cache(maxsize=1)
def all_zones() -> tuple[str, ...]:
    """The IANA zones that people live in, from the tz database's own table, and UTC."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    named = (line.split("\t")[2] for line in table.splitlines() if not line.startswith("#"))
    return (*sorted(named), "UTC")
