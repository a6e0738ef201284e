"""A campaign at the best hour: drafted, forecast, looked at for one person, launched; and what is refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.campaigns import forecast
from chalicelib.core import departments
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.delivery import batches, cohorts
from chalicelib.delivery.best_hour import Arm, arm, day_of
from chalicelib.delivery.daylight import zone_of
from chalicelib.delivery.plans import plans
from chalicelib.delivery.waiting import of_plan
from chalicelib.subscribers import habits
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import Person
from chalicelib.subscribers.streams import EVERYONE, rows_of
from tests.campaigns.city import City

WINDOW = {"hours": [9, 20], "longest_wait_hours": 20}
MAIL: dict[str, tuple[str, ...]] = {"roads": ("email",)}


def refused(city: City, **fields: Any) -> list[str]:
    body = {"name": "Elm", "department": "roads", **fields}
    answer = city.post("/v1/campaigns", body)
    assert answer.status == 422, answer.text
    return answer.pointers


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"send_time": "soon"}, ["/send_time"]),
        ({"window": WINDOW}, ["/window"]),
        ({"send_time": "best", "window": {"hours": [9]}}, ["/window/hours"]),
        ({"send_time": "best", "window": {"hours": [9, 9]}}, ["/window/hours"]),
        ({"send_time": "best", "window": {"hours": [24, 3]}}, ["/window/hours"]),
        ({"send_time": "best", "window": {"hours": [9, 25]}}, ["/window/hours"]),
        (
            {"send_time": "best", "window": {**WINDOW, "longest_wait_hours": 25}},
            ["/window/longest_wait_hours"],
        ),
        (
            {"send_time": "best", "window": {**WINDOW, "longest_wait_hours": 0}},
            ["/window/longest_wait_hours"],
        ),
    ],
)
def test_names_what_is_wrong(city: City, fields: dict[str, Any], pointers: list[str]) -> None:
    assert refused(city, **fields) == pointers
    assert city.get("/v1/campaigns").json["items"] == []


def test_is_kept_changed_and_decides_what_is_approved(city: City) -> None:
    made = city.draft(send_time="best", window=WINDOW)
    assert (made["send_time"], made["window"]) == ("best", WINDOW)
    path = f"/v1/campaigns/{made['id']}"
    changed = city.call("PATCH", path, {"version": 1, "window": None}).json
    assert (changed["send_time"], changed["window"]) == ("best", None)
    assert changed["digest"] != made["digest"]
    wrong = city.call("PATCH", path, {"version": 2, "send_time": "now", "window": WINDOW})
    assert (wrong.status, wrong.pointers) == (422, ["/window"])
    now = city.call("PATCH", path, {"version": 2, "send_time": "now"}).json
    assert (now["send_time"], now["version"]) == ("now", 3)


def residents(city: City, number: int = 40) -> list[Person]:
    return [city.resident(f"r{n}", subscribed=MAIL) for n in range(number)]


def test_a_forecast_says_how_many_go_when_and_it_comes_true(city: City) -> None:
    cohorts.add(
        cohorts.EVERYONE, "p", {14: (9_000.0, 4_000.0), 10: (9_000.0, 900.0)}, 20_000, wiring=city.wiring
    )
    people = residents(city)
    made = city.draft(send_time="best", channels=["email"])
    found = city.post(f"/v1/campaigns/{made['id']}/forecast").json
    arms = [arm(one.id, made["id"]) for one in people]
    assert found["people"] == sum(one["people"] for one in found["turns"]) == 40
    most = max(found["turns"], key=lambda one: one["people"])
    assert most["people"] >= arms.count(Arm.BEST)
    assert found["finish"] >= found["turns"][-1]["at"] > found["starts_at"]
    assert city.post(f"/v1/campaigns/{made['id']}/launch").status < 300
    city.platform.settle()
    progress = city.get(f"/v1/campaigns/{made['id']}").json["progress"]
    start = parse_rfc3339(found["starts_at"])
    at_once = sum(one["people"] for one in found["turns"] if parse_rfc3339(one["at"]) <= start)
    assert progress["sent"] == at_once
    assert sum(progress["held"].values()) == 40 - at_once
    assert progress["held"]["best-hour"] >= arms.count(Arm.BEST) - at_once


def test_one_that_goes_now_tells_no_turns(city: City) -> None:
    residents(city, 1)
    found = city.post(f"/v1/campaigns/{city.draft(channels=['email'])['id']}/forecast").json
    assert (found["people"], found["turns"]) == (1, [])


def test_a_preview_says_when_and_why(city: City) -> None:
    people = residents(city, 60)
    made = city.draft(send_time="best", channels=["email"])
    said = {}
    for one in people:
        its_arm = arm(one.id, made["id"])
        if its_arm not in said:
            body = {"subscriber_id": one.id}
            said[its_arm] = city.post(f"/v1/campaigns/{made['id']}/preview", body).json["best_hour"]
    assert {its_arm: told["arm"] for its_arm, told in said.items()} == {one: str(one) for one in said}
    assert "control" in said[Arm.CONTROL]["words"][0]
    assert "random" in said[Arm.RANDOM]["words"][0]
    assert "Nothing is known yet" in said[Arm.BEST]["words"][0]
    now = city.draft(channels=["email"])
    body = {"subscriber_id": people[0].id}
    assert city.post(f"/v1/campaigns/{now['id']}/preview", body).json["best_hour"] is None


def test_a_department_of_cohorts_alone_sends_to_nobody_by_their_own_habit(city: City) -> None:
    now = city.wiring.clock()
    today = day_of(now)
    cohorts.add(
        cohorts.EVERYONE, "p", {14: (9_000.0, 4_000.0), 10: (9_000.0, 900.0)}, today, wiring=city.wiring
    )
    made = city.draft(send_time="best", window=WINDOW, channels=["email"])
    people = residents(city)
    one = next(each for each in people if arm(each.id, made["id"]) is Arm.BEST)
    habit = Habit(one.id, since=today, day=today, hours={10: (50.0, 50.0)})
    assert habits.write([habit], wiring=city.wiring) == []
    body = {"subscriber_id": one.id}

    def told() -> Any:
        return city.post(f"/v1/campaigns/{made['id']}/preview", body).json["best_hour"]

    assert told()["hour"] == 10
    departments.put("roads", name="Roads", cohort_only=True)
    assert told()["hour"] == 14
    assert "This department goes by cohorts alone" in told()["words"][0]
    assert city.post(f"/v1/campaigns/{made['id']}/launch").status < 300
    departments.put("roads", name="Roads")
    head = plans(city.wiring).head(city.get(f"/v1/campaigns/{made['id']}").json["plan_id"])
    who = of_plan(head, wiring=city.wiring)
    assert who is not None
    row = rows_of(city.wiring.dynamodb, EVERYONE, [one.id])[one.id]
    assert datetime.fromtimestamp(who.turn(row)[1], zone_of(row.time_zone)).hour == 14


def test_a_forecast_counts_best_hours_and_batches_together(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (forecast, batches):
        monkeypatch.setattr(module, "sizes", lambda *_: [250, 750])
    residents(city, 39)
    city.resident("es", language="es", subscribed=MAIL)
    variants = [{"name": "short", "content": {"en": {"subject": "Closed"}}}]
    content = {one: {"subject": "Main Street closes", "body": "It does."} for one in ("en", "es")}
    made = city.draft(content=content, variants=variants, channels=["email"])
    found = city.post(f"/v1/campaigns/{made['id']}/forecast").json
    start = parse_rfc3339(found["starts_at"])
    second = rfc3339(start + timedelta(hours=2))
    assert {one["at"]: one["people"] for one in found["turns"]} == {found["starts_at"]: 11, second: 29}
    assert found["finish"] > second
    path = f"/v1/campaigns/{made['id']}"
    window = {"hours": [9, 20], "longest_wait_hours": 20}
    city.call("PATCH", path, {"version": 1, "send_time": "best", "window": window})
    both = city.post(f"{path}/forecast").json
    assert sum(one["people"] for one in both["turns"]) == both["people"] == 40
    assert both["finish"] >= found["finish"]
    said = city.post(f"{path}/preview", {"subscriber_id": city.resident("x", subscribed=MAIL).id}).json
    assert "variants" in said["best_hour"]["words"][-1]
