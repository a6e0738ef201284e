"""Campaigns at the best hour, and what they teach: for the tour of all that functions do, and for tests."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.wiring import wiring
from tests.features import acting
from tests.features.local import LocalDriver


def learning(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """One campaign teaches of one who reads it; then, where hours are of all, that is taken away."""
    topic = acting.topic(driver)
    address = acting.sign_up(driver, [topic])
    campaign = best(driver, topic)
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/forecast")
    read(driver, address)
    days_pass(driver, 4)
    acting.report(driver, campaign)
    with patch.context() as alone:
        alone.setattr(wiring(), "settings", replace(wiring().settings, habits=False))
        best(driver, topic)
        days_pass(driver, 4)


def best(driver: LocalDriver, topic: str) -> str:
    """A campaign that went to each at their best hour; its id."""
    campaign = acting.draft(driver, [topic], channels=["email"])
    path = f"/v1/campaigns/{campaign}"
    acting.api(driver, "PATCH", path, {"version": 1, "send_time": "best"})
    acting.api(driver, "POST", f"{path}/launch")
    driver.settle()
    for _ in range(13):
        driver.pass_time(7200)
        driver.sweep()
        driver.settle()
    return campaign


def read(driver: LocalDriver, address: str) -> None:
    """Somebody reads the last mail to them, and follows its first link."""
    acting.follow(driver, acting.last(driver, address))
    driver.pass_time(120)
    driver.settle()


def days_pass(driver: LocalDriver, days: int) -> None:
    """Days with a tick each: four, and a plan is studied to its end."""
    for _ in range(days):
        driver.pass_time(86_400)
        driver.tick()
        driver.settle()


def best_hour(driver: LocalDriver, subscriber_id: str, *, department: str = "") -> Any:
    """A person's best hour, as staff see it; with a department, for what that one sends."""
    asked = f"?department={department}" if department else ""
    return acting.api(driver, "GET", f"/v1/subscribers/{subscriber_id}/best-hour{asked}")
