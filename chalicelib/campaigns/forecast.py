"""Forecasts: what a campaign would send, cost and take, before anybody launches it.

People are counted exactly, as a launch at this moment would reach them (`count`).
On a ladder, each later channel is reckoned as if all had to be tried on it: it is the most that can be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.campaigns import access, count, send_time
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.renditions import compile_as
from chalicelib.campaigns.variants import of
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counts, waiting
from chalicelib.delivery import forecast as engine
from chalicelib.delivery.batches import sizes
from chalicelib.delivery.costs import PAID
from chalicelib.delivery.counting import Tally
from chalicelib.delivery.counts import Count
from chalicelib.delivery.forecast import ChannelForecast, Offer, in_batches
from chalicelib.delivery.render import Links
from chalicelib.delivery.rendition import Rendition

LANE = "bulk"


@dataclass(frozen=True)
class Forecast:
    """A campaign's forecast, as far as its audience is counted; `starts_at` is RFC 3339.

    `turns`, by channel: how many of the people may be written to there from when on (RFC 3339); empty where
    nobody waits for their best hour or a batch.
    """

    count: Count
    starts_at: str
    channels: Sequence[ChannelForecast]
    turns: Mapping[str, Mapping[str, int]]


def forecast(campaign_id: str, *, job: str = "", actor: Actor, now: datetime, wiring: Wiring) -> Forecast:
    """A campaign's forecast at this moment; with a `job`, by that count.

    Raises NotFound, Forbidden; InvalidFields where its audience is none; Conflict where the audience is not
    any more what the job counts.
    """
    campaign = access.of_department(campaign_id, actor=actor)
    if campaign.audience is None:
        raise InvalidFields(FieldError("/audience", "Choose who gets it."))
    waits = _waits(campaign, now=now, wiring=wiring)
    if job:
        found = counts.find(job)
        present = count.asked(campaign.audience, campaign.channels, mode=actor.mode, now=now)
        if not _same(found.request, {**present, "best_hour": waits}):
            raise Conflict("The audience is another by now; count it anew.", code="audience-changed")
    else:
        found = count.count(
            campaign.audience, campaign.channels, actor=actor, now=now, wiring=wiring, best_hour=waits
        )
    starts_at = max(campaign.starts_at, rfc3339(now))
    offers = [_offer(campaign, channel, wiring.settings) for channel in campaign.channels]
    channels = [engine.forecast(offer, found.tally, lane=LANE, wiring=wiring) for offer in offers]
    turns = _turns(campaign, found.tally, offers, starts_at=starts_at, settings=wiring.settings)
    return Forecast(found, starts_at, channels, turns)


def _turns(
    campaign: Campaign, tally: Tally, offers: Sequence[Offer], *, starts_at: str, settings: Settings
) -> dict[str, Mapping[str, int]]:
    """The turns by channel: best hours, and the batches of who gets one of several versions."""
    varied = {offer.channel: _varied(campaign, tally, offer) for offer in offers}
    batches = sizes(max(varied.values(), default=0), len(campaign.variants) + 1)
    if len(batches) == 1:
        return dict.fromkeys(varied, tally.turns)
    at_once = tally.turns or {starts_at: tally.people}
    return {
        channel: in_batches(
            at_once,
            batches,
            every_s=settings.variants_every_minutes * 60,
            starts_at=starts_at,
            share=people / max(1, sum(tally.messages.get(channel, {}).values())),
        )
        for channel, people in varied.items()
    }


def _varied(campaign: Campaign, tally: Tally, offer: Offer) -> int:
    """How many of a channel's messages are in a language of which there are several versions."""
    messages = tally.messages.get(offer.channel, {})
    return sum(n for wanted, n in messages.items() if of(campaign, offer.channel, offer.language(wanted)))


def _waits(campaign: Campaign, *, now: datetime, wiring: Wiring) -> dict[str, Any]:
    """Who would wait for their best hour, launched when it is to start."""
    starts_at = max(now, parse_rfc3339(campaign.starts_at)) if campaign.starts_at else now
    plan = send_time.best_hour(campaign, wiring=wiring)
    return waiting.document(plan, campaign.id, launched_at=starts_at, daylight=campaign.daylight)


def _same(counted: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
    """Whether what was counted is what would be; rates and the moment may have gone on since."""
    return _asks(counted) == _asks(present)


def _asks(request: Mapping[str, Any]) -> list[Any]:
    waits = request.get("best_hour", {})
    fixed = [request[name] for name in ("audience", "channels")]
    return [*fixed, *(waits.get(name) for name in ("hours", "longest_h", "daylight"))]


def _offer(campaign: Campaign, channel: str, settings: Settings) -> Offer:
    languages = campaign.languages(channel)
    texts = {
        language: _text(campaign, channel, language, settings) for language in languages if channel in PAID
    }
    return Offer(channel, languages, campaign.default_language, texts)


def _text(campaign: Campaign, channel: str, language: str, settings: Settings) -> Rendition:
    words = campaign.content[language]
    return compile_as(words, channel, language=language, links=Links(), settings=settings)
