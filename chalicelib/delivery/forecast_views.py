"""What answers hold of forecasts."""

from collections.abc import Mapping

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.delivery.counters import DOLLAR
from chalicelib.delivery.forecast import NO_TURNS, ChannelForecast


class LanguageForecastView(Model):
    """The messages in one language of the words."""

    language: str
    messages: int
    each: int = Field(description="Parts of the text, or minutes that the call begins; 0 of other channels.")


class CountryForecastView(Model):
    """What is paid for in one country, as ISO 3166 has it, or in all others: `*`."""

    country: str
    units: int = Field(description="Parts of texts, or minutes of calls.")
    usd: float | None = Field(description="Null where the settings name no price.")


class ChannelForecastView(Model):
    """What one channel would send, cost and take."""

    channel: str
    messages: int
    units: int = Field(description="Parts of texts, or minutes of calls; 0 of other channels.")
    usd: float | None = Field(description="0 of channels without a price; null where one is not set.")
    per_second: float | None = Field(description="Messages (parts, of texts) a second, if it goes alone.")
    finish: str | None = Field(description="When it should be done, if nobody is asleep.")
    languages: list[LanguageForecastView]
    countries: list[CountryForecastView]


def forecast_view(
    one: ChannelForecast, *, starts_at: str, turns: Mapping[str, int] = NO_TURNS
) -> ChannelForecastView:
    """One channel's forecast, as if it started at a moment (RFC 3339)."""
    return ChannelForecastView(
        channel=one.channel,
        messages=one.messages,
        units=one.units,
        usd=usd(one.cost),
        per_second=one.per_second,
        finish=one.finish(starts_at, turns),
        languages=[LanguageForecastView(**vars(each)) for each in one.languages],
        countries=[
            CountryForecastView(country=each.country, units=each.units, usd=usd(each.cost))
            for each in one.countries
        ],
    )


def usd(cost: int | None) -> float | None:
    """A cost in dollars."""
    return None if cost is None else cost / DOLLAR
