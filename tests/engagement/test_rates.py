from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engagement.classify import classify
from chalicelib.engagement.model import Event, Kind
from chalicelib.engagement.rates import Did, Readers, click_rate, of_nobody, open_rate, readers, standing
from chalicelib.engagement.reports.intervals import wilson
from tests.engagement.test_classify import APPLE, CHROME, HANDED, a_click, a_scan, an_open


def did(people: int, opened: int, clicked: int, both: int) -> Did:
    return Did(people, opened, clicked, opened + clicked - both)


def told(*events: Event) -> set[str]:
    return set(standing(events, classify(events, handed_at=HANDED)))


def test_what_a_delivery_counts_in() -> None:
    assert told() == set()
    assert told(*a_scan(43)) == set()
    assert told(an_open(900)) == {"read#human"}
    assert told(a_click(900)) == {"read#human"}
    assert told(Event("v", Kind.CONVERSION, HANDED + 900)) == set()
    assert told(an_open(60, APPLE)) == {"hidden#people"}
    assert told(an_open(60, APPLE), a_click(900)) == {
        *("read#human", "hidden#people", "hidden#clicked", "hidden#read"),
    }
    assert told(an_open(60, APPLE), an_open(900)) == {
        *("read#human", "hidden#people", "hidden#opened", "hidden#read"),
    }


def test_what_an_event_of_nobody_counts_in() -> None:
    for event, names in (
        (an_open(900), ["nobody#opens"]),
        (a_click(900), ["nobody#clicks"]),
        (a_click(900, 1, ""), []),
        (Event("x", Kind.CONTROL, HANDED, 0, CHROME), []),
    ):
        assert list(of_nobody(event, classify([event], handed_at=0))) == names


def test_readers_are_read_out_of_the_counters() -> None:
    counts = Counter(
        {
            "email#opened#human": 30,
            "email#clicked#human": 8,
            "email#read#human": 33,
            "email#hidden#people": 40,
            "email#hidden#clicked": 3,
            "email#hidden#read": 3,
            "email#opens#human": 41,
            "email#clicks#human": 12,
            "email#nobody#opens": 1,
            "email#nobody#clicks": 2,
            "sms#clicked#human": 99,
        }
    )
    assert readers(counts, "email", 100) == Readers(
        Did(100, 30, 8, 33), Did(40, 0, 3, 3), opens=40, clicks=10, opens_of_nobody=1, clicks_of_nobody=2
    )


def test_where_all_can_be_seen_the_rates_are_the_counts() -> None:
    found = Readers(did(10_000, 3000, 400, 400), opens=3500, clicks=500)
    rate = open_rate(found)
    assert rate
    assert rate.enough
    assert rate.value == pytest.approx(0.3, rel=0.005)
    clicks = click_rate(found)
    assert clicks
    assert clicks.value == 0.04
    assert clicks.low < 0.04 < clicks.high


def test_readers_without_pictures_are_found_by_their_clicks() -> None:
    """Of 400 who clicked, 100 were not seen opening: so were a quarter of the readers not."""
    rate = open_rate(Readers(did(10_000, 2250, 400, 300), opens=2250, clicks=400))
    assert rate
    assert rate.value == pytest.approx(0.3, rel=0.01)


def test_hidden_readers_are_found_by_their_clicks() -> None:
    half = did(5000, 1000, 500, 500)
    alike = open_rate(Readers(half + did(5000, 0, 500, 0), did(5000, 0, 500, 0)))
    keener = open_rate(Readers(half + did(5000, 0, 1000, 0), did(5000, 0, 1000, 0)))
    assert alike
    assert keener
    assert alike.value == pytest.approx(0.2, rel=0.01)
    assert keener.value == pytest.approx((0.2 + 0.4) / 2, rel=0.04)


