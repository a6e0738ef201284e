"""Alerts, for the tour of the stack."""

from tests.features import acting
from tests.features.answering import answering
from tests.features.local import LocalDriver
from tests.features.templating import templates


def alerting(driver: LocalDriver) -> None:
    """All of it."""
    driver.platform.clock.advance(3_600)  # the use of a key is noted once an hour
    acting.api(driver, "GET", "/v1/alerts")
    driver.platform.fire("alert_watch")
    answering(driver)
    templates(driver)
