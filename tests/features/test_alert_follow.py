"""What follows an alert, over HTTP: it was wrong, it is over, it is told anew; to whom it reached."""

from tests.features import acting, releasing
from tests.features.driver import Driver
from tests.features.local import LocalDriver


def subjects(driver: Driver, address: str) -> list[str]:
    return [one.subject for one in acting.messages(driver, address) if "flood" in one.subject.lower()]


def texts(driver: Driver, number: str) -> list[str]:
    return [one.text for one in acting.messages(driver, number) if "flood" in one.text.lower()]


def test_any_approver_takes_back_what_was_wrong_from_exactly_whom_it_reached(
    driver: LocalDriver,
) -> None:
    at, number = releasing.spot(), acting.phone()
    here = releasing.resident(driver, at, phone=number)
    alert = releasing.sent(driver, at)
    newcomer = releasing.resident(driver, at)
    approver, _, _ = acting.staff_key(driver, roles=["approver"])
    for _ in range(2):
        over = acting.api(driver, "POST", f"/v1/alerts/{alert}/cancel", {"reason": "sensor"}, key=approver)
        driver.settle()
    assert over["status"] == "cancelled"
    assert subjects(driver, here) == ["Flash flood on Elm Street", "Cancelled: Flash flood"]
    first, second = texts(driver, number)
    assert "Cancelled: Flash flood" in second
    assert "Cancelled" not in first
    assert subjects(driver, newcomer) == []
    correction = acting.api(driver, "GET", f"/v1/alerts/{over['followed_by']}")
    assert correction["follows"] == alert
    assert (correction["status"], correction["progress"]["sent"]) == ("sent", 2)


def test_the_danger_is_over_and_who_was_told_of_it_is_told_so(driver: LocalDriver) -> None:
    at = releasing.spot()
    here = releasing.resident(driver, at)
    alert = releasing.sent(driver, at)
    over = acting.api(driver, "POST", f"/v1/alerts/{alert}/end", {})
    driver.settle()
    assert over["status"] == "ended"
    assert subjects(driver, here) == ["Flash flood on Elm Street", "Over: Flash flood"]
    again = driver.request("POST", f"/v1/alerts/{over['followed_by']}/cancel", key=driver.admin_key, json={})
    assert (again.status, again.json()["code"]) == (409, "correction")
    acting.api(driver, "POST", f"/v1/alerts/{alert}/cancel", {})
    driver.settle()
    assert subjects(driver, here)[2:] == ["Cancelled: Flash flood"]


def test_an_update_takes_the_place_of_what_it_follows(driver: LocalDriver) -> None:
    at = releasing.spot()
    here = releasing.resident(driver, at)
    alert = releasing.sent(driver, at)
    newcomer = releasing.resident(driver, at)
    said = {**releasing.body(at)["content"]["en"], "headline": "Flash flood on Oak Street, too"}
    newer = acting.api(driver, "POST", f"/v1/alerts/{alert}/update", {"content": {"en": said}})
    assert (newer["status"], newer["follows"]) == ("draft", alert)
    shown = releasing.approved(driver, newer["id"])
    assert shown["preview"]["people"] == 2
    assert releasing.launch(driver, shown).status == 200
    driver.settle()
    both = ["Flash flood on Elm Street", "Flash flood on Oak Street, too"]
    assert subjects(driver, here) == both
    assert subjects(driver, newcomer) == both[1:]
    earlier = acting.api(driver, "GET", f"/v1/alerts/{alert}")
    assert (earlier["status"], earlier["followed_by"]) == ("ended", newer["id"])
    refused = driver.request("POST", f"/v1/alerts/{alert}/cancel", key=driver.admin_key, json={})
    assert (refused.status, refused.json()["code"]) == (409, "followed")
    acting.api(driver, "POST", f"/v1/alerts/{newer['id']}/end", {})
    driver.settle()
    assert subjects(driver, here) == [*both, "Over: Flash flood"]
    assert subjects(driver, newcomer) == [both[1], "Over: Flash flood"]


def test_a_draft_that_is_cancelled_is_over_without_a_word(driver: Driver) -> None:
    alert = releasing.draft(driver, releasing.spot())["id"]
    over = acting.api(driver, "POST", f"/v1/alerts/{alert}/cancel", {})
    assert (over["status"], over["followed_by"]) == ("cancelled", None)
    refused = driver.request("POST", f"/v1/alerts/{alert}/end", key=driver.admin_key, json={})
    assert (refused.status, refused.json()["code"]) == (409, "wrong-state")
