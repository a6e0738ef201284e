"""Alerts over HTTP: from a draft to everyone in the area, and to nobody else."""

from typing import Any

import pytest

from chalicelib.core.settings import settings
from tests.features import acting, posting, releasing
from tests.features.driver import Driver
from tests.features.local import LocalDriver

HEADLINE = "Flash flood on Elm Street"


def told(driver: Driver, address: str) -> list[str]:
    """What an address got of alerts: the subjects of its mails."""
    return [one.subject for one in acting.messages(driver, address) if "lood" in one.subject]


def show(driver: Driver, alert: str) -> Any:
    return acting.api(driver, "GET", f"/v1/alerts/{alert}")


def refused(driver: Driver, alert: str, verb: str, body: Any, *, key: str | None = None) -> tuple[int, str]:
    """The status and code of a call that must not go through."""
    answer = driver.request("POST", f"/v1/alerts/{alert}/{verb}", key=key or driver.admin_key, json=body)
    return answer.status, answer.json()["code"]


def test_an_alert_reaches_those_in_its_area_and_nobody_else(driver: Driver) -> None:
    at, number = releasing.spot(), acting.phone()
    here = releasing.resident(driver, at, phone=number)
    elsewhere = releasing.resident(driver, releasing.spot())
    not_opted_in = releasing.resident(driver, at, life_safety=False)
    alert = releasing.sent(driver, at)
    found = show(driver, alert)
    assert found["status"] == "sent"
    assert (found["progress"]["sent"], found["break_glass"]) == (2, False)
    assert HEADLINE in acting.last(driver, here).subject
    assert "Go to higher ground now" in acting.last(driver, number).text
    assert (told(driver, elsewhere), told(driver, not_opted_in)) == ([], [])


def test_a_preview_says_who_gets_it_how_and_what_that_takes(driver: Driver) -> None:
    at = releasing.spot()
    releasing.resident(driver, at, phone=acting.phone())
    releasing.resident(driver, at, language="ht")
    before = releasing.preview(driver, releasing.draft(driver, at)["id"])["preview"]["people_without_place"]
    releasing.resident(driver, None)
    seen = releasing.preview(driver, releasing.draft(driver, at)["id"])["preview"]
    assert (seen["people"], seen["messages"]) == (2, {"email": {"en": 1, "ht": 1}, "sms": {"en": 1}})
    assert (seen["people_without_place"], seen["without_place"]) == (before + 1, False)
    assert "/without_place" in [one["pointer"] for one in seen["warnings"]]
    assert seen["untranslated"] == [{"language": "ht", "people": 1}]
    texts = next(one for one in seen["channels"] if one["channel"] == "sms")
    assert (texts["messages"], texts["per_second"]) == (1, settings().sms_rate)
    assert texts["units"] == texts["languages"][0]["each"] > 0
    assert seen["finish"] >= texts["finish"] >= seen["at"]
    nearest, *others = seen["bands"]["sms"]
    assert (nearest["messages"], [one["messages"] for one in others if one["messages"]]) == (1, [])
    assert nearest["finish"] == texts["finish"]


def test_it_takes_two_people(driver: Driver) -> None:
    at = releasing.spot()
    releasing.resident(driver, at)
    author, _, _ = acting.staff_key(driver, roles=["emergency_manager"])
    alert = str(releasing.draft(driver, at, key=author)["id"])
    shown = releasing.preview(driver, alert, key=author)
    given, digest = releasing.typed(shown), {"digest": shown["preview"]["digest"]}
    assert refused(driver, alert, "launch", given, key=author) == (409, "not-approved")
    acting.api(driver, "POST", f"/v1/alerts/{alert}/submit")
    for own in (author, driver.admin_key):
        assert refused(driver, alert, "approve", digest, key=own) == (403, "second-person")
    other, _, _ = acting.staff_key(driver, roles=["approver"])
    wrong = {"digest": "0" * 64}
    assert refused(driver, alert, "approve", wrong, key=other) == (409, "preview-outdated")
    acting.api(driver, "POST", f"/v1/alerts/{alert}/approve", digest, key=other)
    changed = {"version": show(driver, alert)["version"], "expires": "2099-01-01T00:00:00Z"}
    acting.api(driver, "PATCH", f"/v1/alerts/{alert}", changed)
    found = show(driver, alert)
    assert (found["status"], found["preview"], "approved" in found["steps"]) == ("draft", None, False)
    assert refused(driver, alert, "launch", given) == (409, "not-approved")


