"""Who has long been silent is asked once, kindly, and then left in peace; months pass here."""

from collections.abc import Iterator

import pytest

from tests.features import acting
from tests.features.driver import DOMAIN, Driver, Message
from tests.features.local import LocalDriver
from tests.features.studying import wishes
from tests.features.sunsetting import (
    ANSWERED,
    OFF,
    POLICY,
    clear,
    history,
    let_go,
    question_in,
    questions,
    resident,
    run,
    today,
)


@pytest.fixture
def city(driver: LocalDriver) -> Iterator[LocalDriver]:
    """Without rounds; switched off afterwards."""
    clear()
    yield driver
    acting.api(driver, "PUT", "/v1/sunset", OFF)
    driver.platform.fire("sunset")


def news_of(driver: LocalDriver, topic: str, addresses: list[str]) -> set[str]:
    """Who of these people get what is sent to a topic."""
    acting.send(driver, [topic])
    return {one for one in addresses if "Main Street" in acting.last(driver, one).subject}


def answer(driver: LocalDriver, mail: Message, said: str) -> None:
    """Somebody presses a button on the page that a mail leads to, twice."""
    page = driver.request("GET", question_in(mail))
    assert "Do you still want our mail?" in page.text
    for _ in range(2):
        assert driver.request("POST", question_in(mail), form={"answer": said}).status == 200


def test_the_silent_are_asked_once_and_those_who_do_not_answer_are_let_go(city: LocalDriver) -> None:
    driver, roads = city, acting.topic(city)
    asked = yes, no, silent, late, wrote = [resident(driver, roads) for _ in range(5)]
    day = today(driver)
    without = resident(driver, roads)
    alive = [
        resident(driver, roads, hidden={"email": day - 9}),
        resident(driver, roads, opened={"email": day - 9}),
        resident(driver, roads, clicked={"sms": day - 9}),
        acting.sign_up(driver, [roads]),
        without,
    ]
    wishes(driver, without, "no")
    counted = acting.api(driver, "POST", "/v1/sunset/count", {"silent_days": 90, "messages": 5})
    assert (counted["people"], counted["state"]) == (5, "done")
    assert "sample" not in counted
    assert run(driver)["rounds"] == acting.api(driver, "PUT", "/v1/sunset", POLICY)["rounds"] == []
    for days in (0, 0, 1):
        (one,) = run(driver, days=days)["rounds"]
        assert (one["state"], one["let_go"]) == ("asked", 0)
    assert one["asked"] == 5
    mails = {address: questions(driver, address) for address in (*asked, *alive)}
    assert [len(mails[address]) for address in (*asked, *alive)] == [1] * 5 + [0] * 5
    answer(driver, mails[yes][0], "yes")
    answer(driver, mails[no][0], "no")
    assert driver.request("POST", question_in(mails[yes][0]), form={"answer": "maybe"}).status == 400
    driver.mail_in(wrote, f"hello@{DOMAIN}", subject="A question", text="Who ploughs Elm Street?")
    driver.settle()
    (one,) = run(driver, days=ANSWERED)["rounds"]
    assert (one["state"], one["asked"], one["let_go"]) == ("done", 5, 2)
    assert news_of(driver, roads, [*asked, *alive]) == {yes, wrote, *alive}
    reasons(driver, yes, no, silent)
    comes_back(driver, roads, late, mails[late][0])
    assert [one["state"] for one in run(driver, days=30)["rounds"]] == ["asked", "done"]
    run(driver, days=1)
    assert [len(questions(driver, address)) for address in asked] == [1] * 5


def reasons(driver: LocalDriver, yes: str, no: str, silent: str) -> None:
    """Everybody's history tells why."""
    told = history(driver, silent)[0]
    assert (told["source"], told["by"]) == ("sunset", "system")
    (change,) = told["changes"]
    assert (change["field"], change["after"]) == ("blocks/email:newsletter", "sunset")
    kept = history(driver, yes)
    assert (kept[0]["source"], kept[0]["by"], kept[0]["changes"]) == ("sunset", "subscriber", [])
    assert kept[0]["wording"].startswith("By saying yes you agree")
    assert kept[1]["source"] != "sunset"
    (change,) = history(driver, no)[0]["changes"]
    assert (change["field"].split("/")[0], change["after"]) == ("topics", None)


def comes_back(driver: LocalDriver, topic: str, address: str, mail: Message) -> None:
    """Who was let go says yes after all."""
    assert "We have stopped sending news" in driver.request("GET", question_in(mail)).text
    answer(driver, mail, "yes")
    assert news_of(driver, topic, [address]) == {address}
    assert history(driver, address)[0]["changes"][0]["before"] == "sunset"


def test_whoever_was_let_go_comes_back_on_their_own_page_too(city: LocalDriver) -> None:
    driver, roads = city, acting.topic(city)
    silent = acting.sign_up(driver, [roads])
    let_go(driver, silent)
    page = acting.own_page(driver, silent)
    shown = driver.request("GET", page)
    assert "you had not opened any for a long time" in shown.text
    form = {"again": "email", "wording": acting.wording_of(shown)}
    assert driver.request("POST", page, form=form).status == 303
    assert news_of(driver, roads, [silent]) == {silent}


def test_switched_off_nobody_is_asked_any_more_nor_let_go(city: LocalDriver) -> None:
    driver, roads = city, acting.topic(city)
    silent = resident(driver, roads)
    acting.api(driver, "PUT", "/v1/sunset", POLICY)
    run(driver)
    run(driver, days=1)
    assert len(questions(driver, silent)) == 1
    acting.api(driver, "PUT", "/v1/sunset", OFF)
    assert run(driver)["rounds"][0]["state"] == "called-off"
    assert run(driver, days=20)["rounds"][0]["let_go"] == 0
    assert news_of(driver, roads, [silent]) == {silent}


def test_whom_it_would_ask_is_counted_and_a_policy_that_is_off_asks_nobody(driver: Driver) -> None:
    assert acting.api(driver, "PUT", "/v1/sunset", OFF)["active"] is False
    counted = acting.api(driver, "POST", "/v1/sunset/count", {"silent_days": 90})
    assert counted["state"] == "done"
    assert sum(counted["by_language"].values()) == counted["people"]
    assert acting.api(driver, "GET", "/v1/sunset")["silent_days"] == 90
    assert driver.request("GET", "/stay/altered").status == 404
