"""Feeds of alerts, in over HTTP and out to the outbox: drafts, launches by rule, what never gets through."""

from typing import Any

import pytest
from werkzeug.wrappers import Response

from chalicelib.alerts.cap.signature import read_signed, sign, signer_of
from infra.stand_ins.transport import Fault, answers, no_answer, unreachable
from infra.stand_ins.weather import FEED, SENDER, Weather
from tests.features import acting, releasing, warning
from tests.features.local import LocalDriver


@pytest.fixture
def quiet(driver: LocalDriver) -> LocalDriver:
    """The stack without the sources of the tests before."""
    warning.forget(driver)
    return driver


def ruled(driver: LocalDriver, **more: Any) -> str:
    """A source that was looked at once, with a rule set by an approver."""
    source = warning.source(driver)
    warning.look(driver)
    approver, _, _ = acting.staff_key(driver, roles=["approver"])
    warning.rule(driver, source, key=approver, **more)
    return source


def fates(driver: LocalDriver, source: str) -> list[tuple[str, str | None]]:
    return [(one["fate"], one["why"]) for one in warning.messages(driver, source)]


def alert_of(driver: LocalDriver, source: str, place: int = 0) -> Any:
    return acting.api(driver, "GET", f"/v1/alerts/{warning.messages(driver, source)[place]['alert_id']}")


def test_a_warning_becomes_one_draft_with_its_area_and_its_own_identifier(quiet: LocalDriver) -> None:
    at = releasing.spot()
    here = releasing.resident(quiet, at)
    flood = warning.warned(area=warning.around(at))
    warning.publish(quiet, flood)
    source = warning.source(quiet)
    for _ in range(3):
        warning.look(quiet)
    assert fates(quiet, source) == [("draft", "no-rule")]
    draft = alert_of(quiet, source)
    assert (draft["status"], draft["source"], draft["event"]) == ("draft", source, "Flash Flood Warning")
    assert (draft["identifier"], draft["sender"]) == (flood.identifier, SENDER)
    shown = releasing.approved(quiet, draft["id"])
    assert shown["preview"]["people"] == 1
    assert releasing.launch(quiet, shown).status == 200
    quiet.settle()
    assert "Turn around" in acting.last(quiet, here).text


def test_by_an_approvers_rule_a_warning_reaches_its_area_without_further_hands(quiet: LocalDriver) -> None:
    at = releasing.spot()
    here, elsewhere = releasing.resident(quiet, at), releasing.resident(quiet, releasing.spot())
    source = ruled(quiet)
    frost = warning.warned(event="Frost", area=warning.around(at))
    warning.publish(quiet, warning.warned(area=warning.around(at)), frost)
    for _ in range(3):
        warning.look(quiet)
    assert sorted(fates(quiet, source)) == [("draft", "rule"), ("launched", None)]
    assert "Flash Flood Warning" in acting.last(quiet, here).subject
    assert len([one for one in acting.messages(quiet, here) if "Warning" in one.subject]) == 1
    assert not [one for one in acting.messages(quiet, elsewhere) if "Warning" in one.subject]
    told = next(one for one in warning.messages(quiet, source) if one["fate"] == "launched")
    rule = acting.api(quiet, "GET", f"/v1/alerts/sources/{source}")["rule"]
    record = acting.api(quiet, "GET", f"/v1/alerts/{told['alert_id']}/record")["chain"]["entries"]
    agreed = next(one for one in record if one["event"] == "approved")
    assert (agreed["by"], agreed["detail"]["source"]) == (rule["set_by"], source)
    audit = acting.api(quiet, "GET", "/v1/audit?limit=100")["items"]
    launched = next(one for one in audit if one["action"] == "alert source: launch")
    assert launched["reason"] == f"the rule of {rule['set_by']}"


