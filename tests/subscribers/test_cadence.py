"""Which digest an item belongs to: exactly one, whatever was changed when."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.subscribers import cadence
from chalicelib.subscribers.cadence import Clocks, History, digest_of, is_immediate, turned, window
from chalicelib.subscribers.model import Turn

ZONES = (
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Paris",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "America/Havana",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
)
SPRING, AUTUMN = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
NEW_YORK, DAILY, WEEKLY = "America/New_York", History("daily"), History("weekly")


def clocks(zone: str = NEW_YORK, hour: str = "8") -> Clocks:
    """A clock that never changed."""
    return Clocks(History(zone), History(hour), History("8"))


class Item(NamedTuple):
    """When an item was published, by which clock, and when its digest comes."""

    at: str
    zone: str
    hour: str
    digest: str


DAYS = {
    "the next morning": Item("2026-11-22T20:00:00.000Z", NEW_YORK, "8", "2026-11-23T13:00:00.000Z"),
    "this morning": Item("2026-11-22T12:59:59.999Z", NEW_YORK, "8", "2026-11-22T13:00:00.000Z"),
    "with the digest: the next": Item("2026-11-22T13:00:00.000Z", NEW_YORK, "8", "2026-11-23T13:00:00.000Z"),
    "a quarter's zone": Item("2026-11-22T00:00:00.000Z", "Asia/Kathmandu", "8", "2026-11-22T02:15:00.000Z"),
    "an hour left out: the next": Item("2026-03-08T00:00:00.000Z", NEW_YORK, "2", "2026-03-08T07:00:00.000Z"),
    "an hour come twice: once": Item("2026-11-01T05:00:00.000Z", NEW_YORK, "1", "2026-11-02T06:00:00.000Z"),
    "before it comes twice": Item("2026-11-01T04:59:00.000Z", NEW_YORK, "1", "2026-11-01T05:00:00.000Z"),
    "midnight left out": Item("2026-03-08T04:00:00.000Z", "America/Havana", "0", "2026-03-08T05:00:00.000Z"),
    "half an hour left out": Item(
        "2026-10-03T12:00:00.000Z", "Australia/Lord_Howe", "2", "2026-10-03T15:30:00.000Z"
    ),
    "a day left out": Item("2011-12-29T19:00:00.000Z", "Pacific/Apia", "8", "2011-12-30T10:00:00.000Z"),
}


@pytest.mark.parametrize("item", DAYS.values(), ids=DAYS)
def test_a_digest_comes_at_the_first_moment_at_which_the_clock_has_reached_the_hour(item: Item) -> None:
    assert digest_of(item.at, DAILY, clocks(item.zone, item.hour)) == item.digest


def test_weekly_digests_come_on_mondays_in_the_persons_zone() -> None:
    sunday_there = "2026-11-22T19:00:00.000Z"
    assert digest_of(sunday_there, WEEKLY, clocks()) == "2026-11-23T13:00:00.000Z"
    assert digest_of(sunday_there, WEEKLY, clocks("Asia/Tokyo", "3")) == "2026-11-29T18:00:00.000Z"


def test_what_waited_for_a_weekly_digest_comes_with_the_next_once_the_topic_is_sent_daily_or_at_once() -> (
    None
):
    tuesday, thursday = "2026-11-24T15:00:00.000Z", "2026-11-26T15:00:00.000Z"
    for now in ("daily", "immediate"):
        history = History(now, (Turn(thursday, "weekly"),))
        assert digest_of(tuesday, history, clocks()) == "2026-11-27T13:00:00.000Z"


def test_who_chose_no_hour_follows_the_deployments_and_its_change() -> None:
    usual = History("9", (Turn("2026-11-23T12:00:00.000Z", "8"),))
    follows = Clocks(History(NEW_YORK), History(""), usual)
    assert digest_of("2026-11-22T13:30:00.000Z", DAILY, follows) == "2026-11-23T14:00:00.000Z"
    assert digest_of("2026-11-22T12:30:00.000Z", DAILY, follows) == "2026-11-22T13:00:00.000Z"
    assert digest_of("2026-11-22T12:30:00.000Z", DAILY, clocks(hour="7")) == "2026-11-23T12:00:00.000Z"


def test_a_change_holds_a_minute_after_it_was_asked_for() -> None:
    asked = datetime(2026, 11, 22, 12, tzinfo=UTC)
    turns = turned((), "immediate", asked_at=asked)
    for seconds, immediate in ((0, True), (59, True), (60, False)):
        assert is_immediate("daily", turns, rfc3339(asked + timedelta(seconds=seconds))) is immediate
    assert not is_immediate("daily", turns, ""), "at the moment: what is chosen"
    back = turned(turns, "daily", asked_at=asked)
    assert is_immediate("immediate", back, rfc3339(asked + timedelta(days=1)))
    assert back == turns, "what was chosen in between was never in force"


def test_turns_are_forgotten_once_no_item_waits_for_their_sake() -> None:
    asked = datetime(2026, 11, 22, 12, tzinfo=UTC)
    old = turned((), "weekly", asked_at=asked - timedelta(days=17))
    assert [turn.was for turn in turned(old, "daily", asked_at=asked)] == ["daily"]


# Any history -----------------------------------------------------------------------------------------------

minutes = st.integers(0, 20 * 24 * 60)
changes = st.lists(
    st.tuples(
        minutes,
        st.one_of(
            st.tuples(st.just("cadence"), st.sampled_from(("immediate", "daily", "weekly"))),
            st.tuples(st.just("zone"), st.sampled_from(ZONES)),
            st.tuples(st.just("hour"), st.sampled_from(["", *map(str, range(24))])),
        ),
    ),
    max_size=7,
).map(sorted)
Changes = list[tuple[int, tuple[str, str]]]


def state_at(start: datetime, known: Changes) -> tuple[History, Clocks]:
    """What the tables hold of a person after these changes."""
    held = {"cadence": History("daily"), "zone": History(NEW_YORK), "hour": History("")}
    for minute, (what, value) in known:
        was = held[what]
        if was.value != value:
            asked = start + timedelta(minutes=minute)
            held[what] = History(value, turned(was.turns, was.value, asked_at=asked))
    return held["cadence"], Clocks(held["zone"], held["hour"], History("8"))


def seen_at(start: datetime, moment: str, all_changes: Changes, lag: timedelta) -> tuple[History, Clocks]:
    """What somebody reads who sees changes only so long after they were asked for."""
    seen = parse_rfc3339(moment) - lag
    return state_at(start, [one for one in all_changes if start + timedelta(minutes=one[0]) <= seen])


def could_be(start: datetime, all_changes: Changes, instant: str) -> list[str]:
    """Each moment after an item at which some clock that its person ever had shows some hour chosen."""
    zones = {NEW_YORK, *(value for _, (what, value) in all_changes if what == "zone")}
    hours = {"8", *(value for _, (what, value) in all_changes if what == "hour" and value)}
    here = parse_rfc3339(instant)
    days = [here.date() + timedelta(days=n) for n in range(-1, 12)]
    found = {cadence._reached(zone, hour, day) for zone in zones for hour in hours for day in days}
    return sorted({one for one in found if one >= rfc3339(here - timedelta(days=1))})


@given(st.sampled_from((SPRING, AUTUMN)), changes, st.integers(0, 20 * 24 * 3_600_000), st.integers(0, 900))
@example(AUTUMN, [], 0, 0)
@settings(max_examples=150, deadline=None)
def test_each_item_is_sent_at_once_or_is_due_in_one_digest_whoever_reads_when(
    start: datetime, all_changes: Changes, published: int, other: int
) -> None:
    instant = rfc3339(start + timedelta(milliseconds=published))
    reads = [seen_at(start, instant, all_changes, timedelta(seconds=lag))[0] for lag in (0, 59, -100_000)]
    (at_once,) = {is_immediate(one.value, one.turns, instant) for one in reads}
    digests = []
    last = cadence.last_resort(instant)
    quarter = rfc3339(parse_rfc3339(last) - other * cadence.QUARTER)
    for slot in sorted({*could_be(start, all_changes, instant), last, quarter}):
        histories = [seen_at(start, slot, all_changes, timedelta(seconds=lag)) for lag in (0, 59, -100_000)]
        (due,) = {begin <= instant < end for begin, end in (window(slot, *one) for one in histories)}
        if due:
            digests.append(slot)
            assert {digest_of(instant, *one) for one in histories} == {slot}
    assert len(digests) == 1, (at_once, digests)


@given(changes, st.integers(0, 20 * 24 * 3_600_000))
def test_the_window_of_a_digest_holds_what_belongs_to_it(all_changes: Changes, published: int) -> None:
    history = state_at(AUTUMN, all_changes)
    instant = rfc3339(AUTUMN + timedelta(milliseconds=published))
    slot = digest_of(instant, *history)
    begin, end = window(slot, *history)
    assert begin <= instant < end
    assert cadence.is_digest(slot, history[1]) or slot == cadence.last_resort(instant)
