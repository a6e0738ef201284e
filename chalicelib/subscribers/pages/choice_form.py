"""The form of a person's choices: what stands in it, what was typed, what that means. Pure.

A field that a form lacks stays as it was: a page that was open before the form had it takes nothing back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from chalicelib.core import i18n
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.subscribers import profile
from chalicelib.subscribers.model import CADENCES, IMMEDIATE, Wishes
from chalicelib.subscribers.pages.forms import Form, only

FIELDS = (
    "again",
    "topics",
    "paused_until",
    "hours",
    "digest_hour",
    "name",
    "time_zone",
    "language",
    "tracking",
    "wording",
    "life_safety",
)
"""The fields of the page, in its order."""

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Standing:
    """How a person's choices stand, as far as the form shows them.

    `channels` and `cadences` by topic; `tracking` what holds where the wishes leave it open.
    """

    channels: Mapping[str, Sequence[str]]
    cadences: Mapping[str, str]
    name: str
    language: str
    time_zone: str
    wishes: Wishes
    tracking: bool


@dataclass(frozen=True)
class Typed:
    """The form as it stands in the page: channels and cadences of the topics, and texts."""

    channels: Mapping[str, Sequence[str]]
    cadences: Mapping[str, str]
    name: str
    language: str
    time_zone: str
    paused_until: str
    hours_from: str
    hours_to: str
    digest_hour: str
    tracking: str


@dataclass(frozen=True)
class Hour:
    """An hour to choose: its number as text, and how the language writes it."""

    value: str
    name: str


def filled(standing: Standing) -> Typed:
    """The form as it is before anything is typed."""
    wishes = standing.wishes
    start, end = wishes.hours or ("", "")
    tracking = standing.tracking if wishes.tracking is None else wishes.tracking
    return Typed(
        channels=standing.channels,
        cadences=standing.cadences,
        name=standing.name,
        language=standing.language,
        time_zone=standing.time_zone,
        paused_until=wishes.paused_until,
        hours_from=str(start),
        hours_to=str(end),
        digest_hour="" if wishes.digest_hour is None else str(wishes.digest_hour),
        tracking=YES if tracking else NO,
    )


def read(form: Form, standing: Standing) -> Typed:
    """The form out of what was posted: channels and cadences of the topics that were shown, and the rest."""
    before = filled(standing)
    shown = form.get("topic", ())
    texts = ("name", "language", "time_zone", "paused_until", "hours_from", "hours_to", "digest_hour")
    return replace(
        before,
        channels={topic: tuple(form.get(f"channels:{topic}", ())) for topic in shown},
        cadences={topic: only(form, f"cadence:{topic}") for topic in shown if f"cadence:{topic}" in form},
        **{field: only(form, field) for field in (*texts, "tracking") if field in form},
    )


def meant(typed: Typed, standing: Standing, *, now: datetime) -> Wishes:
    """The wishes that were typed; a pause that is over, or ends today, is none.

    Raises InvalidFields, naming all that is wrong in the form (`/paused_until /hours /digest_hour /name
    /time_zone`).
    """
    tracking = standing.wishes.tracking
    if typed.tracking != filled(standing).tracking:
        tracking = typed.tracking == YES
    hours = (_number(typed.hours_from), _number(typed.hours_to))
    digest_hour = _number(typed.digest_hour)
    errors = []
    if None in hours and hours != (None, None):
        errors.append(FieldError("/hours", profile.NO_HOURS))
    start, end = hours
    wishes = Wishes(
        typed.paused_until,
        (start, end) if start is not None and end is not None else None,
        digest_hour,
        tracking,
    )
    errors += [
        FieldError(one.pointer.removeprefix("/wishes"), one.message) for one in profile.wishes_errors(wishes)
    ]
    if why := profile.name_problem(typed.name):
        errors.append(FieldError("/name", why))
    if typed.time_zone and (why := profile.zone_problem(typed.time_zone)):
        errors.append(FieldError("/time_zone", why))
    if errors:
        raise InvalidFields(*errors)
    today = now.astimezone(ZoneInfo(typed.time_zone or standing.time_zone)).date().isoformat()
    over = wishes.paused_until <= today
    return replace(wishes, paused_until="") if over else wishes


def hours(language: str, *, until: bool = False) -> list[Hour]:
    """The hours of the day as the language writes them: from 0 to 23, or, to end at, from 1 to 24."""
    from babel.dates import format_time

    locale = i18n.locale_of(language)
    return [
        Hour(str(hour), format_time(time(hour % 24), format="short", locale=locale))
        for hour in (range(1, 25) if until else range(24))
    ]


def cadence(chosen: str) -> str:
    """The cadence that a choice stands for: one of those that there are, `immediate` where it is none."""
    return chosen if chosen in CADENCES else IMMEDIATE


def _number(text: str) -> int | None:
    """The hour that a choice stands for; one that is none of the day for what cannot be one."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 99
