"""Routes of forecasts: what a campaign would cost, and when it would be done."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from chalicelib.campaigns.forecast import Forecast, forecast
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.http import Accepted, Call, Model, Routes
from chalicelib.core.staff import COMMUNICATORS
from chalicelib.delivery.forecast_views import ChannelForecastView, forecast_view, usd

routes = Routes("forecasts", tag="Campaigns")
ONE = "/v1/campaigns/{campaign_id}/forecast"


class TurnView(Model):
    """How many people may be written to from a moment on."""

    at: str
    people: int


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
    turns: list[TurnView] = Field(
        description="How many people may be written to from when on, with `send_time: best` or in batches of "
        "variants; else empty. By the channel on which most of them wait longest."
    )
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
    finishes = [one.finish(found.starts_at, found.turns[one.channel]) for one in found.channels]
    last = max(found.turns.values(), key=_waited, default={})
    costs = [one.cost for one in found.channels]
    return ForecastView(
        job=found.count.job or None,
        state="done" if tally.done else "running",
        progress=round(tally.progress, 3),
        people=tally.people,
        asleep=tally.asleep,
        starts_at=found.starts_at,
        finish=None if None in finishes else max(filter(None, finishes), default=found.starts_at),
        usd=usd(None if None in costs else sum(one or 0 for one in costs)),
        turns=[TurnView(at=at, people=number) for at, number in sorted(last.items())],
        channels=[
            forecast_view(one, starts_at=found.starts_at, turns=found.turns[one.channel])
            for one in found.channels
        ],
        counted_at=found.count.counted_at,
    )


def _waited(turns: Mapping[str, int]) -> float:
    """How long all people wait together (seconds), from one moment for all turns."""
    return sum(parse_rfc3339(at).timestamp() * number for at, number in turns.items())
