from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.clock import rfc3339
from chalicelib.delivery.facts import Fact
from chalicelib.engagement.counted import band_of
from chalicelib.engagement.reports.breakdown import (
    PEOPLE,
    Breakdown,
    Place,
    breakdown_of,
    median_minutes,
    summed,
)
from chalicelib.engagement.reports.reach import reach_rows
from chalicelib.engagement.reports.small import FEW, hidden

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROVING = frozenset({"email"})


def fact(
    subscriber: int,
    channel: str = "email",
    *,
    state: str = "sent",
    delivered: bool = True,
    opened: float | None = None,
    clicked: float | None = None,
) -> Fact:
    """A message; when it was opened and clicked, in minutes after it was handed over."""
    item: dict[str, Any] = {"delivered_at": rfc3339(AT)} if delivered else {}
    counted: dict[str, int] = {}
    for name, minutes in (("opened", opened), ("clicked", clicked)):
        if minutes is not None:
            band = band_of(minutes * 60)
            counted |= {f"{channel}#{name}#human": 1, f"{channel}#within#{band}#{name}#human": 1}
        else:
            counted[f"{channel}#{name}#machine"] = 1
    item["counted"] = counted
    return Fact("p", f"{subscriber:032x}", channel, "en", "", int(AT.timestamp()), state, item)


def did(one: Fact, what: str) -> bool:
    return f"{one.channel}#{what}#human" in one.item["counted"]


minutes = st.none() | st.floats(0, 9_000)
FACTS = st.builds(
    fact,
    st.just(1),
    st.just("email"),
    state=st.sampled_from(["sent", "failed", "unknown", ""]),
    delivered=st.booleans(),
    opened=minutes,
    clicked=minutes,
)
TEXTS = st.builds(fact, st.just(1), st.just("sms"), delivered=st.just(False), clicked=minutes)
PEOPLE_ = st.tuples(
    st.lists(FACTS, max_size=1).flatmap(lambda mails: st.tuples(st.just(mails), st.lists(TEXTS, max_size=1))),
    st.sampled_from(["en", "es"]),
    st.sampled_from(["north", "none"]),
    st.none() | st.integers(0, 9),
)


def broken(people: list[Any]) -> Breakdown:
    found = Breakdown()
    for (mails, texts), language, district, load in people:
        if mails or texts:
            found.take([*mails, *texts], language=language, district=district, proving=PROVING, load=load)
    return found


@settings(max_examples=50)
@given(st.lists(PEOPLE_, max_size=8))
def test_it_counts_what_a_count_by_hand_counts(people: list[Any]) -> None:
    found = broken(people)
    told = [(m, language) for (mails, _), language, _, _ in people for m in mails]
    by_language = summed(found.cells, by=("channel", "language"))
    for language in ("en", "es"):
        here = by_language.get(Place("email", language, ""), Counter())
        mails = [m for m, of in told if of == language]
        assert here["sent"] == sum(m.state == "sent" for m in mails)
        assert here["delivered"] == sum("delivered_at" in m.item for m in mails)
        assert here["opened"] == sum(did(m, "opened") for m in mails)
        assert here["clicked"] == sum(did(m, "clicked") for m in mails)
        engaged = sum(did(m, "opened") or did(m, "clicked") for m in mails)
        assert sum(number for name, number in here.items() if name.startswith("within#")) == engaged
    everybody = summed(found.cells, by=("channel",)).get(Place(PEOPLE, "", ""), Counter())
    both = [[*mails, *texts] for (mails, texts), *_ in people]
    assert everybody["clicked"] == sum(any(did(m, "clicked") for m in one) for one in both)
    loads = sum(counts["people"] for counts in found.loads.values())
    assert loads <= everybody["got"]


@settings(max_examples=30)
@given(st.lists(PEOPLE_, max_size=5), st.lists(PEOPLE_, max_size=5))
def test_sums_are_those_of_all_people_and_what_is_taken_away_is_gone(one: list[Any], two: list[Any]) -> None:
    both, first = broken([*one, *two]), broken(one)
    first.add(broken(two))
    assert first.document() == both.document()
    first.add(broken(two), times=-1)
    assert first.document() == broken(one).document()
    assert breakdown_of(both.document()) == both


def test_who_got_nothing_told_but_reacted_got_it() -> None:
    found = Breakdown()
    lost = fact(1, delivered=False, clicked=3)
    found.take(
        [lost, fact(1, "sms", state="failed", delivered=False)], language="en", district="n", proving=PROVING
    )
    assert found.cells[Place("email", "en", "n")]["got"] == 1
    assert found.cells[Place("sms", "en", "n")] == Counter({"failed": 1})
    assert found.cells[Place(PEOPLE, "en", "n")]["got"] == 1


@pytest.mark.parametrize(
    ("counts", "median"),
    [
        pytest.param({}, None, id="nobody"),
        pytest.param({"within#5": 1}, 5, id="one"),
        pytest.param({"within#5": 2, "within#60": 2}, 5, id="half of four"),
        pytest.param({"within#5": 1, "within#60": 2}, 60, id="the second of three"),
        pytest.param({"within#5": 1, "within#more": 4}, None, id="later than is told"),
    ],
)
def test_half_of_them_reacted_within(counts: dict[str, int], median: int | None) -> None:
    assert median_minutes(counts) == median


cells = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(0, 60), max_size=9
)


@given(cells)
def test_no_small_group_is_told_or_found_by_subtraction(people: dict[tuple[str, str], int]) -> None:
    sums = Counter[tuple[str, str]]()
    for (_, district), number in people.items():
        sums["", district] += number
    small = {district for _, district in hidden(sums)}
    assert {district for (_, district), number in sums.items() if 0 < number < FEW} <= small
    assert len(small) != 1 or all(not number for (_, one), number in sums.items() if one not in small)
    gone = hidden(people, districts=small)
    assert {cell for cell in people if cell[1] in small} <= gone
    assert {cell for cell, number in people.items() if 0 < number < FEW} <= gone
    for axis in (0, 1):
        for name in {cell[axis] for cell in people}:
            line = {cell for cell in people if cell[axis] == name and people[cell]}
            assert len(line & gone) != 1 or line <= gone


def test_reach_shows_who_is_not_reached_and_hides_few() -> None:
    found = Breakdown()
    for number in range(400):
        there = number % 2 == 0
        clicked = 4.0 if there and number % 4 == 0 else None
        one = fact(number, delivered=there or number % 8 == 1, clicked=clicked)
        found.take([one], language="en" if there else "es", district="north", proving=PROVING)
    for district, people in (("south", 3), ("east", 12), ("west", 40)):
        for number in range(people):
            found.take([fact(number)], language="vi", district=district, proving=PROVING)
    rows = {
        (row.channel, row.language, row.district): row
        for row in reach_rows(found, proving=PROVING, names={"north": "North End"})
    }
    spanish = rows[None, "es", None]
    assert (spanish.sent, spanish.delivered, spanish.clicked) == (200, 50, 0)
    assert spanish.compared is not None
    assert spanish.compared.verdict == "lower"
    assert rows[None, "en", "north"].name == "North End"
    assert rows[None, "en", "north"].minutes_to_first == 5
    for channel, language in ((None, "vi"), (None, None), ("email", None)):
        for district in ("south", "east"):  # the smallest other one is hidden with it
            few = rows[channel, language, district]
            assert (few.hidden, few.sent, few.clicked, few.click_rate, few.compared) == (True, *[None] * 4)
        assert rows[channel, language, "west"].sent == 40
    assert rows["email", "vi", None].sent == 55
    assert not any(row.channel and row.language and row.district for row in rows.values())
