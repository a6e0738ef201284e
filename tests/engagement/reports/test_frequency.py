import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.engagement.reports.frequency import AS_NOW, FEWER, NOT_ENOUGH, Week, advise
from chalicelib.engagement.reports.often import in_words


def week(rates: dict[int, float], *, people: int = 4_000, clicks: float = 0.25, lost: int = 8) -> Week:
    """Of each load, so many people, of whom such a share read; a quarter of those clicked."""
    return Week(
        {
            load: {"people": people, "read": round(people * rate), "clicked": round(people * rate * clicks)}
            for load, rate in rates.items()
        },
        lost,
    )


def test_the_first_message_that_fewer_read_is_one_too_many() -> None:
    found = advise([week({0: 0.4, 1: 0.4, 2: 0.3, 3: 0.3})])
    assert (found.verdict, found.most, found.now) == (FEWER, 2, 2.5)
    seldom = advise([week({0: 0.4}), week({0: 0.4, 1: 0.4}), week({2: 0.3}, people=3_000)])
    assert (seldom.verdict, seldom.most) == (AS_NOW, 2), "it is seen, and seldom comes to it"
    alone = advise([week({0: 0.4, 1: 0.4})])
    assert (alone.verdict, alone.most, alone.now) == (AS_NOW, 2, 1.5)


def test_more_who_leave_are_fatigue_though_as_many_read() -> None:
    calm, busy = week({0: 0.4}, lost=4), week({2: 0.4}, lost=60)
    found = advise([calm, busy] * 4)
    assert (found.verdict, found.most) == (AS_NOW, 2)
    (step,) = found.steps
    assert step.lost is not None
    assert step.lost.verdict == "higher"
    assert advise([calm, week({2: 0.4}, lost=4)] * 4).verdict == AS_NOW


@pytest.mark.parametrize(
    ("weeks", "needed"),
    [
        pytest.param([], False, id="nothing sent"),
        pytest.param([week({0: 0.0, 1: 0.0})], False, id="nobody read"),
        pytest.param([week({0: 0.4, 1: 0.38}, people=40)], True, id="few people"),
        pytest.param([week({0: 0.4})], True, id="always the same"),
    ],
)
def test_too_little_advises_nothing(weeks: list[Week], needed: bool) -> None:
    found = advise(weeks)
    assert (found.verdict, found.most) == (NOT_ENOUGH, None)
    assert (found.needed is not None) is needed
    assert in_words(found).startswith("Not enough data")


counts = st.integers(0, 3_000).flatmap(
    lambda people: st.integers(0, people).map(
        lambda read: {"people": people, "read": read, "clicked": read // 3}
    )
)
WEEKS = st.lists(
    st.builds(Week, st.dictionaries(st.integers(0, 6), counts, max_size=4), st.integers(0, 50)), max_size=4
)


@settings(max_examples=60)
@given(WEEKS)
def test_what_is_advised_follows_from_the_numbers_shown(weeks: list[Week]) -> None:
    found = advise(weeks)
    assert sum(group["people"] for group in found.groups.values()) == sum(one.messages for one in weeks)
    tiring = [step.per_week for step in found.steps if step.tires]
    assert (found.most is None) == (found.verdict == NOT_ENOUGH)
    if tiring:
        assert found.most == min(tiring) - 1
        assert (found.verdict == FEWER) == (found.now > min(tiring) - 1)
    assert advise(list(reversed(weeks))).most == found.most
    assert in_words(found)
