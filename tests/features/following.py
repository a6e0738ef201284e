"""What follows an alert, for the tour: it is updated, ended, cancelled; the watch runs it again."""

import pytest

from chalicelib.delivery import counts
from tests.features import acting, posting, releasing
from tests.features.local import LocalDriver
from tests.features.tour import hurried


def following(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """All of it; what is cut short, and claims that settle late, are the watch's."""
    at = releasing.spot()
    for _ in range(7):
        releasing.resident(driver, at, phone=acting.phone())
    with posting.on_the_square(driver) as (_, account):
        alert = releasing.sent(driver, at, accounts=[account])
        newer = acting.api(driver, "POST", f"/v1/alerts/{alert}/update", {"urgency": "Expected"})["id"]
        released(driver, newer, patch)
        acting.api(driver, "POST", f"/v1/alerts/{newer}/end", {})
        driver.settle()
        cut_short(driver, newer, patch)
    acting.api(driver, "POST", f"/v1/alerts/{releasing.draft(driver, at)['id']}/cancel", {})


def released(driver: LocalDriver, alert: str, patch: pytest.MonkeyPatch) -> None:
    """With more people than a request counts, those whom the earlier alert reached among them."""
    with patch.context() as small:
        small.setattr(counts, "AT_ONCE", 0)
        hurried(driver, "AlertCounts", small)
        releasing.preview(driver, alert)
        driver.settle()
        given = releasing.typed(acting.api(driver, "GET", f"/v1/alerts/{alert}"), reason="Nobody answers.")
        acting.api(driver, "POST", f"/v1/alerts/{alert}/break-glass", given)
        driver.settle()
    assert acting.api(driver, "GET", f"/v1/alerts/{alert}")["status"] == "sent"


def cut_short(driver: LocalDriver, alert: str, patch: pytest.MonkeyPatch) -> None:
    """The function dies before the correction is written, and a worker was still sending the alert."""
    with patch.context() as broken:
        broken.setattr("chalicelib.alerts.follow.run.hand_over", _dying)
        answer = driver.request("POST", f"/v1/alerts/{alert}/cancel", key=driver.admin_key, json={})
        assert answer.status == 500
    for _ in range(3):
        driver.platform.clock.advance(61)
        driver.platform.fire("alert_watch")
        driver.settle()
    over = acting.api(driver, "GET", f"/v1/alerts/{alert}")
    correction = acting.api(driver, "GET", f"/v1/alerts/{over['followed_by']}")
    assert (over["status"], correction["status"]) == ("cancelled", "sent")


def _dying(*_: object, **__: object) -> None:
    raise RuntimeError