def test_many_people_are_counted_in_a_queue_before_a_rule_launches(quiet: LocalDriver) -> None:
    at = releasing.spot()
    here = releasing.resident(quiet, at)
    source = ruled(quiet)
    warning.publish(quiet, warning.warned(area=warning.around(at)))
    warning.counted_apart(quiet)
    assert fates(quiet, source) == [("launched", None)]
    assert len([one for one in acting.messages(quiet, here) if "Warning" in one.subject]) == 1


def test_what_stands_there_at_the_first_look_waits_for_people(quiet: LocalDriver) -> None:
    warning.publish(quiet, warning.warned(area=warning.around(releasing.spot())))
    source = warning.source(quiet)
    warning.rule(quiet, source)
    warning.look(quiet)
    assert fates(quiet, source) == [("draft", "first-look")]


def test_tests_exercises_and_what_is_over_never_become_anything_live(quiet: LocalDriver) -> None:
    at = releasing.spot()
    here = releasing.resident(quiet, at)
    source = ruled(quiet)
    area = warning.around(at)
    warning.publish(
        quiet,
        *(warning.warned(status=one, area=area) for one in ("Test", "Exercise", "System", "Draft")),
        warning.warned(minutes=0, area=area),
    )
    warning.look(quiet)
    assert sorted(fates(quiet, source)) == [("passed", "expired"), *[("passed", "status")] * 4]
    assert not [one for one in acting.messages(quiet, here) if "Warning" in one.subject]


def test_an_exercise_source_takes_exercises_only(quiet: LocalDriver) -> None:
    drill, _, _ = acting.staff_key(quiet, roles=["emergency_manager"], mode="exercise")
    source = warning.source(quiet, key=drill)
    area = warning.around(releasing.spot())
    warning.publish(quiet, warning.warned(status="Exercise", area=area), warning.warned(area=area))
    warning.look(quiet)
    assert sorted(fates(quiet, source)) == [("draft", "no-rule"), ("passed", "status")]
    drafted = next(one for one in warning.messages(quiet, source) if one["alert_id"])
    assert acting.api(quiet, "GET", f"/v1/alerts/{drafted['alert_id']}")["mode"] == "exercise"
    refused = quiet.request(
        "PUT",
        f"/v1/alerts/sources/{source}/rule",
        key=quiet.admin_key,
        json={"version": 1, "conditions": warning.FLOODS},
    )
    assert (refused.status, refused.json()["code"]) == (403, "wrong-mode")


def test_an_update_takes_the_place_of_a_draft_and_a_cancel_takes_it_away(quiet: LocalDriver) -> None:
    area = warning.around(releasing.spot())
    first = warning.warned(area=area)
    update = warning.warned(kind="Update", severity="Extreme", references=(first.identifier,), area=area)
    warning.publish(quiet, first)
    source = warning.source(quiet)
    warning.look(quiet)
    was = alert_of(quiet, source)["id"]
    warning.publish(quiet, update, first)
    warning.look(quiet)
    assert quiet.request("GET", f"/v1/alerts/{was}", key=quiet.admin_key).status == 404
    now = alert_of(quiet, source)
    assert (now["identifier"], now["status"]) == (update.identifier, "draft")
    warning.publish(quiet, warning.warned(kind="Cancel", references=(update.identifier,), area=area))
    warning.look(quiet)
    assert fates(quiet, source)[0] == ("cancelled", None)
    assert quiet.request("GET", f"/v1/alerts/{now['id']}", key=quiet.admin_key).status == 404


def test_a_rule_launches_as_many_a_day_as_it_may(quiet: LocalDriver) -> None:
    at = releasing.spot()
    releasing.resident(quiet, at)
    source = ruled(quiet, most_a_day=1)
    warning.publish(quiet, *(warning.warned(area=warning.around(at)) for _ in range(2)))
    for _ in range(2):
        warning.look(quiet)
    assert sorted(fates(quiet, source)) == [("draft", "daily-limit"), ("launched", None)]


