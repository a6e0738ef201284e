"""One's own record: masked until asked for, to take along, and to have forgotten; all without a script."""

import csv
import json
from io import StringIO

import pytest

from tests.features import acting
from tests.features.driver import Driver
from tests.features.local import LocalDriver
from tests.features.test_history import id_of


def somebody(driver: Driver, *, language: str = "en") -> tuple[str, str, str]:
    """One who got a campaign: address, topic, and the path of their page."""
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads], name="Ann", language=language)
    acting.send(driver, [roads], channels=["email"])
    return address, roads, acting.own_page(driver, address).partition("?")[0]


def test_the_record_is_masked_until_its_person_asks(driver: Driver) -> None:
    address, _, page = somebody(driver)
    masked = driver.request("GET", f"{page}/record")
    assert masked.status == 200
    assert address not in masked.text
    assert "Ann" not in masked.text
    assert "Main Street" not in masked.text
    shown = driver.request("POST", f"{page}/record", form={})
    for text in (address, "Ann", "Main Street closes, neighbor", "Road works: subscribed (Email)", "by you"):
        assert text in shown.text, text
    assert "By signing up you agree" in shown.text
    for answer in (masked, shown):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text


def test_the_record_speaks_its_readers_language(driver: LocalDriver) -> None:
    _, _, page = somebody(driver, language="es")
    shown = driver.request("POST", f"{page}/record", form={})
    assert "Road works (es)" in shown.text
    assert "subscribed" not in shown.text
    assert "Show me everything" not in driver.request("GET", f"{page}/record").text


def test_all_of_it_can_be_taken_along(driver: Driver) -> None:
    address, _, page = somebody(driver)
    files = {one: driver.request("POST", f"{page}/record", form={"format": one}) for one in ("json", "csv")}
    for kind, answer in files.items():
        assert answer.status == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="record.{kind}"'
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
    whole = json.loads(files["json"].text)
    assert whole["subscriber"]["addresses"]["email"]["address"] == address
    assert {one["kind"] for one in whole["history"]} == {"consent", "message"}
    rows = list(csv.DictReader(StringIO(files["csv"].text)))
    assert {"name": "Ann", "language": "en"}.items() <= {r["what"]: r["after"] for r in rows}.items()
    assert driver.request("POST", f"{page}/record", form={"format": "exe"}).status == 400


def test_being_forgotten_is_asked_once_more_and_ends_everything(driver: Driver) -> None:
    address, roads, page = somebody(driver)
    subscriber = id_of(driver, address)
    asked = driver.request("GET", f"{page}/forget")
    assert "35" in asked.text
    assert "cannot be undone" in asked.text
    assert id_of(driver, address) == subscriber, "asking forgets nobody"
    assert "You are forgotten" in driver.request("POST", f"{page}/forget", form={}).text
    for path in (page, f"{page}/record", f"{page}/forget"):
        assert driver.request("GET", path).status == 404
    assert driver.request("POST", f"{page}/forget", form={}).status == 404
    lookup = {"channel": "email", "address": address}
    found = driver.request("POST", "/v1/subscribers/lookup", key=driver.admin_key, json=lookup)
    assert found.status == 404
    assert acting.report(driver, acting.send(driver, [roads], channels=["email"]))["planned"] == 0
    last = acting.api(driver, "GET", f"/v1/subscribers/{subscriber}/history?limit=1")["items"][0]["consent"]
    assert (last["source"], last["by"]) == ("preference-page", "subscriber")


@pytest.mark.parametrize("what", ["record", "forget"])
def test_only_the_page_itself_opens_the_record(driver: LocalDriver, what: str) -> None:
    address, _, _ = somebody(driver)
    link = acting.link_to_own_page(driver, address)
    for method in ("GET", "POST"):
        answer = driver.request(method, f"{link}/{what}", form={} if method == "POST" else None)
        assert answer.status == 404
        assert address not in answer.text
    assert id_of(driver, address)
