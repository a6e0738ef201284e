"""Segments over what people did with messages: counted and launched as plain Python says, live or frozen."""

import random
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.wiring import wiring
from chalicelib.delivery import counts
from chalicelib.subscribers import habits
from chalicelib.subscribers.habits import Habit
from tests.features import acting
from tests.features.driver import Message
from tests.features.local import LocalDriver
from tests.features.studying import wishes
from tests.features.test_audiences import count, launch, resident, segment
from tests.features.tour import HEADER, STOP, draft, launched, row, snapshot, step

PEOPLE = 30
LATE_S = 1200
RULES: list[tuple[dict[str, Any], Any]] = [
    (
        {"engaged": {"by": "click", "within_days": 30}},
        lambda day, one: any(on >= day - 30 for on in one.clicked.values()),
    ),
    (
        {"engaged": {"by": "open", "channel": "email", "within_days": 60}},
        lambda day, one: one.opened.get("email", 0) >= day - 60,
    ),
    (
        {"silent": {"by": "any", "channel": "email", "for_days": 90, "sent_at_least": 3}},
        lambda day, one: (
            one.since <= day - 90
            and max(one.opened.get("email", 0), one.clicked.get("email", 0)) < day - 90
            and one.sent.get("email", 0) >= day - 90
            and one.unread.get("email", 0) >= 3
        ),
    ),
    (
        {"silent": {"by": "click", "for_days": 20, "sent_at_least": 5}},
        lambda day, one: (
            one.since <= day - 20
            and max([0, *one.clicked.values()]) < day - 20
            and max([0, *one.sent.values()]) >= day - 20
            and sum(one.unclicked.values()) >= 5
        ),
    ),
]


def today(driver: LocalDriver) -> int:
    """The day of the platform's clock, counted from 1970."""
    return int(driver.platform.clock().timestamp()) // 86_400


def learn(habit: Habit) -> None:
    """Has something learned of a person, over what was."""
    before = habits.habits_of(wiring().dynamodb, [habit.subscriber_id], consistent=True)
    version = before[habit.subscriber_id].version if before else 0
    assert habits.write([replace(habit, version=version)], wiring=wiring()) == []


def drawn(subscriber_id: str, day: int, draw: random.Random) -> Habit:
    """A habit of anybody."""

    def days() -> dict[str, int]:
        return {one: day - draw.randrange(120) for one in ("email", "sms") if draw.random() < 0.6}

    def numbers() -> dict[str, int]:
        return {one: draw.randrange(8) for one in ("email", "sms")}

    return Habit(
        subscriber_id,
        since=day - draw.randrange(200),
        day=day,
        opened=days(),
        clicked=days(),
        sent=days(),
        unread=numbers(),
        unclicked=numbers(),
    )


def mails(driver: LocalDriver, addresses: set[str]) -> list[Message]:
    """What these people got of campaigns."""
    return [one for one in driver.outbox() if "Main Street" in one.subject and one.to in addresses]


