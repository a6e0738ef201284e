"""Of a city whose habits are known, Crier's rates come near the truth, where raw events do not."""

from collections import Counter

import pytest

from chalicelib.engagement.classify import HUMAN
from chalicelib.engagement.model import Why
from chalicelib.engagement.rates import open_rate
from tests.engagement.city.confusion import PAGE, page, small
from tests.engagement.city.measured import measured
from tests.engagement.city.others import OTHERS

NEAR, NEAR_ENOUGH, FAR = 0.05, 0.10, 0.50
SEEDS = (101, 202, 303)
"""None of them is one that the rules were made with."""


def test_the_page_has_the_tables_of_the_small_city() -> None:
    """To renew them: `python -m tests.engagement.city.confusion`."""
    text = PAGE.read_text("utf-8")
    assert page(text, small()) == text


def test_the_rates_of_a_small_city_are_near_the_truth() -> None:
    found = small()
    assert abs(found.open_error) < NEAR
    assert abs(found.click_error) < NEAR
    assert found.raw_open_error > FAR
    assert found.raw_click_error > FAR


def test_nearly_all_events_are_what_they_are_taken_for() -> None:
    right: Counter[str] = Counter()
    for (_, who, why), number in small().table.items():
        if why != Why.GMAIL_REPEAT:
            right[who, (Why(why) in HUMAN) is (who == "people")] += number  # type: ignore[index]
    for who in ("people", "machines"):
        assert right[who, True] > 0.98 * (right[who, True] + right[who, False])  # type: ignore[index]


@pytest.mark.parametrize("name", ["scanned doubled", "apple doubled", "clicks halved"])
def test_the_rates_of_other_small_cities_are_near_enough(name: str) -> None:
    found = measured(1000, 31, changed=OTHERS[name])
    assert abs(found.click_error) < NEAR_ENOUGH
    assert found.raw_click_error > FAR


def test_where_everybody_reads_with_apple_opens_cannot_be_told() -> None:
    found = measured(200, 3, changed={"apple": 1.0, "second": 0.0, "fetched": 1.0})
    rate = open_rate(found.found)
    assert rate is None or not rate.enough


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rates_of_a_city_of_20000_are_near_the_truth(seed: int) -> None:
    found = measured(20_000, seed)
    assert abs(found.open_error) < NEAR
    assert abs(found.click_error) < NEAR
    assert found.raw_open_error > FAR
    assert found.raw_click_error > FAR


@pytest.mark.soak
@pytest.mark.parametrize("name", OTHERS)
def test_the_rates_of_cities_unlike_it_are_near_enough(name: str) -> None:
    found = measured(20_000, 404, changed=OTHERS[name])
    assert abs(found.open_error) < NEAR_ENOUGH
    assert abs(found.click_error) < NEAR_ENOUGH
