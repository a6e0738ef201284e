"""What the best hour added: counted by arm, told with its interval, and never more than the numbers carry."""

from collections import Counter
from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clock import utc_now
from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.best_hour import FLAT, Arm, BestHour, arm, document
from chalicelib.delivery.facts import Fact
from chalicelib.engagement.studied import Studied, Study
from chalicelib.engagement.timing.arms import LESS, MORE, NOT_ENOUGH, Arms, compared, difference
from tests.delivery.returns import HEAD

BEST = replace(HEAD, reference="c", best_hour=document(BestHour((8, 21), 24, FLAT)))
NUMBERS = st.integers(0, 3000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def study(head: object = BEST) -> Study:
    wiring = Wiring(settings=settings(), clock=utc_now)
    return Study(head, 3, True, wiring.clock(), wiring)  # type: ignore[arg-type]


def message(n: int, *did: str, channel: str = "email", state: str = "sent") -> Studied:
    item = {f"{name}_at": "2026-11-24T15:00:00.000Z" for name in did}
    return Studied(Fact("p", f"{n:032x}", channel, "en", "", 1, state, item), None, None)


def test_people_are_counted_by_arm_once_whatever_their_channels() -> None:
    told = [
        *(message(n, "opened") for n in range(100)),
        message(100, "clicked"),
        message(100, channel="sms"),
        message(101, state="failed"),
        message(102),
    ]
    first = Arms(study(), {})
    for one in told[:50]:
        first.take(one)
    first.end_shard(0)
    then = Arms(study(), first.document())
    for one in told[50:]:
        then.take(one)
    then.end_shard(1)
    found = then.document()["arms"]
    assert sum(counts["people"] for counts in found.values()) == 102
    assert sum(counts.get("opened", 0) for counts in found.values()) == 101
    assert sum(counts.get("clicked", 0) for counts in found.values()) == 1
    arms = Counter(arm(f"{n:032x}", "c") for n in range(103) if n != 101)
    assert {Arm(one): counts["people"] for one, counts in found.items()} == arms


def test_a_campaign_that_went_to_all_at_once_has_no_arms() -> None:
    taught = Arms(study(HEAD), {})
    taught.take(message(1))
    taught.end_shard(0)
    assert taught.document() == {"arms": {}}
    assert compared({}, "clicked", Arm.CONTROL).verdict == NOT_ENOUGH


@pytest.mark.parametrize(
    ("best", "other", "verdict"),
    [
        ((0, 0), (0, 0), NOT_ENOUGH),
        ((80, 800), (0, 0), NOT_ENOUGH),
        ((90, 800), (9, 100), NOT_ENOUGH),
        ((300, 800), (15, 100), MORE),
        ((120, 800), (35, 100), LESS),
        ((9, 800), (0, 100), NOT_ENOUGH),  # too few for the formula
        ((95, 800), (9, 100), NOT_ENOUGH),
    ],
)
def test_a_difference_is_told_where_the_numbers_carry_it(
    best: tuple[int, int], other: tuple[int, int], verdict: str
) -> None:
    found = difference(*best, *other)
    assert found.verdict == verdict
    document = {
        "arms": {
            "best": {"people": best[1], "clicked": best[0]},
            "control": {"people": other[1], "clicked": other[0]},
        }
    }
    assert compared(document, "clicked", Arm.CONTROL) == found


@given(NUMBERS, NUMBERS)
def test_it_is_the_formula(best: tuple[int, int], other: tuple[int, int]) -> None:
    (hits, of), (other_hits, other_of) = best, other
    found = difference(hits, of, other_hits, other_of)
    if found.share is None or found.plus_minus is None:
        assert not of or not other_of
        return
    p, q = hits / of, other_hits / other_of
    assert found.share == pytest.approx(p - q)
    assert found.plus_minus == pytest.approx(1.96 * sqrt(p * (1 - p) / of + q * (1 - q) / other_of))
    if found.verdict != NOT_ENOUGH:
        assert abs(found.share) > found.plus_minus
