"""The best hour over HTTP: a campaign goes at it and teaches it; staff and the person see it."""

from tests.features import acting
from tests.features.learning import best, best_hour, days_pass, read
from tests.features.local import LocalDriver
from tests.features.test_history import id_of


def test_what_a_campaign_taught_is_seen_by_staff_and_by_its_person_and_goes_with_leave(
    driver: LocalDriver,
) -> None:
    topic = acting.topic(driver)
    address, other = (acting.sign_up(driver, [topic]) for _ in range(2))
    one = id_of(driver, address)
    assert best_hour(driver, one)["messages"] == 0
    campaign = best(driver, topic)
    read(driver, address)
    days_pass(driver, 4)
    told = best_hour(driver, one)
    assert told["messages"] > 0.9
    assert "counts as 1 message" in told["words"][0]
    export = acting.api(driver, "GET", f"/v1/subscribers/{one}/export")["habit"]
    assert [hour["engaged"] for hour in export["hours"]] == [1.0]
    report = acting.report(driver, campaign)["best_hour"]
    assert sum(each["people"] for each in report["arms"]) == 2
    assert sum(each["clicked"] for each in report["arms"]) == 1
    assert {each["verdict"] for each in report["comparisons"]} == {"not-enough-data"}
    assert best_hour(driver, id_of(driver, other))["messages"] > 0.9
    page = acting.own_page(driver, address).partition("?")[0]
    assert "When you read most" in driver.request("POST", f"{page}/record", form={}).text
    change = {"wishes": {"tracking": False}}
    acting.api(driver, "PATCH", f"/v1/subscribers/{one}", change)
    assert acting.api(driver, "GET", f"/v1/subscribers/{one}/export")["habit"] is None
    assert "gave no leave" in best_hour(driver, one)["words"][0]
    assert "When you read most" not in driver.request("POST", f"{page}/record", form={}).text


def test_a_department_may_go_by_cohorts_alone_while_another_learns(driver: LocalDriver) -> None:
    parks = acting.slug("dept")
    acting.api(driver, "PUT", f"/v1/departments/{parks}", {"name": "Parks", "cohort_only": True})
    assert acting.api(driver, "GET", f"/v1/departments/{parks}")["cohort_only"] is True
    roads, lawns = acting.topic(driver), acting.topic(driver, department=parks)
    address = acting.sign_up(driver, [roads, lawns])
    one = id_of(driver, address)
    for topic, department in ((roads, "works"), (lawns, parks)):
        acting.send(driver, [topic], channels=["email"], department=department)
        read(driver, address)
    days_pass(driver, 4)
    export = acting.api(driver, "GET", f"/v1/subscribers/{one}/export")["habit"]
    assert [hour["sent"] for hour in export["hours"]] == [1.0]
    assert "counts as 1 message" in best_hour(driver, one)["words"][0]
    assert "by cohorts alone" in best_hour(driver, one, department=parks)["words"][0]
    said = {}
    for topic, department in ((roads, "works"), (lawns, parks)):
        campaign = acting.draft(driver, [topic], channels=["email"], department=department)
        path = f"/v1/campaigns/{campaign}"
        acting.api(driver, "PATCH", path, {"version": 1, "send_time": "best"})
        told = acting.api(driver, "POST", f"{path}/preview", {"subscriber_id": one})["best_hour"]
        said[department] = " ".join(told["words"])
    assert "counts as 1 message" in said["works"]
    assert "by cohorts alone" in said[parks]
    assert "counts as" not in said[parks]
