"""Rules over what a person did with messages: who reads them, and who has long been silent. Pure.

    {"engaged": {"by": "click", "within_days": 90}}                      did so in the last 90 days
    {"silent": {"by": "any", "for_days": 90, "sent_at_least": 3}}        was written to, and did not

`by` is `click`, `open` or `any` of the two; with `channel`, on that one alone. `any` on no channel in
particular is also what people do of their own: they change what they get, or write. Days are whole days of
UTC; a rule frozen on one says since (`engaged`) or from which day on not (`silent`).

Both need a habit, which is kept of people by their leave alone: of whom nothing is known, neither holds. So
`silent` is not the reverse of `engaged`. Who is silent was known for the whole time, and was sent so many
messages since they last did it, the latest within that time: not those whom nobody wrote to. Nor those whose
mail program hides it if they open what came in that time, unless it is clicks that are asked for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from chalicelib.core.errors import FieldError
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import CHANNELS, Row

ENGAGED, SILENT = "engaged", "silent"
KINDS = (ENGAGED, SILENT)
CLICK, OPEN, ANY = "click", "open", "any"
WAYS = (CLICK, OPEN, ANY)
MAX_DAYS = 3_650
MAX_SENT = 1_000
SENT_AT_LEAST = 3

_EPOCH = date(1970, 1, 1)
_DAYS = {ENGAGED: "within_days", SILENT: "for_days"}
_OPTIONAL = {ENGAGED: {"channel"}, SILENT: {"channel", "sent_at_least"}}


def errors(kind: str, value: Any, place: str) -> Iterator[FieldError]:
    """What is wrong with such a rule, each place by its pointer."""
    days = _DAYS[kind]
    needed = {"by", days}
    if not isinstance(value, dict) or not needed <= value.keys() <= needed | _OPTIONAL[kind]:
        more = " and ".join(sorted(_OPTIONAL[kind]))
        yield FieldError(place, f"Give by and {days}; {more}, if wanted.")
        return
    if value["by"] not in WAYS:
        yield FieldError(f"{place}/by", f"Give one of {', '.join(WAYS)}.")
    if value.get("channel", CHANNELS[0]) not in CHANNELS:
        yield FieldError(f"{place}/channel", f"Channels are {', '.join(CHANNELS)}.")
    if not _whole(value[days], MAX_DAYS):
        yield FieldError(f"{place}/{days}", f"Give whole days, 1 to {MAX_DAYS}.")
    if not _whole(value.get("sent_at_least", 1), MAX_SENT):
        yield FieldError(f"{place}/sent_at_least", f"Give a whole number, 1 to {MAX_SENT}.")


def _whole(number: Any, most: int) -> bool:
    return type(number) is int and 1 <= number <= most


def frozen(kind: str, value: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """The rule with a day in place of the time since."""
    ways = {name: value[name] for name in ("by", "channel") if name in value}
    day = (today - timedelta(days=value[_DAYS[kind]])).isoformat()
    if kind == ENGAGED:
        return {**ways, "since": day}
    return {**ways, "since": day, "sent_at_least": value.get("sent_at_least", SENT_AT_LEAST)}


def test_of(kind: str, value: Mapping[str, Any]) -> Callable[[Row], bool]:
    """The test of a frozen rule, of a row that its person's habit was joined to."""
    by, since = value["by"], (date.fromisoformat(value["since"]) - _EPOCH).days
    channels = (value["channel"],) if "channel" in value else CHANNELS

    def engaged(row: Row) -> bool:
        return row.habit is not None and last(row.habit) >= since

    def silent(row: Row) -> bool:
        habit = row.habit
        if habit is None or habit.since > since or last(habit) >= since:
            return False
        if by != CLICK and _latest([habit.hidden], channels) >= since:
            return False
        return _latest([habit.sent], channels) >= since and _unanswered(habit, by, channels) >= least

    def last(habit: Habit) -> int:
        """The last day on which it was done; before all days, if never."""
        days = ([] if by == CLICK else [habit.opened]) + ([] if by == OPEN else [habit.clicked])
        own = habit.seen if by == ANY and "channel" not in value else 0
        return max(own, _latest(days, channels))

    least = value.get("sent_at_least", SENT_AT_LEAST)
    return engaged if kind == ENGAGED else silent


def _latest(days: Sequence[Mapping[str, int]], channels: tuple[str, ...]) -> int:
    return max((one.get(channel, 0) for one in days for channel in channels), default=0)


def _unanswered(habit: Habit, by: str, channels: tuple[str, ...]) -> int:
    """Messages since it was last done, each counted on its own channel."""
    counts = habit.unclicked if by == CLICK else habit.unread
    return sum(counts.get(channel, 0) for channel in channels)
