"""Alerts, for the tour of the stack."""

from tests.features import acting
from tests.features.local import LocalDriver


def alerting(driver: LocalDriver) -> None:
    """All of it."""
    acting.api(driver, "GET", "/v1/alerts")
    driver.platform.fire("alert_watch")
