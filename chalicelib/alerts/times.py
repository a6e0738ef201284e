"""Times as people are told them: in the agency's zone, in the reader's language, as short as can be. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.core import i18n
from chalicelib.core.settings import Settings


def cap_time(moment: datetime, settings: Settings) -> str:
    """A moment as CAP writes it (3.2.1), in the agency's zone: whole seconds and an offset; UTC `-00:00`."""
    local = moment.astimezone(ZoneInfo(settings.time_zone)).replace(microsecond=0)
    text = local.isoformat()
    return f"{text[:-6]}-00:00" if text.endswith("+00:00") else text


def told(moment: datetime, language: str, *, now: datetime, settings: Settings) -> str:
    """The time of a moment, with its day where that is not today: `6:30 PM`, `Mon, Nov 23, 6:30 PM`.

    Only plain spaces: a narrow one alone would make every part of a text message cost twice.
    """
    from babel.dates import format_skeleton, format_time

    zone, locale = ZoneInfo(settings.time_zone), i18n.locale_of(language)
    time = format_time(moment, format="short", tzinfo=zone, locale=locale)
    if moment.astimezone(zone).date() != now.astimezone(zone).date():
        day = format_skeleton("MMMEd", moment, tzinfo=zone, locale=locale)
        time = f"{day}, {time}"
    return time.replace("\u202f", " ").replace("\xa0", " ")


def until(moment: datetime, language: str, *, now: datetime, settings: Settings) -> str:
    """`until 6:30 PM`, in a language."""
    say = i18n.translate(language).gettext
    return say("until %(time)s") % {"time": told(moment, language, now=now, settings=settings)}
