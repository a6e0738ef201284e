"""Languages: which one a person reads, the product's words in it, and how it writes dates and numbers.

Catalogues are gettext's `.po` files under `templates/locales/<tag>/LC_MESSAGES/messages.po`, with the
English text as key. They are read at run time, once per process and language, and compiled in memory.
Choosing a language needs no library, so the engine may do it per recipient; Babel is imported where words,
dates or numbers are wanted.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale

SOURCE_LANGUAGE = "en"
LOCALES = Path(__file__).resolve().parents[2] / "templates" / "locales"
MAX_RANGES = 20
SCRIPTS_BY_REGION = {
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-my": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
}


def N_(message: str) -> str:  # noqa: N802 - the extractor knows it by this name
    """Marks a text for the catalogues that is translated later, where the language is known."""
    return message


def pick(wanted: str | None, offered: Sequence[str]) -> str:
    """The offered BCP 47 tag that suits `wanted` best; the first one where none does or nothing is wanted.

    RFC 4647 lookup (the tag, then the tag shortened from its end), after which any offered variety of the
    same language is better than another language: `es-MX` finds `es`, `zh-CN` finds `zh-Hans`, `vi` finds
    `vi-VN`.
    """
    return _match(wanted or "", tuple(offered)) or offered[0]


def negotiate(accept_language: str | None, offered: Sequence[str]) -> str:
    """The offered tag that `Accept-Language` prefers (RFC 9110, 12.5.4); the first one where none fits."""
    for tag in _ranges(accept_language or ""):
        if found := _match(tag, tuple(offered)):
            return found
    return offered[0]


def _ranges(header: str) -> list[str]:
    """The tags of an `Accept-Language` header, best first, without those refused by `q=0`."""
    weighted = []
    for part in header.split(",")[:MAX_RANGES]:
        tag, _, parameter = part.strip().partition(";")
        weight = _weight(parameter)
        if tag and tag != "*" and weight > 0:
            weighted.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda one: -one[0])]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip() == "q" and 0 <= weight <= 1 else 0.0


@lru_cache(maxsize=512)
def _match(wanted: str, offered: tuple[str, ...]) -> str | None:
    by_tag = {tag.lower(): tag for tag in offered}
    tag = wanted.replace("_", "-").lower()
    while tag:
        for candidate in (tag, SCRIPTS_BY_REGION.get(tag, "").lower()):
            if candidate in by_tag:
                return by_tag[candidate]
        tag, _, _ = tag.rpartition("-")
    language = wanted.replace("_", "-").lower().partition("-")[0]
    return next((tag for tag in offered if tag.lower().partition("-")[0] == language), None)


@lru_cache(maxsize=1)
def catalogued() -> tuple[str, ...]:
    """The tags that have a catalogue of translations."""
    return tuple(sorted(path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/messages.po")))


@lru_cache(maxsize=64)
def translate(language: str) -> NullTranslations:
    """The translations into a language: `gettext`, `ngettext`, `pgettext`; English without a catalogue."""
    tag = _match(language, (SOURCE_LANGUAGE, *catalogued()))
    if tag is None or tag not in catalogued():
        return NullTranslations()
    return _load(tag)


@cache
def _load(tag: str) -> NullTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (LOCALES / tag / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale=tag.replace("-", "_"))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=64)
def locale_of(language: str) -> "Locale":
    """Babel's locale of a BCP 47 tag; that of English where Babel does not know the language."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE_LANGUAGE)


def direction(language: str) -> str:
    """`ltr` or `rtl`: which way the language is written."""
    return str(locale_of(language).text_direction)


def language_name(language: str) -> str:
    """The language's name in itself, as a choice of languages should show it: `Español`, `Tiếng Việt`."""
    name = locale_of(language).get_display_name() or language
    return name[:1].upper() + name[1:]


def format_date(moment: datetime, language: str, *, time_zone: str) -> str:
    """The day of a moment in a time zone, as the language writes it: `November 22, 2026`."""
    from babel.dates import format_date

    return format_date(moment.astimezone(ZoneInfo(time_zone)), format="long", locale=locale_of(language))


def format_moment(moment: datetime, language: str, *, time_zone: str) -> str:
    """Day and time of a moment in a time zone, as the language writes them, the zone named."""
    from babel.dates import format_datetime

    return format_datetime(moment, format="long", tzinfo=ZoneInfo(time_zone), locale=locale_of(language))


def format_period(start: datetime, end: datetime, language: str, *, time_zone: str) -> str:
    """From when until when in a time zone, as the language writes it: day, times, and the zone's name."""
    from babel.dates import format_date, format_time

    locale, zone = locale_of(language), ZoneInfo(time_zone)
    first, last = start.astimezone(zone), end.astimezone(zone)

    def told(moment: datetime, *, day: bool) -> str:
        time = format_time(moment, format="short", locale=locale)
        return f"{format_date(moment, format='full', locale=locale)}, {time}" if day else time

    same_day = first.date() == last.date()
    period = f"{told(first, day=True)} – {told(last, day=not same_day)}"
    return f"{period} ({zone_name(time_zone, language)})"


def format_number(number: float, language: str) -> str:
    """A number as the language writes it: `12,345.6`, `12.345,6`."""
    from babel.numbers import format_decimal

    return format_decimal(number, locale=locale_of(language))


def format_list(items: Sequence[str], language: str, *, either: bool = False) -> str:
    """Several names in a sentence: `Roads, Parks, and Budget`, or, as a choice, `Roads, Parks, or Budget`."""
    from babel.lists import format_list

    return format_list(list(items), style="or" if either else "standard", locale=locale_of(language))


def zone_name(time_zone: str, language: str) -> str:
    """A time zone as people call it: `Eastern Time`, `hora del este`."""
    from babel.dates import get_timezone_name

    return get_timezone_name(
        ZoneInfo(time_zone), width="long", zone_variant="generic", locale=locale_of(language)
    )
