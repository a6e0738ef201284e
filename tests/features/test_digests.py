"""Digests, from outside: what was sent meanwhile comes once, in one message, at the person's hour."""

import re

import pytest

from tests.features import acting
from tests.features.digesting import hour, person, reader, switch, until_digest
from tests.features.local import LocalDriver


@pytest.fixture
def topics(driver: LocalDriver) -> tuple[str, str]:
    return acting.topic(driver, name="Roads"), acting.topic(driver, name="Parks")


def with_subject(subject: str) -> dict[str, dict[str, str]]:
    """The words of a campaign under a title of its own."""
    return {"en": {**acting.WORDS["en"], "subject": subject, "sms": subject}}


def test_a_days_items_come_in_one_message_by_topic(driver: LocalDriver, topics: tuple[str, str]) -> None:
    roads, parks = topics
    at = hour(driver)
    ana = reader(driver, at, {roads: "daily", parks: "daily"})
    bo = reader(driver, at, {roads: "daily"})
    cy = reader(driver, at, {roads: "immediate"})
    di = reader(driver, at, {roads: "daily"}, text=True)
    for topic, subject in ((roads, "Elm Street closes"), (parks, "Concert {tonight}"), (roads, "Bus 7")):
        acting.send(driver, [topic], content=with_subject(subject))
    assert [len(acting.messages(driver, one)) for one in (ana, bo, cy, di)] == [0, 0, 2, 0]
    until_digest(driver, at)
    assert [len(acting.messages(driver, one)) for one in (ana, bo, cy, di)] == [1, 1, 2, 1]
    mail = acting.last(driver, ana)
    assert mail.subject == "Parks and Roads: 3 items"
    order = [mail.text.index(words) for words in ("Parks", "Concert {tonight}", "Roads", "Elm", "Bus 7")]
    assert order[1:] == sorted(order[1:])
    assert mail.text.count("From Monday") >= 3, "the summaries"
    assert "Parks" not in acting.last(driver, bo).text
    text = acting.last(driver, di).text
    assert "Elm Street closes; Bus 7" in text
    link = acting.TRACKED.search(mail.text)
    assert link is not None
    assert "/archive/" in driver.request("GET", link[0]).headers["location"]
    listed = acting.api(driver, "GET", "/v1/digests?limit=1")["items"][0]
    assert (listed["status"], listed["planned"]) == ("sent", listed["sent"])
    assert acting.api(driver, "GET", f"/v1/digests/{listed['id']}") == listed


def test_unsubscribing_from_a_digest_ends_the_topics_of_its_sections(
    driver: LocalDriver, topics: tuple[str, str]
) -> None:
    roads, parks = topics
    third = acting.topic(driver)
    at = hour(driver)
    ana = reader(driver, at, {roads: "daily", parks: "daily", third: "daily"})
    di = reader(driver, at, {roads: "daily", parks: "daily"}, text=True)
    acting.send(driver, [roads], content=with_subject("Elm Street"))
    acting.send(driver, [parks], content=with_subject("Concert"))
    until_digest(driver, at)
    mail, text = acting.last(driver, ana), acting.last(driver, di)
    token = re.search(r"/t/([A-Za-z0-9_-]+)/", text.text)
    assert token is not None
    for link, who, left in ((acting.way_out(mail), ana, {third}), (f"/unsubscribe/{token[1]}", di, set())):
        page = driver.request("GET", link)
        assert "Roads" in page.text
        assert "Parks" in page.text
        assert driver.request("POST", link, form={"List-Unsubscribe": "One-Click"}).status == 200
        assert person(driver, who)["topics"].keys() == left
        assert driver.request("POST", link, form={"List-Unsubscribe": "One-Click"}).status == 200


def test_a_switch_neither_loses_nor_doubles_an_item(driver: LocalDriver, topics: tuple[str, str]) -> None:
    roads, _ = topics
    at = hour(driver)
    ana = reader(driver, at, {roads: "daily"})
    one = person(driver, ana)["id"]
    acting.send(driver, [roads], content=with_subject("Before"))
    switch(driver, one, roads, "immediate")
    acting.send(driver, [roads], content=with_subject("Within the minute"))
    driver.pass_time(61)
    acting.send(driver, [roads], content=with_subject("After"))
    assert [mail.subject for mail in acting.messages(driver, ana)] == ["After"]
    until_digest(driver, at)
    _, digest = acting.messages(driver, ana)
    assert "Before" in digest.text
    assert "Within the minute" in digest.text
    assert "After" not in digest.text
    until_digest(driver, (at + 1) % 24)
    assert len(acting.messages(driver, ana)) == 2, "nothing new, no mail"


def test_what_was_cancelled_or_left_is_in_no_digest(driver: LocalDriver, topics: tuple[str, str]) -> None:
    roads, parks = topics
    at = hour(driver)
    ana, bo = reader(driver, at, {roads: "daily", parks: "daily"}), reader(driver, at, {roads: "daily"})
    wrong = acting.draft(driver, [roads], content=with_subject("Wrong"))
    acting.api(driver, "POST", f"/v1/campaigns/{wrong}/launch")
    acting.api(driver, "POST", f"/v1/campaigns/{wrong}/cancel")
    driver.settle()
    acting.send(driver, [parks], content=with_subject("Right"))
    acting.send(driver, [roads], content=with_subject("For who stayed"))
    one = person(driver, ana)["id"]
    acting.api(driver, "DELETE", f"/v1/subscribers/{one}/subscriptions/{roads}?reason=asked")
    until_digest(driver, at)
    (mail,) = acting.messages(driver, ana)
    assert mail.subject == "Parks: 1 item"
    assert "Right" in mail.text
    (other,) = acting.messages(driver, bo)
    assert "Wrong" not in other.text


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
def test_there_is_no_such_digest(driver: LocalDriver, verb: str) -> None:
    body = {"reason": "Looked at it."} if verb == "resume" else None
    path = f"/v1/digests/{'0' * 32}"
    assert driver.request("POST", f"{path}/{verb}", key=driver.admin_key, json=body).status == 404
    assert driver.request("GET", path, key=driver.admin_key).status == 404
    listing = driver.request("GET", "/v1/digests?cursor=x", key=driver.admin_key)
    assert (listing.status, listing.json()["code"]) == (400, "bad-cursor")
