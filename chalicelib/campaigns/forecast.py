"""Forecasts: what a campaign would send, cost and take, before anybody launches it.

People are counted exactly, as a launch at this moment would reach them (`count`); texts and calls are
reckoned with the default in place of names, and the rate is the provider's, as if no other campaign had a
part of it.
On a ladder, each later channel is reckoned as if all had to be tried on it: it is the most that can be.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.campaigns import access, count
from chalicelib.campaigns.count import Count
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.renditions import compile_as
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.choose import language_for
from chalicelib.delivery.costs import PAID, price, units, weight
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.render import Links
from chalicelib.delivery.rendition import Rendition
from chalicelib.delivery.sending import limits_of

LANE = "bulk"


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


@dataclass(frozen=True)
class Forecast:
    """A campaign's forecast, as far as its audience is counted; `starts_at` is RFC 3339."""

    count: Count
    starts_at: str
    channels: Sequence[ChannelForecast]

    def finish_of(self, channel: ChannelForecast) -> str | None:
        """When a channel should be done, as RFC 3339."""
        if channel.seconds is None:
            return None
        return rfc3339(parse_rfc3339(self.starts_at) + timedelta(seconds=channel.seconds))


def forecast(campaign_id: str, *, job: str = "", actor: Actor, now: datetime, wiring: Wiring) -> Forecast:
    """A campaign's forecast at this moment; with a `job`, by that count.

    Raises NotFound, Forbidden; InvalidFields where its audience is none; Conflict where the audience is not
    any more what the job counts.
    """
    campaign = access.of_department(campaign_id, actor=actor)
    if campaign.audience is None:
        raise InvalidFields(FieldError("/audience", "Choose who gets it."))
    if job:
        found = count.find(job)
        if found.request != count.asked(campaign.audience, campaign.channels, mode=actor.mode, now=now):
            raise Conflict("The audience is another by now; count it anew.", code="audience-changed")
    else:
        found = count.count(campaign.audience, campaign.channels, actor=actor, now=now, wiring=wiring)
    starts_at = max(campaign.starts_at, rfc3339(now))
    channels = [_channel(campaign, channel, found, wiring=wiring) for channel in campaign.channels]
    return Forecast(found, starts_at, channels)


def _channel(campaign: Campaign, channel: str, found: Count, *, wiring: Wiring) -> ChannelForecast:
    settings, messages = wiring.settings, found.tally.messages.get(channel, {})
    texts = _texts(campaign, channel, settings)
    by_language = _by_language(messages, texts, campaign)
    each = {language: units(made, "", settings) for language, made in texts.items()}
    limits = limits_of(channel, wiring=wiring)
    rate = limits.per_second * LANES[LANE].share if limits else None
    total = sum(weight(texts[tag], "") * n if tag in texts else n for tag, n in by_language.items())
    return ChannelForecast(
        channel,
        sum(messages.values()),
        [LanguageForecast(tag, n, each.get(tag, 0)) for tag, n in sorted(by_language.items())],
        _countries(found.tally.places.get(channel, {}), each, campaign, channel, settings),
        rate,
        total / rate if rate else None,
    )


def _texts(campaign: Campaign, channel: str, settings: Settings) -> dict[str, Rendition]:
    """The texts (or calls) of a campaign by language; of other channels none."""
    if channel not in PAID:
        return {}
    return {
        language: compile_as(
            campaign.content[language], channel, language=language, links=Links(), settings=settings
        )
        for language in campaign.languages(channel)
    }


def _language(campaign: Campaign, channel_languages: Sequence[str], wanted: str) -> str:
    return language_for(wanted, channel_languages, campaign.default_language)


def _by_language(
    messages: Mapping[str, int], texts: Mapping[str, Rendition], campaign: Campaign
) -> Counter[str]:
    """The messages by the language that they will have."""
    found: Counter[str] = Counter()
    for wanted, number in messages.items():
        found[_language(campaign, list(texts), wanted) if texts else wanted] += number
    return found


def _countries(
    places: Mapping[str, int],
    each: Mapping[str, int],
    campaign: Campaign,
    channel: str,
    settings: Settings,
) -> list[CountryForecast]:
    if channel not in PAID:
        return []
    total: Counter[str] = Counter()
    for place, number in places.items():
        wanted, _, of = place.partition(" ")
        total[of or "*"] += number * each.get(_language(campaign, list(each), wanted), 0)
    prices = settings.prices(channel)
    return [CountryForecast(of, amount, price(amount, of, prices)) for of, amount in sorted(total.items())]
