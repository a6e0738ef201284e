"""Puts the numbers of a report into a language: parts, intervals, spans, money, charts. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from chalicelib.channels.names import CHANNEL_NAMES
from chalicelib.core import charts, i18n
from chalicelib.core.charts import Series, Share
from chalicelib.core.i18n import N_
from chalicelib.core.settings import Settings
from chalicelib.engagement.reports.intervals import HIGHER, NOT_ENOUGH
from chalicelib.engagement.reports.paper import Figure, Picture, Table, Tile
from chalicelib.engagement.reports.views import ComparedView, RateView, ReachRow

NOT_KNOWN = "–"
MOST_BARS = 15
"""Bars of one chart; the table beside it has more."""

NO_PLACE = N_("No place given")
SURE = N_("%(between)s, of %(number)s")
BETWEEN = N_("%(low)s to %(high)s")
MORE, LESS = N_("more"), N_("less")
UNSURE = N_("not enough data")
NEEDED = N_("(it takes %(number)s)")
DOUBT = N_(
    "“Not enough data”: the difference may be chance, so nobody can know yet. The number below it says how "
    "many on each side it would take to know."
)
SAME_NUMBERS = N_("The table has the same numbers.")


class Telling:
    """Puts a report into a language."""

    def __init__(self, language: str, settings: Settings) -> None:
        self.language = language
        self._settings = settings

    @cached_property
    def _locale(self) -> Any:
        return i18n.locale_of(self.language)

    def say(self, text: str, **values: object) -> str:
        """A text of the catalogues, filled in."""
        told = i18n.translate(self.language).gettext(text)
        return told % values if values else told

    def number(self, number: float | None) -> str:
        """A number of people, messages or events."""
        return NOT_KNOWN if number is None else i18n.format_number(number, self.language)

    def part(self, part: float | None) -> str:
        """A part of 1 as a percentage, with a decimal under ten percent: a whole one would hide much."""
        from babel.numbers import format_percent

        if part is None:
            return NOT_KNOWN
        pattern = "#,##0.0" if 0 < part < 0.1 else "#,##0"
        shape = str(self._locale.percent_formats[None].pattern)
        mark = shape.replace("#,##0", pattern, 1)
        return format_percent(part, format=mark, locale=self._locale)

    def between(self, low: float | None, high: float | None) -> str:
        """From where to where a part may lie."""
        if low is None or high is None:
            return NOT_KNOWN
        return self.say(BETWEEN, low=self.part(low), high=self.part(high))

    def rate(self, rate: RateView | None) -> str:
        """A rate, and on a line of its own from where to where it may lie."""
        if rate is None:
            return NOT_KNOWN
        return f"{self.part(rate.value)}\n({self.between(rate.low, rate.high)})"

    def verdict(self, compared: ComparedView | None) -> str:
        """More or less than the others; or on a line of its own how many of each it would take to know."""
        if compared is None:
            return NOT_KNOWN
        if compared.verdict != NOT_ENOUGH:
            return self.say(MORE if compared.verdict == HIGHER else LESS)
        needed = self.say(NEEDED, number=self.number(compared.needed)) if compared.needed else ""
        return "\n".join(filter(None, [self.say(UNSURE), needed]))

    def doubts(self, found: Iterable[ComparedView | None]) -> list[str]:
        """What “not enough data” means, where it is said."""
        doubted = any(one is not None and one.verdict == NOT_ENOUGH for one in found)
        return [self.say(DOUBT)] if doubted else []

    def rate_tile(self, name: str, rate: RateView | None) -> Tile:
        """A rate that comes first: from where to where it may lie, and of how many it is."""
        if rate is None:
            return Tile(name, NOT_KNOWN, self.say(UNSURE))
        between, number = self.between(rate.low, rate.high), self.number(rate.of)
        return Tile(name, self.part(rate.value), self.say(SURE, between=between, number=number))

    def dollars(self, amount: float | None) -> str:
        """An amount of US dollars."""
        from babel.numbers import format_currency

        return NOT_KNOWN if amount is None else format_currency(amount, "USD", locale=self._locale)

    def span(self, minutes: float) -> str:
        """A span of time in the unit that suits it: `45 min`, `12 hr`, `3 days`."""
        from babel.units import format_unit

        count, unit = minutes, "minute"
        if minutes >= 2 * 24 * 60:
            count, unit = minutes / (24 * 60), "day"
        elif minutes >= 60:
            count, unit = minutes / 60, "hour"
        return format_unit(
            round(count, 1), f"duration-{unit}", length="short", format="#,##0.#", locale=self._locale
        )

    def day(self, moment: datetime) -> str:
        """The day of a moment where the agency is."""
        return i18n.format_date(moment, self.language, time_zone=self._settings.time_zone)

    def date(self, day: date) -> str:
        """A day of the calendar."""
        from babel.dates import format_date

        return format_date(day, format="long", locale=self._locale)

    def moment(self, moment: datetime) -> str:
        """Day and time of a moment where the agency is, its zone named."""
        from babel.dates import format_time, get_timezone

        zone = self._settings.time_zone
        time = format_time(moment, format="short", tzinfo=get_timezone(zone), locale=self._locale)
        return f"{self.day(moment)}, {time} ({i18n.zone_name(zone, self.language)})"

    def channel(self, channel: str) -> str:
        """A channel, as people call it."""
        return self.say(CHANNEL_NAMES[channel]) if channel in CHANNEL_NAMES else channel

    def language_name(self, tag: str) -> str:
        """A language, in the reader's."""
        name = i18n.locale_of(tag).get_display_name(self._locale) or tag
        return name[:1].upper() + name[1:]

    def row(self, row: ReachRow) -> str:
        """What a row of the breakdown is of: its channel, language and district."""
        named = [self.channel(row.channel)] if row.channel else []
        named += [self.language_name(row.language)] if row.language else []
        if row.district:
            named.append(self.say(NO_PLACE) if row.district == "none" else row.name or row.district)
        return ", ".join(named)

    def listed(self, items: Sequence[str]) -> str:
        """Several names in a sentence."""
        return i18n.format_list(items, self.language)

    def shares(self, table: Table, given: Sequence[Share], *, most: float | None = None) -> Figure:
        """A table with bars of parts; no bars where there is nothing to see."""
        if not any(one.part for one in given):
            return Figure(table)
        given = given[:MOST_BARS]
        height = charts.height_of(len(given))
        return self._figure(
            table, height, lambda text: charts.shares(table.name, text, given, most=most, told=self.part)
        )

    def growth(self, table: Table, labels: Sequence[str], series: Sequence[Series]) -> Figure:
        """A table with lines of parts."""
        return self._figure(
            table,
            charts.HEIGHT,
            lambda text: charts.lines(table.name, text, labels, series, told=self.part),
        )

    def _figure(self, table: Table, height: int, draw: Callable[[str], str]) -> Figure:
        text = self.say(SAME_NUMBERS)
        return Figure(
            table, Picture(charts.picture(draw(text)), f"{table.name}. {text}", charts.WIDTH, height)
        )
