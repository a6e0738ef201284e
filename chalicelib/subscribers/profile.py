"""What a person tells of themselves, checked alike wherever it comes in: pages, API, import."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.fields import SLUG
from chalicelib.core.geometry import position_error
from chalicelib.core.i18n import N_
from chalicelib.subscribers.model import Place, Wishes

MAX_NAME = 100
MAX_PLACES = 5
DECIMALS = 5
"""Of a place's degrees: a metre."""

NAME_TOO_LONG = N_("Shorten the name to 100 characters.")
NAME_UNREADABLE = N_("Write the name on one line, in plain letters.")
UNKNOWN_LANGUAGE = N_("Choose one of the languages.")
UNKNOWN_ZONE = N_("Choose one of the time zones.")
NO_DAY = N_("Write the day as year, month and day, such as 2027-01-31.")
NO_HOURS = N_("Choose two different hours: from when on, and until when.")
NO_HOUR = N_("Choose an hour of the day.")
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")


def name_problem(name: str) -> str | None:
    """What is wrong with a name, or None.

    Any script is fine; line breaks and other control characters are not.
    """
    if len(name) > MAX_NAME:
        return NAME_TOO_LONG
    return None if name.isprintable() else NAME_UNREADABLE


def language_problem(language: str) -> str | None:
    """What is wrong with the form of a BCP 47 tag, or None; content falls back to the nearest language."""
    return None if TAG.fullmatch(language) else UNKNOWN_LANGUAGE


@lru_cache(maxsize=1024)
def zone_problem(time_zone: str) -> str | None:
    """What is wrong with an IANA time zone's name, or None."""
    from zoneinfo import ZoneInfo

    try:
        known = bool(ZONE.fullmatch(time_zone)) and ZoneInfo(time_zone) is not None
    except (KeyError, ValueError, OSError):
        known = False
    return None if known else UNKNOWN_ZONE


def place(latitude: float, longitude: float) -> Place:
    """A place, kept to a metre."""
    return Place(round(float(latitude), DECIMALS), round(float(longitude), DECIMALS))


def place_errors(places: Mapping[str, Place]) -> Iterator[FieldError]:
    """What is wrong with a person's places, by `/places` and their names."""
    if len(places) > MAX_PLACES:
        yield FieldError("/places", f"A person may have {MAX_PLACES} places.")
    for name, one in places.items():
        if not re.fullmatch(SLUG, name):
            yield FieldError(
                "/places", "A place's name has lower-case letters, digits and hyphens, up to 64."
            )
        elif why := position_error(one.latitude, one.longitude):
            yield FieldError(f"/places/{name}", why)


def wishes_errors(wishes: Wishes) -> Iterator[FieldError]:
    """What is wrong with a person's wishes, by `/wishes` and the name of each."""
    if wishes.paused_until and not _is_day(wishes.paused_until):
        yield FieldError("/wishes/paused_until", NO_DAY)
    if wishes.hours:
        start, end = wishes.hours
        if not (0 <= start <= 23 and 1 <= end <= 24 and start != end):
            yield FieldError("/wishes/hours", NO_HOURS)
    if wishes.digest_hour is not None and not 0 <= wishes.digest_hour <= 23:
        yield FieldError("/wishes/digest_hour", NO_HOUR)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def check(
    *,
    name: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    places: Mapping[str, Place] | None = None,
    wishes: Wishes | None = None,
) -> None:
    """Raises InvalidFields naming each of the given values that is wrong."""
    found = {
        "/name": name_problem(name) if name is not None else None,
        "/language": language_problem(language) if language is not None else None,
        "/time_zone": zone_problem(time_zone) if time_zone is not None else None,
    }
    errors = [FieldError(pointer, message) for pointer, message in found.items() if message]
    errors += place_errors(places or {})
    errors += wishes_errors(wishes) if wishes else ()
    if errors:
        raise InvalidFields(*errors)
