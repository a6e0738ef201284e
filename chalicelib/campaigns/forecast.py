"""Forecasts: what a campaign would send, cost and take, before anybody launches it.

People are counted exactly, as a launch at this moment would reach them (`count`).
On a ladder, each later channel is reckoned as if all had to be tried on it: it is the most that can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.campaigns import access, count
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.renditions import compile_as
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counts
from chalicelib.delivery import forecast as engine
from chalicelib.delivery.costs import PAID
from chalicelib.delivery.counts import Count
from chalicelib.delivery.forecast import ChannelForecast, Offer
from chalicelib.delivery.render import Links
from chalicelib.delivery.rendition import Rendition

LANE = "bulk"


@dataclass(frozen=True)
class Forecast:
    """A campaign's forecast, as far as its audience is counted; `starts_at` is RFC 3339."""

    count: Count
    starts_at: str
    channels: Sequence[ChannelForecast]


def forecast(campaign_id: str, *, job: str = "", actor: Actor, now: datetime, wiring: Wiring) -> Forecast:
    """A campaign's forecast at this moment; with a `job`, by that count.

    Raises NotFound, Forbidden; InvalidFields where its audience is none; Conflict where the audience is not
    any more what the job counts.
    """
    campaign = access.of_department(campaign_id, actor=actor)
    if campaign.audience is None:
        raise InvalidFields(FieldError("/audience", "Choose who gets it."))
    if job:
        found = counts.find(job)
        if found.request != count.asked(campaign.audience, campaign.channels, mode=actor.mode, now=now):
            raise Conflict("The audience is another by now; count it anew.", code="audience-changed")
    else:
        found = count.count(campaign.audience, campaign.channels, actor=actor, now=now, wiring=wiring)
    starts_at = max(campaign.starts_at, rfc3339(now))
    offers = [_offer(campaign, channel, wiring.settings) for channel in campaign.channels]
    channels = [engine.forecast(offer, found.tally, lane=LANE, wiring=wiring) for offer in offers]
    return Forecast(found, starts_at, channels)


def _offer(campaign: Campaign, channel: str, settings: Settings) -> Offer:
    languages = campaign.languages(channel)
    texts = {
        language: _text(campaign, channel, language, settings) for language in languages if channel in PAID
    }
    return Offer(channel, languages, campaign.default_language, texts)


def _text(campaign: Campaign, channel: str, language: str, settings: Settings) -> Rendition:
    words = campaign.content[language]
    return compile_as(words, channel, language=language, links=Links(), settings=settings)
