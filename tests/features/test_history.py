"""One person's record: the timeline, the download, what they had consented to, the ledger for an audit."""

import csv
from io import StringIO
from typing import Any

from tests.features import acting
from tests.features.driver import Driver
from tests.features.tour import CONSENT

STOP = {"List-Unsubscribe": "One-Click"}


def id_of(driver: Driver, address: str) -> str:
    channel = "email" if "@" in address else "sms"
    asked = {"channel": channel, "address": address}
    return str(acting.api(driver, "POST", "/v1/subscribers/lookup", asked)["id"])


def timeline(driver: Driver, subscriber: str, query: str = "") -> list[Any]:
    """The whole history, by pages of two."""
    found: list[Any] = []
    cursor = ""
    while True:
        page = acting.api(driver, "GET", f"/v1/subscribers/{subscriber}/history?limit=2{query}{cursor}")
        assert len(page["items"]) <= 2
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def test_a_persons_history_tells_what_happened_newest_first(driver: Driver) -> None:
    roads, parks = acting.topic(driver), acting.topic(driver)
    address = acting.sign_up(driver, [roads, parks], name="Ann")
    subscriber = id_of(driver, address)
    campaign = acting.send(driver, [roads], channels=["email"])
    mail = acting.last(driver, address)
    acting.follow(driver, mail)
    driver.ses_event("Delivery", mail)
    driver.settle()
    driver.request("POST", acting.way_out(mail), form=STOP)
    found = timeline(driver, subscriber)
    assert found == sorted(found, key=lambda one: one["at"], reverse=True)
    assert [one["kind"] for one in found] == ["consent", "event", "event", "message", "consent"]
    out, click, opening, message, joined = found
    assert (out["consent"]["source"], out["consent"]["changes"][0]["after"]) == ("one-click", None)
    assert (click["event"]["name"], click["event"]["link"]) == (
        "clicked",
        "https://city.example/detour?a=1&b=2",
    )
    assert opening["event"]["name"] == "opened"
    sent = message["message"]
    assert (sent["origin"], sent["reference"], sent["status"]) == ("campaign", campaign, "sent")
    assert sent["subject"] == "Main Street closes, neighbor"
    assert {"delivered", "opened", "clicked"} <= sent["reports"].keys()
    assert joined["consent"]["wording"]
    assert timeline(driver, subscriber, "&kind=message") == [message]
    assert timeline(driver, subscriber, "&channel=sms") == []
    assert timeline(driver, subscriber, "&channel=email&kind=consent") == [out, joined]


def test_a_history_refuses_cursors_of_others_and_ids_of_nobody(driver: Driver) -> None:
    one, other = (id_of(driver, acting.sign_up(driver, [acting.topic(driver)])) for _ in range(2))
    acting.api(driver, "PATCH", f"/v1/subscribers/{one}", {"name": "Ann"})
    cursor = acting.api(driver, "GET", f"/v1/subscribers/{one}/history?limit=1")["next"]
    for subscriber, asked in ((other, cursor), (one, "x"), (one, "W10")):
        path = f"/v1/subscribers/{subscriber}/history?cursor={asked}"
        refused = driver.request("GET", path, key=driver.admin_key)
        assert (refused.status, refused.json()["code"]) == (400, "bad-cursor")
    for what in ("history", "export", "consent"):
        path = f"/v1/subscribers/{'0' * 32}/{what}"
        assert driver.request("GET", path, key=driver.admin_key).status == 404


def test_all_that_is_held_of_a_person_is_downloaded_as_json_and_csv(driver: Driver) -> None:
    roads = acting.topic(driver)
    address = acting.email()
    body = {"email": address, "name": "=cmd()", "topics": [{"topic": roads}], "consent": CONSENT}
    body |= {"opt_in": "recorded", "places": {"home": {"latitude": 42.36, "longitude": -71.06}}}
    subscriber = acting.api(driver, "POST", "/v1/subscribers", body)["subscriber"]["id"]
    acting.send(driver, [roads], channels=["email"])
    whole = acting.api(driver, "GET", f"/v1/subscribers/{subscriber}/export")
    assert whole["subscriber"]["addresses"]["email"]["address"] == address
    assert whole["subscriber"]["places"]["home"]["latitude"] == 42.36
    assert [one["kind"] for one in whole["history"]] == ["consent", "message"]
    path = f"/v1/subscribers/{subscriber}/export"
    by_accept = driver.request("GET", path, key=driver.admin_key, headers={"accept": "text/csv"})
    by_format = driver.request("GET", f"{path}?format=csv", key=driver.admin_key)
    assert by_accept.headers["content-type"] == "text/csv; charset=utf-8"
    assert by_accept.text == by_format.text
    rows = list(csv.DictReader(StringIO(by_format.text)))
    told = {row["what"]: row["after"] for row in rows if row["kind"] != "consent"}
    assert told["name"] == "'=cmd()"
    assert address in told["addresses/email"]
    assert told["Main Street closes, neighbor"] == "sent"
    assert "I agree." in {row["wording"] for row in rows}


def test_consent_is_told_as_of_any_moment_and_after_removal(driver: Driver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    subscriber = id_of(driver, address)
    joined = timeline(driver, subscriber)[0]["at"]
    driver.pass_time(2)
    acting.api(driver, "DELETE", f"/v1/subscribers/{subscriber}/subscriptions/{roads}?reason=asked")
    ended = timeline(driver, subscriber)[0]["at"]

    def at(moment: str) -> Any:
        return acting.api(driver, "GET", f"/v1/subscribers/{subscriber}/consent?at={moment}")

    assert at(joined)["facts"][f"topics/{roads}"]["channels"] == ["email"]
    assert f"topics/{roads}" not in at(ended)["facts"]
    assert at("2020-01-01T00:00:00Z") == {
        "subscriber_id": subscriber,
        "at": "2020-01-01T00:00:00.000Z",
        "version": 0,
        "facts": {},
    }
    assert address not in str(at(ended))


def test_the_ledger_of_a_period_is_listed_for_an_audit(driver: Driver) -> None:
    subscriber = id_of(driver, acting.sign_up(driver, [acting.topic(driver)]))
    at = timeline(driver, subscriber)[0]["at"]

    def listed(query: str) -> list[Any]:
        found: list[Any] = []
        cursor = ""
        while True:
            page = acting.api(driver, "GET", f"/v1/consent?limit=3{query}{cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    mine = [one for one in listed(f"&since={at}") if one["subscriber_id"] == subscriber]
    assert [one["version"] for one in mine] == [1]
    assert mine[0]["wording_version"]
    assert not [one for one in listed(f"&until={at}") if one["subscriber_id"] == subscriber]
    bad = driver.request("GET", "/v1/consent?cursor=x", key=driver.admin_key)
    assert (bad.status, bad.json()["code"]) == (400, "bad-cursor")
