"""An alert is answered: by link and by text, on two channels; help reaches whoever is on duty."""

from typing import Any

import pytest

from chalicelib.alerts.model import Alert
from tests.alerts.answers.scene import launched
from tests.features import acting
from tests.features.answering import duty, path_of, person
from tests.features.local import LocalDriver
from tests.features.test_ladder import resident


def get(driver: LocalDriver, alert: Alert, what: str) -> Any:
    return acting.api(driver, "GET", f"/v1/alerts/{alert.id}/{what}")


def test_help_by_link_is_seen_by_staff_by_the_hook_and_in_the_history(driver: LocalDriver) -> None:
    receiver, topic = duty(driver), acting.topic(driver)
    mail, number = resident(driver, topic, "email", "sms")
    silent, _ = resident(driver, topic, "email")
    alert = launched({"topic": topic})
    driver.settle()
    for to, form in (
        (mail, {"answer": "safe"}),
        (number, {"answer": "help", "words": "Water in the cellar"}),
    ):
        assert driver.request("POST", path_of(driver, to), form=form).status == 200
    driver.settle()
    ana, ben = (person(driver, "email", one)["id"] for one in (mail, silent))
    assert receiver.helps[ana]["words"] == "Water in the cellar"
    assert get(driver, alert, "answers")["total"] == {"safe": 1, "help": 1, "not-here": 0}
    assert get(driver, alert, "unanswered")["items"] == [ben]
    (one,) = get(driver, alert, "help")["items"]
    assert (one["subscriber_id"], one["words"], one["told"], one["place"]) == (
        ana,
        "Water in the cellar",
        True,
        None,
    )
    taken = acting.api(driver, "POST", f"/v1/alerts/{alert.id}/help/{ana}/taken", {"note": "Boat 3"})
    assert taken["note"] == "Boat 3"
    assert get(driver, alert, "help")["items"] == []
    assert len(get(driver, alert, "help?status=taken")["items"]) == 1
    audit = acting.api(driver, "GET", "/v1/audit")["items"]
    assert "POST /v1/alerts/{alert_id}/help/{subscriber_id}/taken" in [entry["action"] for entry in audit]
    happened = acting.api(driver, "GET", f"/v1/subscribers/{ana}/history")["items"]
    assert [one["event"]["name"] for one in happened if one["event"]] == ["answer-help", "answer-safe"]
    assert [one["entry"]["text"] for one in happened if one["entry"]] == ["Water in the cellar"]


@pytest.mark.parametrize("mode", ["exercise", "test"])
def test_a_key_of_another_mode_takes_no_call(driver: LocalDriver, mode: str) -> None:
    topic = acting.topic(driver)
    mail, _ = resident(driver, topic, "email")
    alert = launched({"topic": topic})
    driver.settle()
    driver.request("POST", path_of(driver, mail), form={"answer": "help"})
    key, _, _ = acting.staff_key(driver, roles=["admin"], mode=mode)
    path = f"/v1/alerts/{alert.id}/help/{person(driver, 'email', mail)['id']}/taken"
    assert driver.request("POST", path, key=key, json={"note": "Mine"}).status == 403
    assert len(get(driver, alert, "help")["items"]) == 1
