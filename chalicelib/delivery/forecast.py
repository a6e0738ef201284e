"""Forecasts: what a counted audience would be sent, what that costs, and how long it takes.

Texts and calls are reckoned with the default in place of names, and the rate is the provider's, as if nothing
else of the lane had a part of it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.choose import language_for
from chalicelib.delivery.costs import PAID, price, units, weight
from chalicelib.delivery.counting import Tally
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.rendition import Rendition
from chalicelib.delivery.sending import limits_of

NO_TURNS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class LanguageForecast:
    """The messages in one language of the words; `each`: parts of the text, or minutes of the call."""

    language: str
    messages: int
    each: int


@dataclass(frozen=True)
class CountryForecast:
    """What is paid for in one country (`*`: all without a price of their own); `cost` by `DOLLAR`."""

    country: str
    units: int
    cost: int | None


@dataclass(frozen=True)
class ChannelForecast:
    """One channel: `seconds` at `per_second` messages (parts, of texts); None where the rate is not known."""

    channel: str
    messages: int
    languages: Sequence[LanguageForecast]
    countries: Sequence[CountryForecast]
    per_second: float | None
    seconds: float | None

    @property
    def units(self) -> int:
        """What is paid for: parts, or minutes."""
        return sum(one.messages * one.each for one in self.languages)

    @property
    def cost(self) -> int | None:
        """What that costs; None where something has no price."""
        costs = [one.cost for one in self.countries]
        return None if None in costs else sum(one for one in costs if one is not None)

    def finish(self, starts_at: str, turns: Mapping[str, int] = NO_TURNS) -> str | None:
        """When it should be done, if it starts at a moment (RFC 3339, as all of these).

        With `turns`, so many of its people may not be written to before a moment.
        """
        if self.seconds is None:
            return None
        end, people = parse_rfc3339(starts_at), sum(turns.values())
        for moment, number in sorted(turns.items()):
            end = max(end, parse_rfc3339(moment)) + timedelta(seconds=self.seconds * number / people)
        return rfc3339(end if turns else end + timedelta(seconds=self.seconds))


@dataclass(frozen=True)
class Offer:
    """What a channel's messages are: the languages offered, and the texts (or calls) by language."""

    channel: str
    languages: Sequence[str]
    default_language: str
    texts: Mapping[str, Rendition]

    def language(self, wanted: str) -> str:
        """The language in which somebody gets it."""
        return language_for(wanted, self.languages, self.default_language)


def forecast(offer: Offer, tally: Tally, *, lane: str, wiring: Wiring) -> ChannelForecast:
    """One channel's forecast, of who was counted."""
    channel, settings = offer.channel, wiring.settings
    messages = tally.messages.get(channel, {})
    by_language: Counter[str] = Counter()
    for wanted, number in messages.items():
        by_language[offer.language(wanted)] += number
    each = {language: units(made, "", settings) for language, made in offer.texts.items()}
    limits = limits_of(channel, wiring=wiring)
    rate = limits.per_second * LANES[lane].share if limits else None
    total = sum(
        number * (weight(offer.texts[language], "") if language in offer.texts else 1)
        for language, number in by_language.items()
    )
    return ChannelForecast(
        channel,
        sum(messages.values()),
        [LanguageForecast(tag, n, each.get(tag, 0)) for tag, n in sorted(by_language.items())],
        _countries(offer, tally.places.get(channel, {}), each, settings),
        rate,
        total / rate if rate else None,
    )


def in_batches(
    turns: Mapping[str, int], batches: Sequence[int], *, every_s: int, starts_at: str, share: float
) -> dict[str, int]:
    """The turns where a share of the people, 0 to 1, waits for its batch, too: for the later of the two.

    The batches' sizes are in thousandths; one opens `every_s` seconds after the other. Of each turn's people
    as many are in each batch as of all: which one somebody is in has nothing to do with their hour.
    """
    opens = [parse_rfc3339(starts_at) + timedelta(seconds=every_s * n) for n in range(len(batches))]
    found: defaultdict[datetime, float] = defaultdict(float)
    for moment, people in turns.items():
        at = parse_rfc3339(moment)
        found[at] += people * (1 - share)
        for size, opens_at in zip(batches, opens, strict=True):
            found[max(at, opens_at)] += people * share * size / sum(batches)
    whole, before, so_far = {}, 0, 0.0
    for at in sorted(found):
        so_far += found[at]
        number, before = round(so_far) - before, round(so_far)
        if number:
            whole[rfc3339(at.astimezone(UTC))] = number
    return whole


def _countries(
    offer: Offer, places: Mapping[str, int], each: Mapping[str, int], settings: Settings
) -> list[CountryForecast]:
    if offer.channel not in PAID:
        return []
    total: Counter[str] = Counter()
    for place, number in places.items():
        wanted, _, of = place.partition(" ")
        total[of or "*"] += number * each.get(offer.language(wanted), 0)
    prices = settings.prices(offer.channel)
    return [CountryForecast(of, amount, price(amount, of, prices)) for of, amount in sorted(total.items())]
