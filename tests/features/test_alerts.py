"""Alerts over HTTP: from a draft to everyone in the area, and to nobody else."""

from tests.features import acting, releasing
from tests.features.driver import Driver


def test_an_alert_reaches_those_in_its_area_and_nobody_else(driver: Driver) -> None:
    at, number = releasing.spot(), acting.phone()
    here = releasing.resident(driver, at, phone=number)
    elsewhere = releasing.resident(driver, releasing.spot())
    not_opted_in = releasing.resident(driver, at, life_safety=False)
    alert = releasing.sent(driver, at)
    found = acting.api(driver, "GET", f"/v1/alerts/{alert}")
    assert found["status"] == "sent"
    assert (found["progress"]["sent"], found["break_glass"]) == (2, False)
    assert "Flash flood on Elm Street" in acting.last(driver, here).subject
    assert "Go to higher ground now" in acting.last(driver, number).text
    for nobody in (elsewhere, not_opted_in):
        assert not [one for one in acting.messages(driver, nobody) if "Flash flood" in one.subject]
