"""What people text to the agency: keywords act, are answered once, and stand in ledger and history."""

from dataclasses import replace
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.core.wiring import wiring
from chalicelib.delivery.launch import launch
from infra.aws.sqs_queue import Mishaps
from tests.delivery import engine
from tests.features import acting
from tests.features.driver import ALERTS, NEWS, Driver
from tests.features.local import LocalDriver

STOPPED = "no more messages from this number"
CONSENT = {"source": "paper form", "wording": "I agree."}


def told(driver: Driver, number: str, text: str, *, to: str = NEWS) -> list[str]:
    """Texts the agency, and answers what came back."""
    before = len(acting.messages(driver, number))
    driver.text_in(number, to, text)
    driver.settle()
    return [message.text for message in acting.messages(driver, number)[before:]]


def sent(driver: Driver, topic: str) -> int:
    """To how many people a new campaign on a topic goes, by text."""
    return int(acting.report(driver, acting.send(driver, [topic], channels=["sms"]))["sent"])


def person(driver: Driver, number: str) -> Any:
    return acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": "sms", "address": number})


def history(driver: Driver, number: str, kind: str) -> list[Any]:
    """What the history tells of one kind, newest first."""
    path = f"/v1/subscribers/{person(driver, number)['id']}/history?kind={kind}"
    return [one[kind] for one in acting.api(driver, "GET", path)["items"]]


def test_stop_on_the_newsletters_number_and_start_bring_each_other_back(driver: Driver) -> None:
    roads = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    assert sent(driver, roads) == 1
    (answer,) = told(driver, number, "Stop!")
    assert STOPPED in answer
    assert "START" in answer
    assert told(driver, number, "STOP") == []
    assert sent(driver, roads) == 0
    (answer,) = told(driver, number, "start")
    assert "again about: Road works" in answer
    assert sent(driver, roads) == 1
    started, stopped = history(driver, number, "consent")[:2]
    for entry, change in ((stopped, (None, "stop")), (started, ("stop", None))):
        assert (entry["source"], entry["by"]) == ("keyword", "subscriber")
        (one,) = entry["changes"]
        assert (one["field"], one["before"], one["after"]) == ("blocks/sms:newsletter", *change)
    assert STOPPED in stopped["wording"]
    assert started["wording"] == answer
    entries = history(driver, number, "entry")
    assert [one["keyword"] for one in entries] == ["start", "stop", "stop"]
    assert [one["answer"] for one in entries] == [answer, "", stopped["wording"]]


def test_who_said_stop_sees_it_on_their_page_and_takes_it_back_there(driver: Driver) -> None:
    roads = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    told(driver, number, "STOP")
    own = acting.own_page(driver, number)
    page = driver.request("GET", own)
    assert "you asked us to stop" in page.text
    form = {"again": "sms", "wording": acting.wording_of(page)}
    assert driver.request("POST", own, form=form).status == 303
    assert sent(driver, roads) == 1
    assert history(driver, number, "consent")[0]["source"] == "preference-page"


