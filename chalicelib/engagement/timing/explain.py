"""Why this hour: what is known of one person, what people do, and which of it decided. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.delivery.best_hour import Arm, Rates, best_of, scores, spread, weight
from chalicelib.engagement.timing.mode import Mode
from chalicelib.subscribers.habits import Habit

HABIT, POPULATION = "habit", "population"


@dataclass(frozen=True)
class HourTold:
    """One local hour: messages and those engaged with near it, as they count; the rate of all; θ."""

    hour: int
    sent: float
    engaged: float
    rate: float
    score: float


@dataclass(frozen=True)
class Explanation:
    """The hour of a person among those allowed; `because` of their `habit`, or the `population`'s.

    `messages` are those known of the person, the older counting less; `words` are sentences.
    """

    hour: int
    because: str
    messages: float
    hours: Sequence[HourTold]
    words: Sequence[str]


def explained(
    habit: Habit | None, rates: Rates, allowed: Sequence[int], *, day: int, leave: bool, mode: Mode
) -> Explanation:
    """Why an hour is a person's best on a day.

    `leave`: whether engagement may be kept of the person. Without it, or where the `mode` is cohorts alone,
    nothing that is known of them counts.
    """
    known = habit.hours if habit and leave and mode is Mode.PERSONAL else {}
    age = day - habit.day if habit else 0
    found = scores(known, rates, age_days=age)
    counts, near = weight(age), spread(known)
    of_all, own = best_of(rates, allowed), best_of(found, allowed)
    hours = []
    for hour in sorted(allowed):
        sent, engaged = near.get(hour, (0.0, 0.0))
        numbers = (round(counts * sent, 2), round(counts * engaged, 2))
        hours.append(HourTold(hour, *numbers, rate=round(rates[hour], 4), score=round(found[hour], 4)))
    messages = round(counts * sum(sent for sent, _ in known.values()), 1)
    by_hour = {one.hour: one for one in hours}
    return Explanation(
        own,
        HABIT if own != of_all else POPULATION,
        messages,
        hours,
        _words(by_hour[own], by_hour[of_all], messages, leave=leave, mode=mode),
    )


def _words(own: HourTold, of_all: HourTold, messages: float, *, leave: bool, mode: Mode) -> list[str]:
    people = f"Of all people, most engage with what comes {_between(of_all.hour)}: {_percent(of_all.rate)}."
    if mode in COHORTS_ALONE:
        return [COHORTS_ALONE[mode], people]
    if not leave:
        return ["This person gave no leave to learn when they read: they get the hour of all.", people]
    if not messages:
        return ["Nothing is known yet of when this person reads: they get the hour of all.", people]
    known = (
        f"What is known of this person counts as {_number(messages)}: one counts half after 90 days, and"
        " tells something of the hours beside its own."
    )
    if own.hour == of_all.hour:
        return [known, people, f"That is not enough to move them from it, or speaks for it: {_told(own)}."]
    return [
        known,
        f"They engage most with what comes {_between(own.hour)}: {_told(own)}, which makes"
        f" {_percent(own.score)} expected.",
        people,
        f"With this person {_percent(of_all.score)} would be expected then: {_told(of_all)}.",
    ]


def _told(one: HourTold) -> str:
    return f"{one.engaged:g} of {_number(one.sent)} near {one.hour:02d}:00 opened or clicked"


def _number(messages: float) -> str:
    return f"{messages:g} {'message' if messages == 1 else 'messages'}"


def _between(hour: int) -> str:
    return f"between {hour:02d}:00 and {(hour + 1) % 24:02d}:00"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


COHORTS_ALONE = {
    Mode.COHORTS: "Hours are not learned of single people here: everyone gets the hour of all.",
    Mode.DEPARTMENT_COHORTS: "This department goes by cohorts alone: what single people do is not used, and"
    " everyone gets the hour of all.",
}
"""Why nobody's own hour is used."""

ARMS = {
    Arm.CONTROL: "One of ten is in control, by a hash of their id: they get it at once, to compare with.",
    Arm.RANDOM: "One of ten, by a hash of their id, gets it at a random hour, to learn of other hours, too.",
}
"""Why somebody does not get a message at their best hour."""
