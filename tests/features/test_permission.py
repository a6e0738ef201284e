"""Whose consent is unclear is asked once, gets nothing else, and goes without an answer; days pass here."""

import re

from tests.features import acting
from tests.features.driver import Driver, Message
from tests.features.local import LocalDriver


def test_people_whose_consent_is_unclear_are_asked_once_and_go_without_an_answer(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    yes, no, silent, known = (acting.email() for _ in range(4))
    acting.sign_up(driver, [acting.topic(driver)], to_email=known)
    body = {
        "csv": "email\n" + "".join(f"{one}\n" for one in (yes, no, silent, known)),
        "topics": [roads],
        "consent_source": "an old list",
        "consent": "unclear",
    }
    begun = acting.api(driver, "POST", "/v1/imports", body)
    driver.settle()
    acting.send(driver, [roads])
    theirs = {"list": f"unclear-{begun['id']}"}
    refused = driver.request("POST", "/v1/audiences/count", key=driver.admin_key, json={"audience": theirs})
    assert refused.status == 422
    people = {"all": [{"topic": roads}]}
    assert acting.api(driver, "POST", "/v1/audiences/count", {"audience": people})["people"] == 0
    one = f"/v1/imports/{begun['id']}"
    asked = [acting.api(driver, "POST", f"{one}/ask", {"days": 7}) for _ in range(2)]
    driver.settle()
    assert asked[0] == asked[1]
    mails = {address: acting.messages(driver, address) for address in (yes, no, silent, known)}
    assert all(len([m for m in found if "still want" in m.subject]) == 1 for found in mails.values())
    for address, answer in ((yes, "yes"), (no, "no")):
        link = question_in(mails[address][-1])
        assert "Do you still want this?" in driver.request("GET", link).text
        for _ in range(2):
            assert driver.request("POST", link, form={"answer": answer}).status == 200
    assert driver.request("POST", link, form={"answer": "maybe"}).status == 400
    assert acting.api(driver, "POST", "/v1/audiences/count", {"audience": people})["people"] == 1
    driver.pass_time(8 * 86_400)
    driver.tick()
    driver.settle()
    report = acting.api(driver, "GET", one)
    assert (report["created"], report["changed"], report["agreed"], report["left"]) == (3, 1, 1, 3)
    assert lookup(driver, no) == lookup(driver, silent) == 404
    assert lookup(driver, known) == 200
    again = acting.api(driver, "POST", "/v1/imports", body)
    driver.settle()
    assert acting.api(driver, "GET", f"/v1/imports/{again['id']}")["suppressed"] == 2
    agreed = acting.api(driver, "POST", "/v1/subscribers/lookup", {"channel": "email", "address": yes})
    history = str(acting.api(driver, "GET", f"/v1/subscribers/{agreed['id']}/history"))
    assert "re-permission" in history
    assert "By saying yes you agree" in history


def question_in(mail: Message) -> str:
    """The link of a mail that asks."""
    found = re.search(r"https?://\S+/still/[^\s)]+", mail.text)
    assert found is not None
    return found[0]


def lookup(driver: Driver, address: str) -> int:
    """200 for a known address, else 404."""
    body = {"channel": "email", "address": address}
    return driver.request("POST", "/v1/subscribers/lookup", key=driver.admin_key, json=body).status
