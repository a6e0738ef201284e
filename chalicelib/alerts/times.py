"""Times as people are told them: in the agency's zone, in the reader's language, as short as can be. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.alerts.cap.times import written
from chalicelib.core import i18n
from chalicelib.core.settings import Settings


def cap_time(moment: datetime, settings: Settings) -> str:
    """A moment as CAP writes it, in the agency's zone."""
    return written(moment.astimezone(ZoneInfo(settings.time_zone)))


def told(moment: datetime, language: str, *, now: datetime, settings: Settings) -> str:
    """The time of a moment, with its day where that is not today: `6:30 PM`, `Mon, Nov 23, 6:30 PM`.

    Only plain spaces: a narrow one alone would make every part of a text message cost twice.
    """
    from babel.dates import format_skeleton, format_time

    zone, locale = ZoneInfo(settings.time_zone), i18n.locale_of(language)
    time = format_time(moment, format="short", tzinfo=zone, locale=locale)
    if not _same_day(moment, now, zone):
        day = format_skeleton("MMMEd", moment, tzinfo=zone, locale=locale)
        time = f"{day}, {time}"
    return time.replace("\u202f", " ").replace("\xa0", " ")


def until(moment: datetime, language: str, *, now: datetime, settings: Settings) -> str:
    """`until 6:30 PM`, in a language."""
    say, text = i18n.translate(language).gettext, told(moment, language, now=now, settings=settings)
    if _same_day(moment, now, ZoneInfo(settings.time_zone)):
        return say("until %(time)s") % {"time": text}
    return say("until %(day_and_time)s") % {"day_and_time": text}


def since(moment: datetime, language: str, *, now: datetime, settings: Settings) -> str:
    """`from 6:30 PM`, in a language."""
    say, text = i18n.translate(language).gettext, told(moment, language, now=now, settings=settings)
    if _same_day(moment, now, ZoneInfo(settings.time_zone)):
        return say("from %(time)s") % {"time": text}
    return say("from %(day_and_time)s") % {"day_and_time": text}


def _same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()
