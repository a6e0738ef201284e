"""Seasons of plans with mishaps drawn from seeds. A failing seed is named, and runs alone by `SEED=`."""

import os

import pytest

from infra.platform.platform import Platform
from tests.delivery.season import Season

SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else range(4)
"""`SEED=17 pytest tests/delivery/test_season.py -m "not soak"` runs season 17 alone."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_season_of_mishaps_loses_nobody_and_doubles_nobody(stage: Platform, seed: int) -> None:
    account = Season(stage, seed).play()
    assert account.plans
    assert account.mishaps


def test_nor_where_some_sleep_at_its_beginning(stage: Platform) -> None:
    account = Season(stage, 10, asleep=True).play()
    assert account.plans
    assert account.mishaps


def test_nor_where_plans_go_from_near_to_far_and_people_move(stage: Platform) -> None:
    account = Season(stage, 20, banded=True).play()
    assert account.plans
    assert account.mishaps


@pytest.mark.soak
@pytest.mark.parametrize("how", [{}, {"asleep": True}, {"banded": True}], ids=str)
def test_a_hundred_seasons(stage: Platform, how: dict[str, bool]) -> None:
    failed = []
    for seed in range(100):
        try:
            Season(stage, seed, **how).play()
        except AssertionError as error:
            failed.append(f"SEED={seed}: {error}")
    assert not failed, "\n".join(failed)