def test_who_wrote_a_source_is_not_asked_when_it_changes_and_its_rule_ends(quiet: LocalDriver) -> None:
    source = ruled(quiet)
    shown = acting.api(quiet, "GET", f"/v1/alerts/sources/{source}")
    named = acting.api(
        quiet, "PATCH", f"/v1/alerts/sources/{source}", {"version": shown["version"], "name": "NWS"}
    )
    assert named["rule"] is not None
    moved = {"version": named["version"], "without_place": True}
    assert acting.api(quiet, "PATCH", f"/v1/alerts/sources/{source}", moved)["rule"] is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "http://alerts.weather.example/"}, "/url"),
        ({"url": "https://169.254.169.254/latest"}, "/url"),
        ({"every": 0}, "/every"),
        ({"topics": ["nothing-has-this-id"]}, "/topics/0"),
        ({"only": {"severities": ["Bad"]}}, "/only/severities/0"),
    ],
)
def test_a_source_that_cannot_be_is_refused(driver: LocalDriver, body: dict[str, Any], pointer: str) -> None:
    whole = {"name": "Weather", "department": "works", "url": "https://a.example/", "without_place": False}
    refused = driver.request("POST", "/v1/alerts/sources", key=driver.admin_key, json={**whole, **body})
    assert refused.status == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


def test_a_rule_takes_a_condition_and_an_approver(quiet: LocalDriver) -> None:
    source = warning.source(quiet)
    path, body = f"/v1/alerts/sources/{source}/rule", {"version": 1, "conditions": {}}
    refused = quiet.request("PUT", path, key=quiet.admin_key, json=body)
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, "/conditions")
    writer, _, _ = acting.staff_key(quiet, roles=["communicator"])
    assert quiet.request("PUT", path, key=writer, json=body).status == 403


HOSTILE = [
    b"<!DOCTYPE a [<!ENTITY x 'y'>]><feed/>",
    b"<feed>" * 200_000,
    b" " * 5_100_000,
    b"<html>Down for maintenance</html>",
    b"\xff\xfe\x00",
]


def test_a_feed_that_is_broken_huge_hostile_or_gone_stops_no_other(quiet: LocalDriver) -> None:
    site = warning.publish(quiet, warning.warned(area=warning.around(releasing.spot())))
    trouble = [lambda one=one: Response(one) for one in HOSTILE]
    faults = [*(Fault(answer=one) for one in trouble), unreachable(), no_answer(), answers(500), answers(404)]
    bad = [warning.source(quiet, url=f"{FEED}?bad") for _ in faults]
    good = warning.source(quiet)
    for fault in faults:
        site.faults.add(fault, when=lambda request: "bad" in request.args)
    warning.look(quiet)
    for one in bad:
        watch = acting.api(quiet, "GET", f"/v1/alerts/sources/{one}")["watch"]
        assert (watch["status"], watch["failures"], bool(watch["problem"])) == ("failing", 1, True)
    assert fates(quiet, good) == [("draft", "no-rule")]


@pytest.mark.parametrize("feed", HOSTILE, ids=["doctype", "deep", "huge", "html", "encoding"])
def test_a_hostile_feed_is_told_of_and_tried_out_without_harm(quiet: LocalDriver, feed: bytes) -> None:
    warning.publish(quiet, feed=feed)
    source = warning.source(quiet)
    warning.look(quiet)
    assert acting.api(quiet, "GET", f"/v1/alerts/sources/{source}")["watch"]["status"] == "failing"
    assert acting.api(quiet, "POST", f"/v1/alerts/sources/{source}/check")["problem"]