def test_who_returns_an_alert_says_why(driver: Driver) -> None:
    at = releasing.spot()
    releasing.resident(driver, at)
    alert = str(releasing.draft(driver, at)["id"])
    releasing.approved(driver, alert)
    acting.api(driver, "POST", f"/v1/alerts/{alert}/reject", {"reason": "Which end of Elm Street?"})
    found = show(driver, alert)
    assert found["status"] == "draft"
    assert found["steps"]["rejected"]["reason"] == "Which end of Elm Street?"


def test_one_person_may_break_the_glass_and_everybody_hears_of_it(driver: Driver) -> None:
    department, at = acting.slug("fire"), releasing.spot()
    address = releasing.resident(driver, at)
    approvers = [releasing.approver(driver, department) for _ in range(2)]
    alone, _, alone_id = acting.staff_key(driver, roles=["emergency_manager"], departments=[department])
    alert = str(releasing.draft(driver, at, department=department, key=alone)["id"])
    shown = releasing.preview(driver, alert, key=alone)
    assert refused(driver, alert, "break-glass", releasing.typed(shown), key=alone) == (422, "invalid-fields")
    given = releasing.typed(shown, reason="The bridge is about to go.")
    acting.api(driver, "POST", f"/v1/alerts/{alert}/break-glass", given, key=alone)
    driver.settle()
    assert told(driver, address) == [HEADLINE]
    for one in approvers:
        told_of = acting.last(driver, one.email)
        assert "The glass was broken" in told_of.subject
        assert "The bridge is about to go." in told_of.text
    found = show(driver, alert)
    launched = found["steps"]["launched"]
    assert (found["break_glass"], launched["by"]) == (True, alone_id)
    assert launched["reason"] == "The bridge is about to go."
    listed = acting.api(driver, "GET", "/v1/alerts?limit=1")["items"][0]
    assert (listed["id"], listed["break_glass"]) == (alert, True)
    audit = acting.api(driver, "GET", "/v1/audit?limit=5")["items"]
    assert "The bridge is about to go." in [one["reason"] for one in audit]
    record = acting.api(driver, "GET", f"/v1/alerts/{alert}/record")["chain"]["entries"]
    assert [one["event"] for one in record] == ["drafted", "previewed", "break-glass"]


def test_only_emergency_managers_break_the_glass(driver: Driver) -> None:
    approver, _, _ = acting.staff_key(driver, roles=["approver"])
    body = {"event": "Flash flood", "digest": "0" * 64, "reason": "Me too."}
    assert refused(driver, "0" * 32, "break-glass", body, key=approver) == (403, "wrong-role")


def test_a_launch_that_would_reach_others_than_the_preview_halts(driver: Driver) -> None:
    at = releasing.spot()
    first = releasing.resident(driver, at)
    alert = str(releasing.draft(driver, at)["id"])
    shown = releasing.approved(driver, alert)
    releasing.resident(driver, at)
    answer = releasing.launch(driver, shown)
    assert (answer.status, answer.json()["code"]) == (409, "count-differs")
    assert "counted 1 people, and now there are 2" in answer.json()["detail"]
    assert show(driver, alert)["status"] == "halted"
    driver.settle()
    assert told(driver, first) == []
    assert refused(driver, alert, "launch", releasing.typed(shown)) == (409, "wrong-state")
    again = releasing.preview(driver, alert)
    assert (again["status"], again["preview"]["people"]) == ("draft", 2)


