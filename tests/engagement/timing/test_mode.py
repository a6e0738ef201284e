"""Whose hours count: as the deployment and each department want it."""

from dataclasses import replace

import pytest

from chalicelib.core import departments
from chalicelib.engagement.timing.mode import Mode, departments_of, mode_of
from infra.platform.platform import Platform
from tests.delivery.engine import world
from tests.delivery.returns import HEAD


@pytest.fixture(autouse=True)
def running(platform: Platform) -> Platform:
    departments.put("roads", name="Roads", cohort_only=True)
    departments.put("parks", name="Parks")
    return platform


@pytest.mark.parametrize(
    ("of", "mode"),
    [
        ((), Mode.PERSONAL),
        (("parks",), Mode.PERSONAL),
        (("never-set-up",), Mode.PERSONAL),
        (("roads",), Mode.DEPARTMENT_COHORTS),
        (("parks", "roads"), Mode.DEPARTMENT_COHORTS),
    ],
)
def test_one_department_that_wants_cohorts_alone_decides(of: tuple[str, ...], mode: Mode) -> None:
    assert mode_of(*of, settings=world().settings) is mode
    assert mode_of(*of, settings=replace(world().settings, habits=False)) is Mode.COHORTS


def test_a_digest_has_news_of_several_departments_and_a_notice_of_none() -> None:
    digest = {"moment": "2026-11-23T13:00:00.000Z", "departments": ["parks", "roads"]}
    assert departments_of(replace(HEAD, department="", digest=digest)) == ["parks", "roads"]
    assert departments_of(replace(HEAD, department="roads")) == ["roads"]
    assert departments_of(replace(HEAD, department="")) == []