def test_a_message_that_is_broken_or_gone_stops_no_other(quiet: LocalDriver) -> None:
    area = warning.around(releasing.spot())
    gone, old, bad, good = warning.warned(), warning.warned(), warning.warned(), warning.warned(area=area)
    old.xml = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>'
    bad.xml = b"<alert"
    site = warning.publish(quiet, gone, old, bad, good)
    site.faults.add(answers(404), times=2, when=lambda request: gone.identifier in request.path)
    source = warning.source(quiet)
    warning.look(quiet)
    assert acting.api(quiet, "GET", f"/v1/alerts/sources/{source}")["watch"]["unread"] == 1
    found = sorted(fates(quiet, source))
    assert found == [("draft", "no-rule"), ("refused", "bad-xml"), ("refused", "cap-version")]
    gone.area = area
    for _ in range(2):
        warning.look(quiet)
    assert len(fates(quiet, source)) == 4
    assert acting.api(quiet, "GET", f"/v1/alerts/sources/{source}")["watch"]["unread"] == 0


def test_an_unchanged_feed_is_not_read_again(quiet: LocalDriver) -> None:
    site = warning.publish(quiet, warning.warned(area=warning.around(releasing.spot())))
    source = warning.source(quiet)
    warning.look(quiet)
    asked = len(site.requests)
    warning.look(quiet)
    assert [one.headers.get("If-None-Match") is not None for one in site.requests[asked:]] == [True]
    assert acting.api(quiet, "GET", f"/v1/alerts/sources/{source}")["watch"]["failures"] == 0


def test_a_source_that_fell_silent_raises_an_alarm(
    quiet: LocalDriver, caplog: pytest.LogCaptureFixture
) -> None:
    site = warning.publish(quiet)
    source = warning.source(quiet, silent_minutes=30)
    warning.look(quiet)
    site.faults.add(unreachable(), times=3)
    for _ in range(3):
        warning.look(quiet, 960)
    assert acting.api(quiet, "GET", f"/v1/alerts/sources/{source}")["watch"]["status"] == "silent"
    assert "alert-source-silent" in caplog.text


def test_a_trusted_senders_message_counts_by_its_signature_alone(quiet: LocalDriver) -> None:
    ours, others = signer_of({"seed": "weather"}, host="w"), signer_of({"seed": "x"}, host="w")
    at = releasing.spot()
    here = releasing.resident(quiet, at)
    body = {"sender": SENDER, "name": "Weather service", "certificates": [ours.certificate]}
    listed = acting.api(quiet, "POST", "/v1/alerts/senders", body)
    source = ruled(quiet, signed=True)
    plain, forged, true = (warning.warned(area=warning.around(at)) for _ in range(3))
    site = quiet.platform.web.of(Weather)
    forged.xml, true.xml = sign(site.message(forged), others), sign(site.message(true), ours)
    warning.publish(quiet, plain, forged, true)
    for _ in range(2):
        warning.look(quiet)
    found = sorted(fates(quiet, source))
    assert found == [("launched", None), ("refused", "not-signed"), ("refused", "signature-refused")]
    launched = next(one for one in warning.messages(quiet, source) if one["fate"] == "launched")
    assert launched["identifier"] == true.identifier
    assert launched["signed_by"] == listed["fingerprints"][0]
    assert "Flash Flood Warning" in acting.last(quiet, here).subject
    given = quiet.request(
        "POST",
        "/v1/alerts/cap?department=works&without_place=false",
        key=quiet.admin_key,
        body=site.message(plain),
        headers={"content-type": "application/cap+xml"},
    )
    assert (given.status, given.json()["code"]) == (400, "not-signed")
    acting.api(quiet, "DELETE", f"/v1/alerts/senders/{listed['id']}")


def test_what_we_publish_verifies_with_the_certificate_that_we_show(quiet: LocalDriver) -> None:
    shown = acting.api(quiet, "GET", "/v1/alerts/signer")
    at = releasing.spot()
    releasing.resident(quiet, at)
    alert = releasing.sent(quiet, at)
    published = quiet.request("GET", f"/alerts/{alert}.cap")
    message, by = read_signed(published.body, [shown["certificate"]], now=quiet.platform.clock())
    assert (message.identifier, by) == (alert, shown["fingerprint"])