def test_what_is_typed_must_be_the_events_name(driver: Driver) -> None:
    at = releasing.spot()
    releasing.resident(driver, at)
    alert = str(releasing.draft(driver, at)["id"])
    shown = releasing.approved(driver, alert)
    wrong = releasing.launch(driver, {**shown, "event": "Flash floods"})
    assert (wrong.status, wrong.json()["errors"][0]["pointer"]) == (422, "/event")
    assert releasing.launch(driver, {**shown, "event": " flash   FLOOD"}).status == 200


def test_nobody_launches_by_an_old_preview(driver: LocalDriver) -> None:
    at = releasing.spot()
    releasing.resident(driver, at)
    alert = str(releasing.draft(driver, at)["id"])
    shown = releasing.approved(driver, alert)
    driver.platform.clock.advance(settings().preview_minutes * 60 + 1)
    assert refused(driver, alert, "launch", releasing.typed(shown)) == (409, "preview-old")
    assert [one["pointer"] for one in show(driver, alert)["warnings"]] == ["/preview"]
    again = releasing.preview(driver, alert)
    assert again["status"] == "approved", "the same words for the same people are approved already"
    assert releasing.launch(driver, again).status == 200


def test_nobody_is_alerted_by_an_alert_for_nobody(driver: Driver) -> None:
    alert = str(releasing.draft(driver, releasing.spot())["id"])
    shown = releasing.preview(driver, alert)
    assert shown["preview"]["people"] == 0
    for verb, body in (("submit", None), ("break-glass", releasing.typed(shown, reason="Now."))):
        assert refused(driver, alert, verb, body) == (409, "empty-audience")


def test_a_launch_happens_once(driver: Driver) -> None:
    at = releasing.spot()
    address = releasing.resident(driver, at)
    alert = str(releasing.draft(driver, at)["id"])
    shown = releasing.approved(driver, alert)
    headers, path = {"Idempotency-Key": acting.slug("launch")}, f"/v1/alerts/{alert}/launch"
    answers = [
        driver.request("POST", path, key=driver.admin_key, json=releasing.typed(shown), headers=headers)
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert refused(driver, alert, "launch", releasing.typed(shown)) == (409, "wrong-state")
    driver.settle()
    assert told(driver, address) == [HEADLINE]


def test_the_same_cap_message_becomes_one_alert(driver: Driver) -> None:
    at = releasing.spot()
    address, message = releasing.resident(driver, at), releasing.cap(at)
    first = releasing.of_cap(driver, message)
    assert first.status == 201
    later = message.replace(b"<sent>2020-11-22T13", b"<sent>2020-11-22T14")
    for one in (message, later):
        assert releasing.of_cap(driver, one).json()["code"] == "message-known"
    alert = str(first.json()["id"])
    assert first.json()["as_it_came"]
    assert refused(driver, alert, "launch", {"event": "x", "digest": "0" * 64}) == (409, "not-approved")
    shown = releasing.approved(driver, alert)
    assert releasing.launch(driver, shown).status == 200
    driver.settle()
    assert told(driver, address) == [HEADLINE]
    assert driver.request("GET", f"/alerts/{alert}.cap").text.count("w-nws@example") == 1


def test_what_a_cap_message_says_stays_as_it_came(driver: Driver) -> None:
    at = releasing.spot()
    alert = releasing.of_cap(driver, releasing.cap(at)).json()
    path = f"/v1/alerts/{alert['id']}"
    answer = driver.request("PATCH", path, key=driver.admin_key, json={"version": 1, "event": "Worse"})
    assert (answer.status, answer.json()["errors"][0]["pointer"]) == (422, "/event")
    acting.api(driver, "PATCH", path, {"version": 1, "channels": ["sms"]})
    assert show(driver, alert["id"])["channels"] == ["sms"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"areas": []}, "/areas", id="nowhere"),
        pytest.param({"areas": [{"area": "no-such-area"}]}, "/areas/0/area", id="unknown area"),
        pytest.param({"without_place": None}, "/without_place", id="no choice"),
        pytest.param({"urgency": "Soon"}, "/urgency", id="no word of CAP"),
        pytest.param({"event": None}, "/event", id="no name"),
        pytest.param({"content": {"es": {"headline": "x"}}}, "/content/en", id="not in the default language"),
        pytest.param({"content": {"en": {"headline": "x"}}}, "/content/en/description", id="half of it"),
        pytest.param({"expires": "2020-01-01T00:00:00Z"}, "/expires", id="past"),
        pytest.param({"topics": ["no-such-topic"]}, "/topics/0", id="unknown topic"),
        pytest.param({"approvers": ["0" * 32]}, "/approvers/0", id="unknown approver"),
        pytest.param({"accounts": ["no-such-account"]}, "/accounts/0", id="unknown account"),
        pytest.param({"ladder": [{"channel": "sms"}]}, "/ladder", id="a ladder of one rung"),
        pytest.param({"template": "no-such-template"}, "/template", id="unknown template"),
        pytest.param({"fields": {"place": "x"}}, "/fields", id="fields of no template"),
        pytest.param({"mode": "exercise"}, "/mode", id="the mode is the key's"),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_drafted(
    driver: Driver, change: dict[str, Any], pointer: str
) -> None:
    before = acting.api(driver, "GET", "/v1/alerts?limit=1")["items"]
    answer = driver.request(
        "POST", "/v1/alerts", key=driver.admin_key, json=releasing.body(releasing.spot(), **change)
    )
    assert answer.status == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert acting.api(driver, "GET", "/v1/alerts?limit=1")["items"] == before


