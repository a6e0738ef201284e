"""`GET /v1/subscribers/{id}/best-hour`: why this hour, for any person, over HTTP."""

from dataclasses import replace

import pytest

from chalicelib.core import departments
from chalicelib.delivery import cohorts
from chalicelib.delivery.best_hour import day_of
from chalicelib.subscribers import habits
from chalicelib.subscribers.habits import Habit
from infra.platform.platform import Platform
from tests.campaigns.city import City, build

MAIL: dict[str, tuple[str, ...]] = {"roads": ("email",)}


@pytest.fixture
def city(platform: Platform) -> City:
    return build(platform)


def test_a_known_habit_and_nobodys_are_told(city: City) -> None:
    one, other = (city.resident(f"r{n}", subscribed=MAIL) for n in range(2))
    today = day_of(city.wiring.clock())
    cohorts.add("all", "p", {18: (9_000.0, 3_000.0), 9: (9_000.0, 90.0)}, today, wiring=city.wiring)
    habit = Habit(one.id, since=today, day=today, hours={9: (30.0, 25.0)})
    assert habits.write([habit], wiring=city.wiring) == []
    told = city.get(f"/v1/subscribers/{one.id}/best-hour", key="viewer").json
    assert (told["hour"], told["because"], told["messages"]) == (9, "habit", 30)
    assert "25 of 30 messages near 09:00" in " ".join(told["words"])
    assert [each["hour"] for each in told["hours"]] == list(range(24))
    told = city.get(f"/v1/subscribers/{other.id}/best-hour").json
    assert (told["hour"], told["because"], told["messages"]) == (18, "population", 0)
    assert city.get(f"/v1/subscribers/{'f' * 32}/best-hour").status == 404
    assert city.get(f"/v1/subscribers/{one.id}/best-hour", key=None).status == 401


def test_in_cohorts_alone_no_habit_is_told(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    one = city.resident("r", subscribed=MAIL)
    today = day_of(city.wiring.clock())
    habits.write([Habit(one.id, since=today, day=today, hours={9: (30.0, 25.0)})], wiring=city.wiring)
    monkeypatch.setattr(city.wiring, "settings", replace(city.wiring.settings, habits=False))
    told = city.get(f"/v1/subscribers/{one.id}/best-hour").json
    assert (told["because"], told["messages"]) == ("population", 0)
    assert "not learned of single people" in told["words"][0]


def test_a_department_of_cohorts_alone_is_told_the_hour_of_all(city: City) -> None:
    one = city.resident("r", subscribed=MAIL)
    today = day_of(city.wiring.clock())
    habits.write([Habit(one.id, since=today, day=today, hours={9: (30.0, 25.0)})], wiring=city.wiring)
    departments.put("parks", name="Parks", cohort_only=True)
    path = f"/v1/subscribers/{one.id}/best-hour"
    told = city.get(f"{path}?department=parks").json
    assert (told["because"], told["messages"]) == ("population", 0)
    assert "This department goes by cohorts alone" in told["words"][0]
    assert {(each["sent"], each["engaged"]) for each in told["hours"]} == {(0.0, 0.0)}
    assert city.get(f"{path}?department=roads").json["because"] == city.get(path).json["because"] == "habit"
    wrong = city.get(f"{path}?department=No%20slug")
    assert (wrong.status, wrong.pointers) == (422, ["department"])
