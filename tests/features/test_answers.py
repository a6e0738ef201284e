"""An alert is answered: by link and by text, on two channels; help reaches whoever is on duty."""

import re
from typing import Any

import pytest

from chalicelib.alerts.model import Alert
from chalicelib.delivery.ladder import Rung
from tests.alerts.answers.scene import launched
from tests.delivery import engine
from tests.features import acting, releasing
from tests.features.answering import duty, path_of, person
from tests.features.driver import ALERTS, NEWS, Driver
from tests.features.local import LocalDriver
from tests.features.test_keywords import told, waiting
from tests.features.test_ladder import resident
from tests.features.test_quiet_hours import hours_pass

ANSWER = re.compile(r"https?://[^\s\"<>]+/a/([\w-]+)")


def get(driver: Driver, alert: Alert | str, what: str) -> Any:
    alert_id = alert if isinstance(alert, str) else alert.id
    return acting.api(driver, "GET", f"/v1/alerts/{alert_id}/{what}")


def asked(driver: Driver, to: str) -> str:
    """The path by which the last message to somebody asks them."""
    message = acting.last(driver, to)
    found = ANSWER.search(message.html or message.text)
    assert found, message.text
    return f"/a/{found[1]}"


def test_from_launch_to_answers_by_link_and_by_text(driver: Driver) -> None:
    at, number = releasing.spot(), acting.phone()
    mail = releasing.resident(driver, at, phone=number)
    silent = releasing.resident(driver, at)
    alert = releasing.sent(driver, at)
    assert "Flash flood on Elm Street" in driver.request("GET", asked(driver, mail)).text
    assert driver.request("POST", asked(driver, mail), form={"answer": "safe"}).status == 200
    assert driver.request("GET", asked(driver, number)).status == 200
    assert len(asked(driver, number)) <= 22
    driver.text_in(number, ALERTS, "SOS, the cellar is full")
    driver.settle()
    assert get(driver, alert, "answers")["total"] == {"safe": 1, "help": 1, "not-here": 0}
    (one,) = get(driver, alert, "help")["items"]
    assert one["place"] == {"text": "", **at, "source": "home"}
    assert one["words"] == "SOS, the cellar is full"
    path = f"/v1/alerts/{alert}/help/{one['subscriber_id']}/taken"
    assert acting.api(driver, "POST", path, {"note": "Boat 3"})["taken_at"]
    assert get(driver, alert, "help")["items"] == []
    asking = {"channel": "email", "address": silent}
    subscriber = acting.api(driver, "POST", "/v1/subscribers/lookup", asking)
    assert get(driver, alert, "unanswered")["items"] == [subscriber["id"]]


def test_in_an_exercise_nobody_is_alarmed(driver: LocalDriver) -> None:
    receiver, at = duty(driver), releasing.spot()
    key, _, _ = acting.staff_key(driver, roles=["emergency_manager"], mode="exercise")
    mail = releasing.resident(driver, at, exercise=True)
    alert = releasing.sent(driver, at, key=key, mode="exercise")
    path = asked(driver, mail)
    assert "This is an exercise" in driver.request("GET", path).text
    driver.request("POST", path, form={"answer": "help"})
    driver.settle()
    subscriber = person(driver, "email", mail)["id"]
    assert subscriber in receiver.exercised
    assert subscriber not in receiver.helps
    taken = f"/v1/alerts/{alert}/help/{subscriber}/taken"
    assert driver.request("POST", taken, key=driver.admin_key, json={"note": "Mine"}).status == 403
    acting.api(driver, "POST", taken, {"note": "Practised"}, key=key)


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


def alerted(driver: LocalDriver, **more: Any) -> tuple[Alert, str]:
    """An alert that reached somebody by text, and their number."""
    topic = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [topic])
    alert = launched({"topic": topic}, **more)
    driver.settle()
    return alert, number


def text_of(driver: LocalDriver, number: str) -> list[tuple[str, str]]:
    """What somebody wrote, as their history has it: keyword and text, the newest first."""
    path = f"/v1/subscribers/{person(driver, 'sms', number)['id']}/history?kind=entry"
    return [
        (one["entry"]["keyword"], one["entry"]["text"]) for one in acting.api(driver, "GET", path)["items"]
    ]