def test_an_exercise_reaches_the_exercise_list_and_no_account(driver: LocalDriver) -> None:
    at = releasing.spot()
    outside = releasing.resident(driver, at)
    inside = releasing.resident(driver, at, exercise=True)
    key, _, _ = acting.staff_key(driver, roles=["admin"], mode="exercise")
    with posting.on_the_square(driver) as (square, account):
        alert = releasing.sent(driver, at, key=key, mode="exercise", accounts=[account])
        assert not square.stands
    assert show(driver, alert)["progress"]["sent"] == 1
    assert told(driver, outside) == []
    assert acting.last(driver, inside).subject.startswith("EXERCISE")
    assert alert not in driver.request("GET", "/alerts.atom").text
    assert driver.request("GET", f"/alerts/{alert}.cap").status == 404


def test_an_approval_goes_on_from_one_approver_to_the_next(driver: LocalDriver) -> None:
    department, at = acting.slug("fire"), releasing.spot()
    releasing.resident(driver, at)
    first, second, third = (releasing.approver(driver, department) for _ in range(3))
    named: dict[str, Any] = {"approvers": [second.id, first.id], "approval_minutes": 2}
    alert = str(releasing.draft(driver, at, department=department, **named)["id"])
    releasing.preview(driver, alert)
    acting.api(driver, "POST", f"/v1/alerts/{alert}/submit")
    asked = []
    for _ in range(5):
        driver.settle()
        asked.append([len(acting.messages(driver, one.email)) for one in (first, second, third)])
        driver.platform.clock.advance(121)
        driver.platform.fire("alert_watch")
    assert asked == [[0, 1, 0], [1, 1, 0], [2, 2, 1], [2, 2, 1], [2, 2, 1]]
    events = acting.api(driver, "GET", f"/v1/alerts/{alert}/record")["chain"]["entries"]
    assert [one["event"] for one in events] == [
        "drafted",
        "previewed",
        "submitted",
        "approval-passed-on",
        "approval-passed-on",
        "alarm",
    ]
