"""Variants of a campaign: written, looked at, sent in batches, and the words that people follow found."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.delivery import batches
from chalicelib.delivery.best_hour import Arm, arm
from chalicelib.delivery.variants import HOLD_OUT_SHARE, chosen, draw, even, place
from infra.aws.sqs import Mishaps
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.test_control import call
from tests.features.test_quiet_hours import reader

SHORT = {"name": "short", "content": {"en": {"subject": "Main Street: closed", "preheader": "Detour"}}}
WARM = {"name": "warm", "content": {"en": {"subject": "Dear ((first_name|neighbor)), Main Street closes"}}}


def varied(driver: LocalDriver, topic: str, *variants: Any, **more: Any) -> str:
    """A draft with variants; its id."""
    campaign = acting.draft(driver, [topic], channels=["email"], **more)
    changes = {"version": 1, "variants": list(variants or (SHORT, WARM)), "daylight": False}
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", changes)
    return campaign


def second_batch(driver: LocalDriver) -> None:
    """What people did is settled and looked at, and the next batch opens."""
    driver.settle()
    driver.pass_time(2 * 3600 - 240)
    driver.settle()
    driver.platform.fire("variants")
    driver.pass_time(300)
    driver.sweep()
    driver.settle()


def refused(driver: LocalDriver, campaign: str, *variants: Any) -> set[str]:
    answer = driver.request(
        "PATCH",
        f"/v1/campaigns/{campaign}",
        json={"version": 1, "variants": list(variants)},
        key=driver.admin_key,
    )
    assert answer.status == 422
    return {one["pointer"] for one in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("variant", "pointer"),
    [
        ({"name": "default", "content": {"en": {"subject": "A"}}}, "/variants/1/name"),
        ({"name": "short", "content": {"en": {"subject": "A"}}}, "/variants/1/name"),
        ({"name": "empty", "content": {}}, "/variants/1/content"),
        ({"name": "blank", "content": {"en": {"subject": " "}}}, "/variants/1/content/en/subject"),
        ({"name": "vi", "content": {"vi": {"subject": "A"}}}, "/variants/1/content/vi"),
        ({"name": "bad", "content": {"en": {"body": "((nickname))"}}}, "/variants/1/content/en/body"),
        ({"name": "No slug", "content": {"en": {"subject": "A"}}}, "/variants/1/name"),
        ({"name": "voice", "content": {"en": {"voice": "A"}}}, "/variants/1/content/en/voice"),
    ],
)
def test_a_wrong_variant_is_named_by_its_place(driver: LocalDriver, variant: Any, pointer: str) -> None:
    campaign = acting.draft(driver, [acting.topic(driver)], channels=["email"])
    assert refused(driver, campaign, SHORT, variant) == {pointer}
    assert acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["variants"] == []


def test_a_variant_that_no_channel_shows_and_one_of_a_correction_are_refused(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    campaign = varied(driver, topic, {"name": "text", "content": {"en": {"sms": "Closed"}}})
    answer = driver.request("POST", f"/v1/campaigns/{campaign}/launch", key=driver.admin_key)
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/variants/0"]
    reader(driver, topic)
    sent = acting.send(driver, [topic], channels=["email"])
    correction = call(driver, sent, "correct", {"how": "add"})["id"]
    assert "/variants" in refused(driver, correction, SHORT)


def test_every_version_is_seen_before_it_goes(driver: LocalDriver) -> None:
    topic = acting.topic(driver)
    person, _ = reader(driver, topic)
    campaign = varied(driver, topic)
    shown = acting.api(driver, "GET", f"/v1/campaigns/{campaign}")
    assert [one["name"] for one in shown["variants"]] == ["short", "warm"]
    assert shown["variants"][0]["content"]["en"]["subject"] == "Main Street: closed"
    found = call(driver, campaign, "preview", {"subscriber_id": person})
    assert found["email"]["subject"] == "Main Street closes, neighbor"
    subjects = {one["name"]: one["email"]["subject"] for one in found["variants"]}
    assert subjects == {"short": "Main Street: closed", "warm": "Dear neighbor, Main Street closes"}
    assert all("The detour" in one["email"]["text"] for one in found["variants"])
    me = acting.api(driver, "GET", "/v1/staff")["items"][0]["id"]
    proofs = call(driver, campaign, "proof", {"staff": [me]})["proofs"]
    assert [one["variant"] for one in proofs] == [None, "short", "warm"]
    digest = shown["digest"]
    other = {"version": 2, "variants": [SHORT]}
    assert acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", other)["digest"] != digest


def test_what_people_follow_goes_to_the_rest(driver: LocalDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "sizes", lambda *_: [500, 500])
    topic = acting.topic(driver)
    people = [reader(driver, topic)[1] for _ in range(36)]
    spanish = acting.sign_up(driver, [topic], language="es")
    campaign = varied(driver, topic)
    call(driver, campaign, "launch")
    driver.settle()
    assert (
        acting.last(driver, spanish).subject == "Cierra la calle Main"
    )  # nobody waits for variants they lack
    first = {one: acting.last(driver, one) for one in people if acting.messages(driver, one)}
    found = acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["progress"]
    assert found["held"] == {"variants": 36 - len(first)}
    started = acting.report(driver, campaign)["search"]
    assert (started["state"], started["as_of"], started["batches"][1]["shares"]) == ("collecting", None, None)
    for mail in first.values():
        if mail.subject.startswith("Dear"):
            acting.follow(driver, mail)
    second_batch(driver)
    search = acting.report(driver, campaign)["search"]
    shares = search["batches"][1]["shares"]
    assert search["batches"][1]["decided"] == "thompson"
    assert max(shares, key=shares.get) == "warm"
    later = [acting.last(driver, one).subject for one in people if one not in first]
    assert len(later) == 36 - len(first)
    assert sum(subject.startswith("Dear") for subject in later) > len(later) / 3
    assert all(len(acting.messages(driver, one)) == 1 for one in people)
    for hours in (3, 25):
        driver.pass_time(hours * 3600)
        driver.platform.fire("variants")
    search = acting.report(driver, campaign)["search"]
    told = sum(one["messages"] for one in search["variants"]) + search["hold_out"]["messages"]
    assert told == 36
    assert {one["name"] for one in search["variants"]} == {"default", "short", "warm"}
    assert search["state"] in {"winner", "not enough data"}
    assert search["explanation"]
    page = driver.request("GET", f"/archive/{campaign}")
    assert "Main Street closes" in page.text
    assert "Dear" not in page.text


def test_with_the_best_hour_each_waits_for_the_later_of_hour_and_batch(
    driver: LocalDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "sizes", lambda *_: [500, 500])
    clock = driver.platform.clock
    driver.pass_time((5400 - clock().timestamp() % 3600) % 3600)  # half past: the hour comes before the batch
    topic = acting.topic(driver)
    people = dict(reader(driver, topic) for _ in range(36))
    window = {"hours": [(clock().hour + 1) % 24, (clock().hour + 1) % 24 + 1]}
    campaign = varied(driver, topic)
    changes = {"version": 2, "send_time": "best", "window": window}
    acting.api(driver, "PATCH", f"/v1/campaigns/{campaign}", changes)
    call(driver, campaign, "launch")
    driver.settle()
    plan = acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["plan_id"]
    first = {one for one in people if place(draw(plan, one).batch, [500, 500]) == 0}
    at_once = {one for one in first if arm(one, campaign) is Arm.CONTROL}
    assert got(driver, people) == at_once
    held = acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["progress"]["held"]
    assert held["best-hour"] >= len(first - at_once)
    with doubled(driver):
        driver.pass_time(1860)
        driver.sweep()
        driver.settle()
        assert got(driver, people) == first
        mails = {one: acting.last(driver, people[one]) for one in first}
        for mail in mails.values():
            if mail.subject.startswith("Dear"):
                acting.follow(driver, mail)
        driver.settle()
        driver.pass_time(5400 - 240)
        driver.settle()
        driver.platform.fire("variants")
        driver.platform.fire("variants")
        driver.pass_time(300)
        for _ in range(2):
            driver.sweep()
            driver.settle()
    assert got(driver, people) == set(people)
    assert all(len(acting.messages(driver, address)) == 1 for address in people.values())
    assert {one: acting.last(driver, people[one]) for one in first} == mails
    batch = acting.report(driver, campaign)["search"]["batches"][1]
    assert (batch["decided"], max(batch["shares"], key=batch["shares"].get)) == ("thompson", "warm")
    for one, address in people.items():
        shares = batch["shares"] if one not in first else even(["default", "short", "warm"])
        assert acting.last(driver, address).subject == subject_of(plan, one, shares)


def got(driver: LocalDriver, people: Mapping[str, str]) -> set[str]:
    """Who of them got anything."""
    return {one for one, address in people.items() if acting.messages(driver, address)}


def subject_of(plan: str, subscriber_id: str, shares: Mapping[str, float]) -> str:
    """The subject that falls to somebody whose batch has these shares."""
    numbers = draw(plan, subscriber_id)
    name = "default" if numbers.held_out < HOLD_OUT_SHARE else chosen(numbers.variant, shares)
    subjects = {"short": "Main Street: closed", "warm": "Dear neighbor, Main Street closes"}
    return subjects.get(name, "Main Street closes, neighbor")


@contextmanager
def doubled(driver: LocalDriver) -> Iterator[None]:
    """Each message of a queue comes twice."""
    sqs = driver.platform.world.sqs
    kept, sqs.mishaps = sqs.mishaps, Mishaps(double=True)
    yield
    sqs.mishaps = kept