def test_what_a_rule_launched_is_updated_and_taken_back_as_its_sender_says(quiet: LocalDriver) -> None:
    at = releasing.spot()
    here = releasing.resident(quiet, at)
    source, area = ruled(quiet), warning.around(at)
    first = warning.warned(area=area)
    warning.publish(quiet, first)
    warning.look(quiet)
    update = warning.warned(kind="Update", severity="Extreme", references=(first.identifier,), area=area)
    warning.publish(quiet, update, first)
    for _ in range(2):
        warning.look(quiet)
    assert fates(quiet, source) == [("launched", None), ("launched", None)]
    newer, older = alert_of(quiet, source), alert_of(quiet, source, 1)
    assert (newer["follows"], older["status"]) == (older["id"], "ended")
    warning.publish(quiet, warning.warned(kind="Cancel", references=(update.identifier,), area=area), update)
    for _ in range(2):
        warning.look(quiet)
    assert fates(quiet, source)[0] == ("cancelled", None)
    assert acting.api(quiet, "GET", f"/v1/alerts/{newer['id']}")["status"] == "cancelled"
    told = [one.subject for one in acting.messages(quiet, here) if "lood" in one.subject]
    assert len(told) == 3


def test_what_staff_launched_is_for_staff_to_take_back(
    quiet: LocalDriver, caplog: pytest.LogCaptureFixture
) -> None:
    at = releasing.spot()
    releasing.resident(quiet, at)
    first = warning.warned(area=warning.around(at))
    warning.publish(quiet, first)
    source = warning.source(quiet)
    warning.look(quiet)
    shown = releasing.approved(quiet, alert_of(quiet, source)["id"])
    assert releasing.launch(quiet, shown).status == 200
    quiet.settle()
    warning.publish(quiet, warning.warned(kind="Cancel", references=(first.identifier,)), first)
    warning.look(quiet)
    assert fates(quiet, source)[0] == ("passed", "in-hand")
    assert "alert-source-not-launched" in caplog.text
    assert acting.api(quiet, "GET", f"/v1/alerts/{shown['id']}")["status"] == "sent"


def test_an_update_that_leaves_out_what_is_in_force_waits_for_people(quiet: LocalDriver) -> None:
    at = releasing.spot()
    releasing.resident(quiet, at)
    source, area = ruled(quiet), warning.around(at)
    first = warning.warned(area=area)
    second = warning.warned(kind="Update", references=(first.identifier,), area=area)
    third = warning.warned(kind="Update", references=(second.identifier,), area=area)
    for one in (first, second, third):
        warning.publish(quiet, one)
        warning.look(quiet)
    assert fates(quiet, source) == [("draft", "references"), ("launched", None), ("launched", None)]


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_the_sender_of_a_foreign_alert_is_answered(quiet: LocalDriver, kind: str) -> None:
    flood = warning.warned(area=warning.around(releasing.spot()))
    warning.publish(quiet, flood)
    source = warning.source(quiet)
    warning.look(quiet)
    told = warning.messages(quiet, source)[0]
    body = {"type": kind, "note": "Seen by the duty officer."}
    made = acting.api(quiet, "POST", f"/v1/alerts/{told['alert_id']}/cap-answer", body)
    shown = acting.api(quiet, "GET", "/v1/alerts/signer")
    answer, _ = read_signed(made["cap"].encode(), [shown["certificate"]], now=quiet.platform.clock())
    assert (answer.message_type, answer.note, answer.addresses) == (kind, body["note"], (SENDER,))
    assert [one.identifier for one in answer.references] == [flood.identifier]
    own = releasing.draft(quiet, releasing.spot())["id"]
    refused = quiet.request("POST", f"/v1/alerts/{own}/cap-answer", key=quiet.admin_key, json=body)
    assert (refused.status, refused.json()["code"]) == (409, "own-alert")