def test_clicks_of_nobody_are_so_many_people_as_other_clicks() -> None:
    rate = click_rate(Readers(did(1000, 0, 80, 0), clicks=100, clicks_of_nobody=25))
    assert rate
    assert rate.value == 0.1
    assert (rate.low, rate.high) == (wilson(80, 1000).low, wilson(105, 1000).high)
    alone = click_rate(Readers(did(1000, 0, 0, 0), clicks_of_nobody=3))
    assert alone
    assert (alone.value, alone.low) == (0.003, 0)


def test_events_may_be_ahead_of_receipts() -> None:
    rate = click_rate(Readers(did(1, 0, 3, 0), clicks=3, clicks_of_nobody=9))
    assert rate
    assert (rate.value, rate.of, rate.high) == (1, 3, 1)


def test_of_nobody_nothing_is_told() -> None:
    assert click_rate(Readers()) is None
    assert open_rate(Readers()) is None
    assert open_rate(Readers(did(100, 0, 5, 0))) is None


def test_where_all_are_hidden_reading_cannot_be_told() -> None:
    all_of_them = did(1000, 20, 50, 10)
    assert open_rate(Readers(all_of_them, all_of_them)) is None


def test_few_readers_are_not_enough() -> None:
    rate = open_rate(Readers(did(40, 5, 1, 1), did(20, 0, 0, 0)))
    assert rate
    assert not rate.enough


def test_several_messages_to_the_same_people_are_no_surer_than_one() -> None:
    one = Readers(did(2000, 300, 40, 16), did(1000, 0, 22, 0), opens=400, clicks=50)
    single, several = open_rate(one), open_rate(one + one + one)
    assert single
    assert several
    assert several.value == pytest.approx(single.value)
    assert several.low == pytest.approx(single.low)
    assert several.of == 3 * single.of


def test_the_interval_holds_the_truth_19_times_in_20() -> None:
    """A thousand messages to 4,000 people, half of them hidden, one in ten without pictures."""
    random, held = np.random.default_rng(11), 0
    for _ in range(1000):
        read = random.random(4000) < 0.25
        clicked = read & (random.random(4000) < 0.15)
        hidden = np.arange(4000) < 2000
        seen = read & ~hidden & (random.random(4000) < 0.9)
        did_what = np.column_stack([np.ones(4000, bool), seen, clicked, seen | clicked])
        everybody, of_hidden = (Did(*one.sum(axis=0).tolist()) for one in (did_what, did_what[hidden]))
        rate = open_rate(Readers(everybody, of_hidden))
        assert rate
        held += rate.low <= read.mean() <= rate.high
    assert held >= 940


PARTS = st.tuples(*[st.integers(0, 3000)] * 4)


def _did(parts: tuple[int, int, int, int]) -> Did:
    plain, opened, clicked, both = parts
    return did(plain + opened + clicked + both, opened + both, clicked + both, both)


@given(PARTS, PARTS, st.integers(0, 500), st.integers(0, 500))
def test_rates_are_shares_within_their_intervals(plain, hidden, opens, clicks) -> None:  # type: ignore[no-untyped-def]
    found = Readers(_did(plain) + _did(hidden), _did(hidden), 1000, 1000, opens, clicks)
    for rate in (open_rate(found), click_rate(found)):
        if rate:
            assert 0 <= rate.low <= rate.value <= rate.high <= 1
            assert rate.of == found.everybody.people
    opened = open_rate(found)
    if opened:
        assert opened.value >= found.everybody.read / found.everybody.people


@given(PARTS, PARTS, st.integers(1, 500))
def test_more_clicks_of_hidden_people_never_make_fewer_readers(plain, hidden, more) -> None:  # type: ignore[no-untyped-def]
    found = Readers(_did(plain) + _did(hidden), _did(hidden))
    fewer = open_rate(found)
    clicking = Did(more, 0, more, more)
    silent = Did(more, 0, 0, 0)
    with_clicks = open_rate(
        replace(found, everybody=found.everybody + clicking, hidden=found.hidden + clicking)
    )
    without = open_rate(replace(found, everybody=found.everybody + silent, hidden=found.hidden + silent))
    if fewer and with_clicks and without:
        assert with_clicks.value >= without.value - 1e-9
