"""Records of alerts, for the tour of the stack."""

from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event
from chalicelib.core.wiring import wiring
from chalicelib.delivery.halts import halts
from tests.alerts.answers.scene import launched
from tests.features import acting
from tests.features.local import LocalDriver


def recording(driver: LocalDriver) -> None:
    """All of it: staff read a record while the alert is sent; the watch notes a fault, and counts."""
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    made = launched({"topic": roads})
    note(made.id, Event.LAUNCHED, now=wiring().clock(), wiring=wiring())
    halts(wiring()).halt("urgent", "sms", reason="LimitExceededException")
    driver.platform.fire("alert_watch")
    driver.platform.clock.advance(61)
    driver.settle()
    acting.api(driver, "GET", f"/v1/alerts/{made.id}/record")
    driver.platform.fire("alert_watch")
    record = acting.api(driver, "GET", f"/v1/alerts/{made.id}/record")
    assert [one["event"] for one in record["chain"]["entries"]] == [
        "launched",
        "channel-halted",
        "channel-goes-on",
    ]
