"""One's own page over HTTP: what a hijacker gets, what a join does to the next send, what a leave does."""

import re
from html import unescape

from tests.features import acting
from tests.features.driver import Driver, Message
from tests.features.local import LocalDriver
from tests.features.test_history import id_of

JOIN_LINK = re.compile(r"https?://\S+?/joins/[\w-]+")


def asked_to_join(driver: Driver, address: str, number: str) -> tuple[str, dict[str, str]]:
    """Someone with an address asks for a number on their page; where its code belongs, and the code."""
    page = f"{acting.own_page(driver, address)}/addresses"
    wording = acting.wording_of(driver.request("GET", page))
    asked = driver.request("POST", page, form={"phone": number, "wording": wording})
    driver.settle()
    action = re.search(r'action="([^"]*/confirm/[^"]+)"', asked.text)
    code = re.search(r"\b\d{6}\b", acting.last(driver, number).text)
    assert action is not None
    assert code is not None
    return unescape(action[1]), {"code": code[0]}


def sent_to(driver: Driver, topic: str, *addresses: str) -> list[int]:
    """How many messages of one further campaign each address gets."""
    before = [len(acting.messages(driver, one)) for one in addresses]
    acting.send(driver, [topic])
    after = [len(acting.messages(driver, one)) for one in addresses]
    return [now - then for now, then in zip(after, before, strict=True)]


def test_a_hijack_moves_nothing_and_tells_the_holder(driver: LocalDriver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    number, address = acting.sign_up_by_text(driver, [roads]), acting.sign_up(driver, [parks])
    holder = id_of_number(driver, number)
    path, code = asked_to_join(driver, address, number)
    assert "has choices of its own" in acting.last(driver, number).text
    offer = driver.request("POST", path, form=code)
    assert offer.status == 200
    assert id_of_number(driver, number) == holder
    assert sent_to(driver, roads, number, address) == [1, 0]
    assert sent_to(driver, parks, number, address) == [0, 1]
    assert sources(driver, holder) == {"sign-up-page"}


def test_two_records_are_joined_when_both_are_proven_and_parted_again(driver: LocalDriver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    number, address = acting.sign_up_by_text(driver, [roads]), acting.sign_up(driver, [parks])
    holder, own = id_of_number(driver, number), id_of(driver, address)
    path, code = asked_to_join(driver, address, number)
    offer = driver.request("POST", path, form=code)
    refused = driver.request("POST", path, form={**code, "join": "1", "wording": "000000000000"})
    assert refused.status == 422
    assert id_of_number(driver, number) == holder
    done = driver.request("POST", path, form={**code, "join": "1", "wording": acting.wording_of(offer)})
    assert done.status == 200
    assert id_of_number(driver, number) == own
    driver.settle()
    links = [join_link(acting.last(driver, one)) for one in (number, address)]
    assert sent_to(driver, roads, number, address) == [1, 0]
    for link in links:
        assert driver.request("GET", link).status == 200
    assert id_of_number(driver, number) == own, "a GET undoes nothing"
    assert driver.request("POST", links[0], form={}).status == 200
    assert [id_of_number(driver, number), id_of(driver, address)] == [holder, own]
    for method in ("GET", "POST"):
        assert driver.request(method, links[1], form={} if method == "POST" else None).status == 410
    assert sent_to(driver, roads, number, address) == [1, 0]
    assert sent_to(driver, parks, number, address) == [0, 1]
    for one in (holder, own):
        assert {"join", "join-undone"} <= sources(driver, one)


def test_who_wishes_not_to_be_tracked_is_counted_only_in_totals(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    watched, private = (acting.sign_up(driver, [roads]) for _ in range(2))
    page = acting.own_page(driver, private)
    wording = acting.wording_of(driver.request("GET", page))
    assert driver.request("POST", page, form={"tracking": "no", "wording": wording}).status == 303
    driver.settle()
    campaign = acting.send(driver, [roads])
    for address in (watched, private):
        acting.follow(driver, acting.last(driver, address))
    driver.settle()
    found = acting.report(driver, campaign)
    assert [found[name] for name in ("clicks", "clicked", "opens", "opened")] == [2, 2, 2, 2]


def test_why_people_leave_is_counted_in_the_report(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    campaign = acting.send(driver, [roads])
    link = acting.way_out(acting.last(driver, address))
    done = driver.request("POST", link, form={"List-Unsubscribe": "One-Click"})
    version = re.search(r'name="version" value="(\d+)"', done.text)
    assert version is not None
    for reason in ("too-many", "other"):
        answer = {"reason": reason, "words": "Twice a day!", "version": version[1]}
        assert driver.request("POST", link, form=answer).status == 200
    driver.settle()
    assert acting.report(driver, campaign)["reasons"] == {"too-many": 1}
    assert sent_to(driver, roads, address) == [0]


def join_link(message: Message) -> str:
    found = JOIN_LINK.search(message.text)
    assert found is not None
    return found[0]


def history(driver: Driver, address: str) -> str:
    return str(acting.api(driver, "GET", f"/v1/subscribers/{id_of(driver, address)}/history"))


def sources(driver: Driver, subscriber_id: str) -> set[str]:
    """From where the changes in a person's ledger came."""
    items = acting.api(driver, "GET", f"/v1/subscribers/{subscriber_id}/history?limit=100")["items"]
    return {item["consent"]["source"] for item in items if item.get("consent")}


def id_of_number(driver: Driver, number: str) -> str:
    found = acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": "sms", "address": number})
    return str(found["id"])
