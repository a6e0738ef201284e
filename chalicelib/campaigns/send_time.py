"""When a campaign goes: at once, or to each at their best hour (`delivery.best_hour`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.campaigns.model import BEST, SEND_TIMES, Campaign, Draft, Window
from chalicelib.core.errors import FieldError
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import cohorts
from chalicelib.delivery.best_hour import Arm, BestHour, Turns, day_of, hours_between
from chalicelib.delivery.daylight import usual_hours
from chalicelib.engagement.timing.explain import ARMS, explained
from chalicelib.engagement.timing.mode import Mode, mode_of
from chalicelib.subscribers.habits import habits_of, may_be_kept
from chalicelib.subscribers.streams import Row

BATCHES = (
    "The campaign has variants: who is in a later batch of them waits until that opens, where that is after"
    " this hour."
)


def errors(draft: Draft | Campaign) -> list[FieldError]:
    """What is wrong with a campaign's time, each place by its pointer. Pure."""
    found = []
    if draft.send_time not in SEND_TIMES:
        found.append(FieldError("/send_time", f"Choose {' or '.join(SEND_TIMES)}."))
    if draft.window and draft.send_time != BEST:
        found.append(FieldError("/window", "Only what goes at the best hour has a window."))
    if draft.window:
        start, end = draft.window.hours
        if not (0 <= start <= 23 and 1 <= end <= 24 and start != end):
            message = "Choose two different hours: from when on, 0 to 23, and until when, 1 to 24."
            found.append(FieldError("/window/hours", message))
    return found


def best_hour(campaign: Campaign, *, wiring: Wiring) -> BestHour | None:
    """How the engine finds each person's hour, by what is known at this moment; None: it goes at once."""
    if campaign.send_time != BEST:
        return None
    window = window_of(campaign, wiring.settings)
    topics = [source for source in campaign.sources if not source.startswith("list:")]
    return BestHour(
        window.hours,
        window.longest_wait_hours,
        cohorts.rates(topics, wiring=wiring),
        personal=_mode(campaign, wiring.settings) is Mode.PERSONAL,
    )


@dataclass(frozen=True)
class Turn:
    """When one person would get a campaign: their arm, the moment (epoch seconds; 0.0: at once), and why."""

    arm: Arm
    at: float
    hour: int
    words: Sequence[str]


def turn_of(campaign: Campaign, row: Row, *, now: datetime, wiring: Wiring) -> Turn | None:
    """A person's turn in a campaign launched at a moment; None where it goes to all at once."""
    plan = best_hour(campaign, wiring=wiring)
    if plan is None:
        return None
    usual = usual_hours(wiring.settings) if campaign.daylight else None
    turns = Turns(plan, campaign.id, launched_at=now, usual=usual)
    leave = may_be_kept(row.wishes, usual=wiring.settings.tracking)
    habit = habits_of(wiring.dynamodb, [row.subscriber_id]).get(row.subscriber_id) if leave else None
    arm, at = turns.of(row, habit)
    allowed = list(turns.openings(row)) or hours_between(plan.hours)
    mode = _mode(campaign, wiring.settings)
    why = explained(habit, plan.rates, allowed, day=day_of(now), leave=leave, mode=mode)
    words = [*([ARMS[arm]] if arm in ARMS else []), *why.words, *([BATCHES] if campaign.variants else [])]
    return Turn(arm, at, why.hour, words)


def _mode(campaign: Campaign, settings: Settings) -> Mode:
    return mode_of(campaign.department, settings=settings)


def window_of(campaign: Campaign, settings: Settings) -> Window:
    """A campaign's window: its own, else the usual hours of newsletters."""
    return campaign.window or Window(usual_hours(settings))
