"""An event goes with a campaign's mail, and stands where calendars find it as it is now."""

import base64
from typing import Any

from icalendar import Calendar

from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver

EVENT = {
    "starts_at": "2027-01-12T18:00:00-05:00",
    "ends_at": "2027-01-12T20:00:00-05:00",
    "zone": "America/New_York",
    "title": {"en": "Budget hearing", "es": "Audiencia del presupuesto"},
    "place": "City Hall",
}
SMS = {tag: {**words, "sms": "Main Street: ((calendar))"} for tag, words in acting.WORDS.items()}


def drafted(driver: Driver, topic: str, **more: Any) -> str:
    body = {"name": "Hearing", "department": "works", "channels": ["email", "sms"], "content": SMS}
    body |= {"audience": {"topic": topic}, "event": {**EVENT, **more}}
    return str(acting.api(driver, "POST", "/v1/campaigns", body)["id"])


def launched(driver: Driver, topic: str, **more: Any) -> str:
    campaign = drafted(driver, topic, **more)
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    driver.settle()
    return campaign


def event(body: bytes) -> Any:
    """The event of a file."""
    (found,) = Calendar.from_ical(body).walk("VEVENT")
    return found


def test_a_mail_brings_the_event_and_the_page_offers_it(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads], language="es")
    campaign = launched(driver, roads)
    mail = acting.last(driver, address)
    assert "martes, 12 de enero de 2027, 18:00 – 20:00" in mail.html
    assert "Añadir a su calendario: http" in mail.text
    to = f"/calendar/{campaign}.ics?language=es"
    shown = driver.request("GET", to)
    assert shown.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert event(shown.body)["SUMMARY"] == "Audiencia del presupuesto"
    page = driver.request("GET", f"/archive/{campaign}?lang=es").text
    assert to in page
    assert "Audiencia del presupuesto" in page
    for nothing in ("/calendar/x.ics", f"/calendar/{campaign}", f"/calendar/{'0' * 32}.ics"):
        assert driver.request("GET", nothing).status == 404


def test_the_file_goes_with_the_mail_and_the_text_has_its_address(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address, number = acting.sign_up(driver, [roads]), acting.sign_up_by_text(driver, [roads])
    campaign = launched(driver, roads)
    (document,) = [one for one in driver.request("GET", "/outbox.json").json() if one["to"] == address][:1]
    (file,) = document["attachments"]
    assert (file["name"], file["type"]) == ("event.ics", "text/calendar; charset=utf-8; method=PUBLISH")
    assert event(base64.b64decode(file["content"]))["SEQUENCE"] == 0
    link = acting.TRACKED.search(acting.last(driver, number).text)
    assert link is not None
    led = driver.request("GET", link[0])
    assert led.headers["location"].endswith(f"/calendar/{campaign}.ics?language=en")


def test_what_becomes_of_an_event_is_in_its_file(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    campaign = launched(driver, roads)
    first = event(driver.request("GET", f"/calendar/{campaign}.ics").body)
    driver.pass_time(60)
    words = {"how": "replace", "content": {"en": {**SMS["en"], "subject": "Later"}}}
    correction = acting.api(driver, "POST", f"/v1/campaigns/{campaign}/correct", words)
    later = {**EVENT, "ends_at": "2027-01-12T21:00:00-05:00"}
    one = f"/v1/campaigns/{correction['id']}"
    acting.api(driver, "PATCH", one, {"version": correction["version"], "event": later})
    acting.api(driver, "POST", f"{one}/launch")
    driver.settle()
    second = event(driver.request("GET", f"/calendar/{campaign}.ics").body)
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["DTEND"].dt.hour == 21


def test_an_event_is_cancelled_with_its_campaign(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    acting.sign_up(driver, [roads])
    campaign = drafted(driver, roads)
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/launch")
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/cancel")
    driver.settle()
    shown = driver.request("GET", f"/calendar/{campaign}.ics")
    assert shown.headers["content-type"].endswith("method=CANCEL")
    assert event(shown.body)["STATUS"] == "CANCELLED"


def test_what_is_wrong_in_an_event_is_named(driver: LocalDriver) -> None:
    wrong = {
        **EVENT,
        "ends_at": EVENT["starts_at"],
        "zone": "Elm/Street",
        "title": {"tlh": "x"},
        "url": "ftp://e.org",
    }
    body = {"name": "x", "department": "works", "event": wrong}
    refused = driver.request("POST", "/v1/campaigns", key=driver.admin_key, json=body)
    places = [one["pointer"] for one in refused.json()["errors"]]
    assert places == ["/event/title/tlh", "/event/zone", "/event/ends_at", "/event/url"]
    unknown = {"name": "x", "department": "works", "content": SMS}
    refused = driver.request("POST", "/v1/campaigns", key=driver.admin_key, json=unknown)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/content/en/sms", "/content/es/sms"]
