"""Whom a correction reaches, in which order: bands of time that hold everybody, each once."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.follow.reach import BANDS, bands, handed, reached
from chalicelib.delivery.audience import compiled, on_channel
from chalicelib.delivery.nodes import Written, listed

BEGUN = 1_795_000_000
MOMENTS = st.none() | st.integers(BEGUN - 100, BEGUN + 100_000)


def test_the_reach_of_one_plan_and_of_several() -> None:
    assert reached(["b"]) == handed("b")
    assert reached(["b", "a"]) == {"any": [handed("b"), handed("a")]}


@given(st.floats(0, 90_000), MOMENTS)
def test_the_bands_of_one_plan_hold_each_moment_once(lasted: float, taken_at: int | None) -> None:
    found = bands(["p"], begun=BEGUN, ended=BEGUN + lasted)
    assert len(found) in {0, *range(2, BANDS + 1)}
    asked = [
        to for band in found for to in listed(compiled(on_channel(band, "sms"))) if isinstance(to, Written)
    ]
    assert sum(to.timed(taken_at) for to in asked) == (1 if found else 0)
    begins = [to.since for to in asked if to.since is not None]
    assert begins == sorted(begins, reverse=True), "the latest come first"


def test_whom_only_an_older_plan_reached_and_others_come_last() -> None:
    others = {"life_safety": True}
    found = bands(["b", "a"], begun=BEGUN, ended=BEGUN + 10, others=others)
    assert found == [handed("b"), {"except": [{"any": [reached(["b", "a"]), others]}, handed("b")]}]
    assert list(listed(compiled(on_channel(found[0], "sms")))) == [Written("b", "handed", "sms")]
