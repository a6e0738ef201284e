"""What staff are shown before an alert is launched: who gets it, in which language, and what it takes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from pydantic import Field

from chalicelib.alerts import renditions
from chalicelib.alerts.model import Alert, Preview
from chalicelib.alerts.words import languages_missing
from chalicelib.channels.accounts import manage, model
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.endpoints import Model
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.choose import language_for
from chalicelib.delivery.costs import PAID
from chalicelib.delivery.counting import Tally
from chalicelib.delivery.forecast import ChannelForecast, Offer, forecast
from chalicelib.delivery.forecast_views import ChannelForecastView, forecast_view

LANE = "urgent"


class Untranslated(Model):
    """People whose language the alert is not written in: they get it in the default language."""

    language: str
    people: int


class AlertWarning(Model):
    """Something that keeps nobody from launching, and that somebody should look at before."""

    pointer: str
    message: str


class BandView(Model):
    """One band of distance, the nearest first: it is written to when those before it are done."""

    messages: int
    finish: str | None = Field(description="When it should be done; null where the rate is not known.")


class PreviewView(Model):
    """Who would get it at that moment, exactly; `digest` is of all that people will see, and of who gets it.

    On a ladder, each later channel is reckoned as if everybody had to be tried on it.
    """

    at: str
    by: str
    digest: str
    people: int = Field(description="Who would get one message at least.")
    messages: dict[str, dict[str, int]] = Field(description="By channel, and by the people's language.")
    skipped: dict[str, int] = Field(description="Who is in the audience and would get nothing, by reason.")
    people_without_place: int = Field(description="Who told no place; `without_place` says if they get it.")
    without_place: bool
    untranslated: list[Untranslated]
    languages_missing: list[str] = Field(description="Languages that are offered and not written in.")
    channels: list[ChannelForecastView]
    finish: str | None = Field(description="When the slowest channel should be done, if it started then.")
    usd: float | None = Field(description="All together; null where a price is not set.")
    bands: dict[str, list[BandView]] = Field(description="By channel, who is nearest first.")
    warnings: list[AlertWarning]


def shown(alert: Alert, seen: Preview, tally: Tally, *, wiring: Wiring) -> dict[str, Any]:
    """What staff are shown of a preview, as JSON."""
    found = _forecasts(alert, tally, wiring=wiring)
    channels = [forecast_view(one, starts_at=seen.at) for one in found]
    finishes, costs = [one.finish for one in channels], [one.usd for one in channels]
    view = PreviewView(
        at=seen.at,
        by=seen.by,
        digest=seen.digest,
        people=seen.people,
        messages={channel: dict(languages) for channel, languages in seen.messages.items()},
        skipped=tally.skipped,
        people_without_place=seen.without_place,
        without_place=alert.without_place,
        untranslated=untranslated(alert, tally.languages),
        languages_missing=languages_missing(alert.words, wiring.settings),
        channels=channels,
        finish=None if None in finishes else max(filter(None, finishes), default=seen.at),
        usd=None if None in costs else sum(one or 0 for one in costs),
        bands={
            one.channel: bands_of(tally.bands.get(one.channel, []), one, starts_at=seen.at)
            for one in found
            if one.channel in seen.bands
        },
        warnings=list(_warnings(alert, seen, settings=wiring.settings)),
    )
    return view.model_dump(mode="json")


def _forecasts(alert: Alert, tally: Tally, *, wiring: Wiring) -> list[ChannelForecast]:
    made = renditions.compiled(alert, settings=wiring.settings).renditions
    found = []
    for channel in alert.channels:
        texts = {one.language: one for one in made if one.channel == channel and channel in PAID}
        offer = Offer(channel, renditions.languages(alert.words, channel), alert.default_language, texts)
        found.append(forecast(offer, tally, lane=LANE, wiring=wiring))
    return found


def bands_of(counts: Sequence[int], whole: ChannelForecast, *, starts_at: str) -> list[BandView]:
    """Each takes its part of the channel's time: as if its texts were as long as all others."""
    found = []
    for messages, so_far in zip(counts, accumulate(counts), strict=True):
        seconds = whole.seconds * so_far / max(1, whole.messages) if whole.seconds is not None else None
        finish = replace(whole, seconds=seconds).finish(starts_at)
        found.append(BandView(messages=messages, finish=finish))
    return found


def untranslated(alert: Alert, languages: Mapping[str, int]) -> list[Untranslated]:
    """The people, counted by language, whose own the alert is not written in; the most first."""
    found: Counter[str] = Counter()
    for language, people in languages.items():
        if not language_for(language, list(alert.words), ""):
            found[language] += people
    return [Untranslated(language=language, people=people) for language, people in found.most_common()]


def _warnings(alert: Alert, seen: Preview, *, settings: Settings) -> Iterator[AlertWarning]:
    if not seen.people:
        yield AlertWarning(pointer="/areas", message="Nobody would get this; it cannot be launched.")
    if seen.without_place and not alert.without_place:
        why = f"{seen.without_place:,} people who want such alerts told no place, and do not get it."
        yield AlertWarning(pointer="/without_place", message=why)
    if "sms" in alert.channels:
        for one in renditions.costly(alert, settings=settings):
            yield AlertWarning(pointer=one.pointer, message=one.message)
    found = manage.get_all(alert.accounts) if alert.accounts else {}
    for number, account_id in enumerate(alert.accounts):
        why = "It is gone."
        if account_id in found:
            why = model.warning(found[account_id], at=parse_rfc3339(seen.at) + model.SOON)
        if why:
            yield AlertWarning(pointer=f"/accounts/{number}", message=why)
