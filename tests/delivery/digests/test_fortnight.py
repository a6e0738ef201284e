"""Each item reaches each person who is due it exactly once, whatever they change, in any zone."""

from datetime import datetime
from typing import Any

import pytest

from tests.delivery.digests.fortnight import AUTUMN, SPRING, WEEKEND, Fortnight, stage


def holds(start: datetime, seed: int, **size: Any) -> None:
    with stage(start) as platform:
        world = Fortnight(platform, seed, **size)
        world.play()
        came = world.came()
        assert not world.due - came.keys(), "lost"
        assert not came.keys() - world.due, "to somebody who was not due it"
        assert max(came.values()) == 1, "doubled"
        assert 0 < world.digests < len(came)


def test_a_weekend_on_which_the_clock_changes() -> None:
    holds(WEEKEND, 7, people=24, items=8, changes=60, days=0.5, rest=1.15, cadences=("immediate", "daily"))


@pytest.mark.soak
@pytest.mark.parametrize("start", [AUTUMN, SPRING], ids=["autumn", "spring"])
def test_a_thousand_people_for_a_fortnight(start: datetime) -> None:
    holds(start, 1, people=1000, items=30, changes=4000)