def test_each_number_stops_what_it_is_for(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    (answer,) = told(driver, number, "STOP", to=ALERTS)
    assert "emergency alerts" in answer
    assert "START" in answer
    assert sent(driver, roads) == 1
    assert blocks(driver, number) == {"emergency"}
    told(driver, number, "STOP")
    assert blocks(driver, number) == {"emergency", "newsletter"}
    (answer,) = told(driver, number, "START", to=ALERTS)
    assert "emergency alerts may reach you" in answer
    assert blocks(driver, number) == {"newsletter"}
    assert sent(driver, roads) == 0


def test_stop_to_newsletters_leaves_alerts_and_stop_to_alerts_leaves_newsletters(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    told(driver, number, "STOP")
    assert (sent(driver, roads), alerted(driver, roads)) == (0, 1)
    assert driver.platform.outbox.last(to=number).headers["From"] == ALERTS
    told(driver, number, "STOP", to=ALERTS)
    assert (sent(driver, roads), alerted(driver, roads)) == (0, 0)
    told(driver, number, "START")
    assert (sent(driver, roads), alerted(driver, roads)) == (1, 0)
    assert driver.platform.outbox.last(to=number).headers["From"] == NEWS
    told(driver, number, "START", to=ALERTS)
    assert alerted(driver, roads) == 1


def alerted(stack: LocalDriver, topic: str) -> int:
    """How many an emergency plan for a topic reaches; no route launches one yet."""
    now = wiring().clock()
    spec = replace(engine.spec(audience={"topic": topic}, lane="urgent", sms=True), scope="emergency")
    plan = launch(spec, plan_id=time_ordered_id(now), now=now, wiring=wiring())
    stack.settle()
    return engine.outcome(plan).sent


def blocks(driver: Driver, number: str) -> set[str]:
    """The scopes that a number said STOP for."""
    found = acting.api(driver, "GET", "/v1/suppressions?limit=100")["items"]
    mine = [one for one in found if one["hint"].endswith(number[-4:])]
    return {cause["scope"] for one in mine for cause in one["causes"] if cause["reason"] == "stop"}


def test_somebody_unknown_joins_leaves_and_speaks_spanish(driver: Driver) -> None:
    roads, parks = acting.topic(driver, name=acting.slug("Roads")), acting.topic(driver)
    number = acting.phone()
    (answer,) = told(driver, number, f"join {roads.upper()}")
    assert "you get messages about" in answer
    assert "STOP" in answer
    assert sent(driver, roads) == 1
    (entry,) = history(driver, number, "consent")
    assert (entry["source"], entry["by"], entry["wording"]) == ("keyword", "subscriber", answer)
    assert {f"topics/{roads}", "language"} <= {one["field"] for one in entry["changes"]}
    assert len(told(driver, number, f"JOIN {parks}, {roads}")) == 1
    (answer,) = told(driver, number, "Español")
    assert "le escribimos en Español" in answer
    assert person(driver, number)["language"] == "es"
    (answer,) = told(driver, number, f"LEAVE {roads}")
    assert "no enviaremos más mensajes" in answer
    assert sent(driver, roads) == 0
    assert sent(driver, parks) == 1


def test_after_stop_joining_one_topic_brings_that_one_only(driver: LocalDriver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    told(driver, number, "STOP")
    told(driver, number, f"JOIN {parks}")
    assert sent(driver, roads) == 0
    assert sent(driver, parks) == 1


ANSWERED = {
    "HELP": "help@city.example",
    "info?": "STOP",
    "LIST": "JOIN",
    "JOIN": "JOIN",
    "JOIN no-such-topic-at-all": "no such topic",
    "Ayuda": "Pueden aplicarse tarifas",
    "TIẾNG VIỆT": "Tiếng Việt",
    "START": "JOIN",
}


def test_what_changes_nothing_is_answered_to_anybody(driver: LocalDriver) -> None:
    acting.topic(driver)
    asked = {acting.phone(): text for text in ANSWERED}
    for number, text in asked.items():
        driver.text_in(number, NEWS, text)
    driver.settle()
    for number, text in asked.items():
        (answer,) = acting.messages(driver, number)
        assert ANSWERED[text] in answer.text


READ_BY_SOMEBODY = ["YES", "When is Elm Street ploughed?", "", "👍", "stop the noise on Elm"]


def test_all_else_is_kept_for_somebody_to_answer(driver: LocalDriver) -> None:
    number = acting.phone()
    for text in READ_BY_SOMEBODY:
        driver.text_in(number, NEWS, text)
    driver.settle()
    assert acting.messages(driver, number) == []
    told(driver, number, f"JOIN {acting.topic(driver)}")
    joined, *entries = history(driver, number, "entry")
    assert joined["keyword"] == "join"
    assert sorted(one["text"] for one in entries) == sorted(READ_BY_SOMEBODY)
    for entry in entries:
        assert (entry["keyword"], entry["answer"], entry["direction"]) == ("", "", "in")
        assert (entry["address"], entry["agency"]) == (number, NEWS)


def test_staff_find_what_waits_for_them_and_say_what_they_did(driver: Driver) -> None:
    number = acting.phone()
    told(driver, number, "When is Elm Street ploughed?")
    (one,) = [one for one in waiting(driver) if one["address"] == number]
    assert (one["subscriber_id"], one["text"]) == (None, "When is Elm Street ploughed?")
    path = f"/v1/entries/{one['id']}/close"
    assert acting.api(driver, "POST", path, {"note": "Called back."})["note"] == "Called back."
    assert not [one for one in waiting(driver) if one["address"] == number]
    again = driver.request("POST", path, key=driver.admin_key, json={"note": "Called back."})
    assert (again.status, again.json()["code"]) == (409, "entry-closed")


def waiting(driver: Driver) -> list[Any]:
    """All entries that wait for somebody."""
    found, query = [], "?limit=100"
    while True:
        page = acting.api(driver, "GET", f"/v1/entries{query}")
        found += page["items"]
        if not page["next"]:
            return found
        query = f"?limit=100&cursor={page['next']}"


def test_stop_of_somebody_unknown_holds_for_whoever_is_added_with_that_number(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    number = acting.phone()
    assert len(told(driver, number, "STOP")) == 1
    added = {"phone": number, "topics": [{"topic": roads}], "consent": CONSENT, "opt_in": "recorded"}
    acting.api(driver, "POST", "/v1/subscribers", added)
    assert sent(driver, roads) == 0
    told(driver, number, "START")
    assert sent(driver, roads) == 1


def test_yes_after_stop_is_start(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    told(driver, number, "STOP")
    assert len(told(driver, number, "Yes.")) == 1
    assert sent(driver, roads) == 1


def test_whoever_must_not_be_written_to_gets_no_answer_and_joins_nothing(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    number = acting.phone()
    body = {"channel": "sms", "address": number, "reason": "asked by phone"}
    acting.api(driver, "POST", "/v1/suppressions", body)
    assert told(driver, number, f"JOIN {roads}") == []
    assert sent(driver, roads) == 0


@pytest.mark.parametrize("seed", range(3))
def test_texts_doubled_and_in_any_order_end_as_sent(driver: LocalDriver, seed: int) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    before = len(acting.messages(driver, number))
    sqs = driver.platform.world.sqs
    kept, sqs.mishaps = sqs.mishaps, Mishaps(double=True, shuffle=Random(seed))
    for text in ("STOP", "START", f"JOIN {parks}", f"LEAVE {roads}", "Tiếng Việt", "ESPAÑOL"):
        same = str(uuid4())
        for _ in range(2):
            driver.text_in(number, NEWS, text, message_id=same)
        driver.platform.clock.advance(1)
    driver.settle()
    sqs.mishaps = kept
    answers = [one.text for one in acting.messages(driver, number)[before:]]
    assert 0 < len(answers) == len(set(answers)) <= 6
    assert person(driver, number)["language"] == "es"
    assert sent(driver, roads) == 0
    assert sent(driver, parks) == 1


def test_an_answer_leaves_from_the_number_that_was_written_to(driver: LocalDriver) -> None:
    number = acting.phone()
    told(driver, number, "HELP", to=ALERTS)
    assert driver.platform.outbox.last(to=number).headers["From"] == ALERTS
    told(driver, number, "HELP")
    assert driver.platform.outbox.last(to=number).headers["From"] == NEWS


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"originationNumber": "+12025550123"}, id="fields missing"),
        pytest.param({"originationNumber": 5, "inboundMessageId": "x"}, id="another type"),
        pytest.param({"notificationType": "Bounce"}, id="another event"),
        pytest.param(["STOP"], id="no object"),
    ],
)
def test_what_is_no_text_ends_among_the_dead_letters(driver: LocalDriver, event: Any) -> None:
    driver.platform.inbound(event)
    number = acting.phone()
    driver.text_in(number, NEWS, "HELP")
    driver.settle()
    assert acting.messages(driver, number)
    sqs = driver.platform.world.sqs
    dead = sqs.queue("crier-inbound-dead")
    assert len(sqs.receive(dead, 10)) == 1
    sqs.clear()
