"""Counts that take longer than a request: a job in steps that any message goes on with."""

import json
from typing import Any

import pytest

from chalicelib.campaigns import count
from chalicelib.delivery import counts
from chalicelib.delivery.count_tables import CountItem
from tests.campaigns.city import City

ROADS = {"audience": {"topic": "roads"}}


@pytest.fixture
def crowd(city: City) -> City:
    for number in range(12):
        city.resident(f"r{number}", language="es" if number % 2 else "en", subscribed={"roads": ("email",)})
    return city


def begun(crowd: City, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(counts, "AT_ONCE", 5)
    monkeypatch.setattr(counts, "STEP", 2)
    answer = crowd.post("/v1/audiences/count", ROADS)
    assert answer.status == 202
    found: dict[str, Any] = answer.json
    assert (found["state"], found["people"]) == ("running", 6)
    assert 0 < found["progress"] < 1
    return found


def is_whole(found: dict[str, Any]) -> bool:
    assert found["by_language"] == {"en": 6, "es": 6}
    assert found["channels"]["email"]["messages"] == 12
    assert len(set(found["sample"])) == 12
    return (found["state"], found["people"], found["progress"]) == ("done", 12, 1.0)


def test_more_than_a_request_counts_becomes_a_job(crowd: City, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun(crowd, monkeypatch)["job"]
    crowd.platform.settle()
    answer = crowd.get(f"/v1/audiences/count/{job}", key="viewer")
    assert answer.status == 200
    assert is_whole(answer.json)


def test_just_as_many_as_a_request_counts_are_no_job(crowd: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "AT_ONCE", 12)
    answer = crowd.post("/v1/audiences/count", ROADS)
    assert answer.status == 200
    assert is_whole(answer.json)


def test_a_job_hands_over_when_its_time_is_up_and_a_doubled_message_does_no_harm(
    crowd: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begun(crowd, monkeypatch)["job"]
    for _ in range(3):
        count.continue_count({"count": job}, left=lambda: 0.0, wiring=crowd.wiring)
    seen = crowd.get(f"/v1/audiences/count/{job}").json
    assert seen["state"] == "running"
    assert 6 < seen["people"] < 12
    crowd.platform.settle()
    assert is_whole(crowd.get(f"/v1/audiences/count/{job}").json)


def test_of_two_workers_at_the_same_step_one_stops(crowd: City, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun(crowd, monkeypatch)["job"]
    stale = CountItem.read(job)
    count.continue_count({"count": job}, left=lambda: 0.0, wiring=crowd.wiring)
    assert not stale.move(tally=stale.tally, ended_at="")
    monkeypatch.setattr(CountItem, "read", lambda _: stale)
    count.continue_count({"count": job}, left=lambda: 99.0, wiring=crowd.wiring)
    monkeypatch.undo()
    assert json.loads(CountItem.read(job).tally)["people"] == 7


def test_a_job_that_has_expired_is_not_found(city: City) -> None:
    assert city.get(f"/v1/audiences/count/{'0' * 32}").status == 404
    count.continue_count({"count": "0" * 32}, left=lambda: 99.0, wiring=city.wiring)


def test_an_exercise_counts_the_exercise_list_only(city: City) -> None:
    city.resident("ana", subscribed={"roads": ("email",)})
    city.resident("bo", subscribed={"roads": ("email",), "list:exercise": ("email",)})
    assert city.post("/v1/audiences/count", ROADS).json["people"] == 2
    assert city.post("/v1/audiences/count", ROADS, key="exercise").json["people"] == 1
    assert city.post("/v1/audiences/count", ROADS, key="viewer").status == 403
