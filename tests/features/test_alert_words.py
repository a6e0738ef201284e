"""What residents read of alerts made of a template: drills, and what one person launched; warnings before."""

import re
from typing import Any

import pytest

from tests.features import acting, releasing
from tests.features.driver import Driver
from tests.features.local import LocalDriver

ACTIONS = {"en": "Go up now.", "es": "Suba ahora.", "vi": "Lên cao ngay.", "zh-Hans": "请上高处。"}
OF_TEMPLATE: dict[str, Any] = {
    **dict.fromkeys(
        ("event", "categories", "urgency", "severity", "certainty", "response_types", "content", "channels")
    ),
    "fields": {"place": "Elm Street", "time": "2099-11-22T21:00:00-05:00", "action": ACTIONS},
}


@pytest.fixture(scope="module")
def template(driver: Driver) -> str:
    """A standard template, which somebody else wrote."""
    author, _, _ = acting.staff_key(driver, roles=["emergency_manager"])
    acting.api(driver, "POST", "/v1/alerts/templates/standard", key=author)
    return "flash-flood"


def test_a_drill_says_so_in_every_message_and_language(driver: LocalDriver, template: str) -> None:
    at = releasing.spot()
    people = {one: releasing.resident(driver, at, language=one, exercise=True) for one in ("en", "es")}
    key, _, _ = acting.staff_key(driver, roles=["emergency_manager"], mode="exercise")
    releasing.sent(driver, at, key=key, mode="exercise", template=template, **OF_TEMPLATE)
    for language, first in (("en", "THIS IS AN EXERCISE."), ("es", "ESTO ES UN SIMULACRO.")):
        got = acting.last(driver, people[language])
        assert got.text.startswith(first)
        assert got.subject.startswith({"en": "EXERCISE: ", "es": "SIMULACRO: "}[language])
        assert got.html.count(first) >= 3, "in the words, and in a banner above and below"
        assert ACTIONS[language] in got.text


def test_one_person_launches_what_was_agreed_to_and_each_reads_their_own_language(
    driver: LocalDriver, template: str
) -> None:
    at, number = releasing.spot(), acting.phone()
    mail = releasing.resident(driver, at, language="vi", phone=number)
    path = f"/v1/alerts/templates/{template}"
    version = acting.api(driver, "GET", path)["version"]
    approver, _, _ = acting.staff_key(driver, roles=["approver"], departments=["works"])
    acting.api(driver, "POST", f"{path}/authorise", {"version": version}, key=approver)
    alone, _, _ = acting.staff_key(driver, roles=["emergency_manager"], departments=["works"])
    draft = releasing.draft(driver, at, key=alone, template=template, **OF_TEMPLATE)
    shown = releasing.preview(driver, draft["id"], key=alone)
    assert shown["event"] == "Flash flood"
    assert releasing.launch(driver, shown, key=alone).status == 200
    driver.settle()
    got = acting.last(driver, mail)
    assert got.subject.startswith("LŨ QUÉT: Elm Street")
    assert "DIỄN TẬP" not in got.html
    link = re.search(r"https?://\S+/a/\S+", got.text)
    assert link
    assert driver.request("GET", link[0]).status == 200, "the page that asks how one is"
    acting.api(driver, "POST", f"{path}/withdraw")
    other = releasing.draft(driver, at, key=alone, template=template, **OF_TEMPLATE)
    again = releasing.launch(driver, releasing.preview(driver, other["id"], key=alone), key=alone)
    assert (again.status, again.json()["code"]) == (409, "not-approved")


def test_a_draft_that_leaves_a_field_empty_is_refused(driver: LocalDriver, template: str) -> None:
    fields = {**OF_TEMPLATE["fields"], "place": "", "action": {**ACTIONS, "vi": " "}}
    given = releasing.body(releasing.spot(), **{**OF_TEMPLATE, "template": template, "fields": fields})
    refused = driver.request("POST", "/v1/alerts", key=driver.admin_key, json=given)
    assert refused.status == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/fields/action/vi", "/fields/place"]


def test_a_preview_tells_of_long_texts_and_missing_languages(driver: LocalDriver) -> None:
    at = releasing.spot()
    said = releasing.body(at)["content"]["en"]
    for length, pointers in ((100, []), (350, ["/words/en/sms"])):
        alert = releasing.draft(driver, at, content={"en": {**said, "sms": "x" * length}})["id"]
        seen = releasing.preview(driver, alert)["preview"]
        found = [one["pointer"] for one in seen["warnings"] if one["pointer"].startswith("/words")]
        assert (found, seen["languages_missing"]) == (pointers, ["es", "zh-Hans", "vi"])
    alert = releasing.draft(driver, at, content={"en": {**said, "sms": "x" * 900}})["id"]
    refused = driver.request("POST", f"/v1/alerts/{alert}/preview", key=driver.admin_key)
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, "/words/en/sms")