def test_who_is_counted_and_written_to_is_whom_plain_python_finds(
    driver: LocalDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads, draw, day = acting.topic(driver), random.Random(6), today(driver)
    addresses = [acting.email() for _ in range(PEOPLE)]
    csv = HEADER + "".join(row(one, roads) for one in addresses)
    acting.api(driver, "POST", "/v1/imports", {"csv": csv})
    driver.settle()
    ids = [
        one["id"] for one in acting.api(driver, "GET", f"/v1/subscribers?topic={roads}&limit=100")["items"]
    ]
    known = {one: drawn(one, day, draw) for one in ids if draw.random() < 0.8}
    for habit in known.values():
        learn(habit)
    for n, (rule, holds) in enumerate(RULES):
        audience = {"all": [{"topic": roads}, {"segment": segment(driver, rule)}]}
        expected = {one for one, habit in known.items() if holds(day, habit)}
        assert 0 < len(expected) < 20, "the sample shows all of them"
        found = count(driver, audience)
        assert set(found["sample"]) == expected
        without = count(driver, {"except": [{"topic": roads}, audience["all"][1]]})
        assert without["people"] == PEOPLE - len(expected)
        with monkeypatch.context() as small:
            small.setattr(counts, "AT_ONCE", 0)
            job = count(driver, audience)["job"]
            driver.settle()
            counted = acting.api(driver, "GET", f"/v1/audiences/count/{job}")
            assert (counted["people"], set(counted["sample"])) == (len(expected), expected)
        if n % 2:
            before = len(mails(driver, set(addresses)))
            _, report = launch(driver, audience)
            assert report["planned"] == report["sent"] == found["messages"]
            assert len(mails(driver, set(addresses))) - before == len(expected)


def reader(driver: LocalDriver, topic: str, *, days_ago: int) -> tuple[str, str]:
    """A resident who last opened a mail so many days ago, and got some since; address and id."""
    address, found = resident(driver, topic)
    read(driver, found, days_ago=days_ago)
    return address, found


def read(driver: LocalDriver, subscriber_id: str, *, days_ago: int) -> None:
    """The person opens a mail, so many days ago."""
    day = today(driver)
    learn(
        Habit(
            subscriber_id,
            since=day - 365,
            day=day,
            opened={"email": day - days_ago},
            sent={"email": day},
            unread={"email": 5 if days_ago else 0},
        )
    )


SILENT = {"silent": {"by": "any", "for_days": 90}}


def test_a_segment_is_live_and_a_snapshot_is_not(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    ann, bo, cy = (reader(driver, roads, days_ago=120) for _ in range(3))
    name = segment(driver, SILENT)
    frozen = snapshot(driver, name)
    di = reader(driver, roads, days_ago=120)
    read(driver, ann[1], days_ago=0)
    acting.api(driver, "POST", f"/v1/subscribers/{bo[1]}/forget", {"reason": "asked"})
    driver.settle()
    live, still = ({"all": [{"topic": roads}, one]} for one in ({"segment": name}, frozen))
    assert set(count(driver, live)["sample"]) == {cy[1], di[1]}
    found = count(driver, still)
    assert set(found["sample"]) == {ann[1], cy[1]}
    _, report = launch(driver, still)
    assert report["planned"] == found["messages"] == 2
    assert {one.to for one in mails(driver, {one for one, _ in (ann, bo, cy, di)})} == {ann[0], cy[0]}
    shown = acting.api(driver, "GET", f"/v1/snapshots/{frozen['snapshot']}")
    assert bo[1] not in str(acting.api(driver, "GET", "/v1/snapshots"))
    assert (shown["segment"], shown["state"], shown["progress"]) == (name, "done", 1)
    assert shown["rule"]["silent"].keys() == {"by", "since", "sent_at_least"}


def test_who_reads_while_a_campaign_waits_is_not_silent_any_more(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    (ann, ann_id), (bo, bo_id) = (reader(driver, roads, days_ago=120) for _ in range(2))
    audience = {"all": [{"topic": roads}, {"segment": segment(driver, SILENT)}]}
    asked = f"/v1/campaigns/{draft(driver, audience)}/preview"
    assert acting.api(driver, "POST", asked, {"subscriber_id": ann_id})["in_audience"]
    campaign = launched(driver, audience)
    step(driver, "ExpandBulk")
    read(driver, ann_id, days_ago=0)
    driver.pass_time(LATE_S)
    driver.settle()
    assert not acting.api(driver, "POST", asked, {"subscriber_id": ann_id})["in_audience"]
    assert [one.to for one in mails(driver, {ann, bo})] == [bo]
    report = acting.report(driver, campaign)
    assert (report["sent"], report["cancelled"]) == (1, 1)
    assert driver.request("POST", acting.way_out(acting.last(driver, bo)), form=STOP).status == 200
    assert acting.api(driver, "GET", f"/v1/subscribers/{bo_id}")["topics"] == {}


def test_a_snapshot_that_is_none_is_refused(driver: LocalDriver) -> None:
    roads, name = acting.topic(driver), segment(driver, SILENT)
    running = acting.api(driver, "POST", f"/v1/segments/{name}/freeze")
    assert (running["state"], running["people"]) == ("running", 0)
    ours, _, _ = acting.staff_key(driver, roles=["communicator"], departments=["works"])
    theirs, _, _ = acting.staff_key(driver, roles=["communicator"], departments=["parks"])
    assert driver.request("POST", f"/v1/segments/{name}/freeze", key=theirs).status == 403

    def pointers(audience: Any, key: str = driver.admin_key) -> list[str]:
        answer = driver.request("POST", "/v1/audiences/count", key=key, json={"audience": audience})
        return [one["pointer"] for one in answer.json()["errors"]] if answer.status == 422 else []

    frozen = {"snapshot": running["id"]}
    assert (
        pointers(frozen)
        == pointers({"snapshot": "0" * 32})
        == pointers({"snapshot": 3})
        == ["/audience/snapshot"]
    )
    driver.settle()
    assert pointers(frozen) == []
    assert pointers(frozen, ours) == ["/audience/snapshot"], "alone it reaches anybody"
    assert pointers({"all": [{"topic": roads}, frozen]}, ours) == []


def test_who_takes_their_leave_back_goes_out_of_snapshots_over_what_they_did(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    (ann, ann_id), (_, bo_id) = (reader(driver, roads, days_ago=120) for _ in range(2))
    frozen = {"all": [{"topic": roads}, snapshot(driver, segment(driver, SILENT))]}
    english = {"all": [{"topic": roads}, snapshot(driver, segment(driver, {"language": ["en"]}))]}
    assert set(count(driver, frozen)["sample"]) == {ann_id, bo_id}
    wishes(driver, ann, "no")
    driver.settle()
    assert set(count(driver, frozen)["sample"]) == {bo_id}
    assert set(count(driver, english)["sample"]) == {ann_id, bo_id}
