"""Routes of forecasts: what a campaign would cost, and when it would be done."""

from typing import Literal

from pydantic import Field

from chalicelib.campaigns.forecast import ChannelForecast, Forecast, forecast
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.http import Accepted, Call, Model, Routes
from chalicelib.core.staff import COMMUNICATORS
from chalicelib.delivery.counters import DOLLAR

routes = Routes("forecasts", tag="Campaigns")
ONE = "/v1/campaigns/{campaign_id}/forecast"


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


class ForecastView(Model):
    """What a campaign would send, cost and take; while a job counts, of the people counted so far.

    With a ladder, each later channel is reckoned as if everybody had to be tried on it.
    """

    job: str | None = Field(description="Where a count above 50,000 people goes on: its id.")
    state: Literal["running", "done"]
    progress: float = Field(ge=0, le=1)
    people: int = Field(description="Who would get one message at least.")
    asleep: int = Field(description="How many of them would be held for daylight, at this moment.")
    starts_at: str
    finish: str | None = Field(description="When the slowest channel should be done.")
    usd: float | None = Field(description="All together; null where a price is not set.")
    channels: list[ChannelForecastView]
    counted_at: str


@routes.staff(
    "POST", ONE, roles=COMMUNICATORS, modes=ANY_MODE, returns=ForecastView, later=True, also=(Conflict,)
)
def forecast_campaign(call: Call, campaign_id: str) -> ForecastView | Accepted:
    """Forecasts what a campaign would cost and when it would be done; above 50,000 people as a job."""
    found = forecast(campaign_id, actor=call.actor, now=call.now, wiring=call.wiring)
    return Accepted(_view(found)) if found.count.job else _view(found)


@routes.staff(
    "GET",
    ONE + "/{job}",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    returns=ForecastView,
    also=(NotFound, Conflict),
)
def show_forecast(call: Call, campaign_id: str, job: str) -> ForecastView:
    """Shows a forecast that became a job, as far as it has counted."""
    return _view(forecast(campaign_id, job=job, actor=call.actor, now=call.now, wiring=call.wiring))


def _view(found: Forecast) -> ForecastView:
    tally = found.count.tally
    finishes = [found.finish_of(one) for one in found.channels]
    costs = [one.cost for one in found.channels]
    return ForecastView(
        job=found.count.job or None,
        state="done" if tally.done else "running",
        progress=round(tally.progress, 3),
        people=tally.people,
        asleep=tally.asleep,
        starts_at=found.starts_at,
        finish=None if None in finishes else max(filter(None, finishes), default=found.starts_at),
        usd=_usd(None if None in costs else sum(one or 0 for one in costs)),
        channels=[_channel(found, one) for one in found.channels],
        counted_at=found.count.counted_at,
    )


def _channel(found: Forecast, one: ChannelForecast) -> ChannelForecastView:
    return ChannelForecastView(
        channel=one.channel,
        messages=one.messages,
        units=one.units,
        usd=_usd(one.cost),
        per_second=one.per_second,
        finish=found.finish_of(one),
        languages=[LanguageForecastView(**vars(each)) for each in one.languages],
        countries=[
            CountryForecastView(country=each.country, units=each.units, usd=_usd(each.cost))
            for each in one.countries
        ],
    )


def _usd(cost: int | None) -> float | None:
    return None if cost is None else cost / DOLLAR