def test_a_text_answers_the_alert_that_reached_its_number(driver: LocalDriver) -> None:
    alert, number = alerted(driver)
    same = acting.slug("text")
    before = len(acting.messages(driver, number))
    for _ in range(2):
        driver.text_in(number, ALERTS, "Safe!", message_id=same)
    driver.settle()
    (answer,) = [one.text for one in acting.messages(driver, number)[before:]]
    assert 'noted about "Flash flood on Elm Street": I am safe' in answer
    assert driver.platform.outbox.last(to=number).headers["From"] == ALERTS
    assert get(driver, alert, "answers")["total"] == {"safe": 1, "help": 0, "not-here": 0}
    (answer,) = told(driver, number, "no estoy aquí", to=ALERTS)
    assert "No estoy aquí" in answer
    assert get(driver, alert, "answers")["total"] == {"safe": 0, "help": 0, "not-here": 1}
    assert text_of(driver, number) == [("not-here", "no estoy aquí"), ("safe", "Safe!")]


def test_help_by_text_is_one_call_with_all_that_is_written_since(driver: LocalDriver) -> None:
    receiver = duty(driver)
    alert, number = alerted(driver)
    (answer,) = told(driver, number, "2", to=ALERTS)
    assert "your call for help is passed on. This is not 911" in answer
    told(driver, number, "We are on the roof", to=ALERTS)
    (one,) = get(driver, alert, "help")["items"]
    assert (one["answer"], one["words"], one["told"]) == ("help", "We are on the roof", True)
    assert receiver.helps[one["subscriber_id"]]["words"] == "We are on the roof"
    assert text_of(driver, number) == [("need-help", "We are on the roof"), ("need-help", "2")]
    told(driver, number, "1", to=ALERTS)
    (one,) = get(driver, alert, "help")["items"]
    assert one["answer"] == receiver.helps[one["subscriber_id"]]["answer"] == "safe"


def test_the_carriers_words_stay_and_help_in_an_alert_is_seen_by_staff(driver: LocalDriver) -> None:
    alert, number = alerted(driver)
    (answer,) = told(driver, number, "HELP", to=ALERTS)
    for part in ("help@city.example", "2 if you need help", "STOP", "911"):
        assert part in answer
    assert [one["text"] for one in waiting(driver) if one["address"] == number] == ["HELP"]
    assert get(driver, alert, "help")["items"] == []
    (answer,) = told(driver, number, "STOP", to=ALERTS)
    assert "no more emergency alerts" in answer


def test_what_is_no_answer_or_comes_without_an_alert_waits_for_somebody(driver: LocalDriver) -> None:
    _, number = alerted(driver)
    stranger = acting.sign_up_by_text(driver, [acting.topic(driver)])
    for one, text, to in (
        (number, "safe but my neighbour is not", ALERTS),
        (number, "SAFE", NEWS),
        (stranger, "SAFE", ALERTS),
        (acting.phone(), "SOS", ALERTS),
    ):
        assert told(driver, one, text, to=to) == []
        assert text in [entry["text"] for entry in waiting(driver) if entry["address"] == one]


def test_of_two_alerts_the_latest_in_force_is_answered(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [topic])
    first, second, third = (launched({"topic": topic}, minutes=minutes) for minutes in (600, 600, 5))
    driver.settle()
    driver.pass_time(900)
    told(driver, number, "1", to=ALERTS)
    totals = [get(driver, one, "answers")["total"]["safe"] for one in (first, second, third)]
    assert totals == [0, 1, 0]


def test_who_answered_on_any_channel_is_not_tried_on_the_next(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    people = [resident(driver, topic, "email", "sms") for _ in range(3)]
    (by_link, by_text, silent) = [number for _, number in people]
    ladder = [Rung("sms", 600, "acknowledged"), Rung("email", 0, "sent")]
    alert = launched({"topic": topic}, ladder=ladder)
    engine.settle(driver.platform, within_s=60)
    assert driver.request("POST", path_of(driver, by_link), form={"answer": "not-here"}).status == 200
    driver.text_in(by_text, ALERTS, "SOS")
    engine.settle(driver.platform, within_s=60)
    assert not any(acting.messages(driver, mail) for mail, _ in people)
    hours_pass(driver, 1)
    assert [len(acting.messages(driver, mail)) for mail, _ in people] == [0, 0, 1]
    assert get(driver, alert, "unanswered")["items"] == [person(driver, "sms", silent)["id"]]
