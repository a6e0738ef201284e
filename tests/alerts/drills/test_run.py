"""Drills: reminded of, launched by themselves to the exercise list, and reported."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.alerts import draft, launch
from chalicelib.alerts import tables as alerts
from chalicelib.alerts.canary import template as short
from chalicelib.alerts.drills import plan, report, run, tables
from chalicelib.alerts.drills.model import BEGUN, FAILED, LAUNCHED, MISSED, Drill
from chalicelib.alerts.model import Alert
from chalicelib.alerts.templates import tables as templates
from chalicelib.core import staff_admin
from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.core.errors import Forbidden, InvalidFields, NotFound
from chalicelib.core.staff import Actor, Role
from chalicelib.core.wiring import wiring
from chalicelib.delivery.answering import SAFE, answered
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Person, Place, Subscription
from infra.aws.faults import FunctionCrashed
from infra.platform.platform import Platform
from tests.delivery import engine

HERE = {"latitude": 42.36, "longitude": -71.06}
GIVEN: Mapping[str, Any] = {
    "fields": {name: {"en": text} for name, text in short.FIELDS.items()},
    "areas": [{"description": "Elm Street", "circle": {**HERE, "radius_km": 2}}],
    "without_place": False,
}


@pytest.fixture
def planner(platform: Platform) -> Actor:
    """Somebody of the staff, and a template that an approver let one person launch."""
    world = wiring()
    admin = Actor("a" * 32, "k" * 32, "Ada", "ada@city.example", frozenset({"admin"}), frozenset(), "live")
    person = staff_admin.create(
        name="Pat",
        email="pat@city.example",
        roles=[Role.EMERGENCY_MANAGER],
        departments=["works"],
        by=admin,
        now=world.clock(),
    )
    made = short.ready(("email",), now=world.clock(), settings=world.settings)
    templates.add(replace(made, id="flood"))
    roles, departments = frozenset(person.roles), frozenset(person.departments)
    return Actor(person.id, "k" * 32, person.name, person.email, roles, departments, "exercise")


def resident(number: int, *, exercises: bool) -> Person:
    """Somebody in the area, on the exercise list or not."""
    world = wiring()
    lists = {"list:exercise": Subscription(("email",), "immediate", "test", rfc3339(world.clock()))}
    return people.change(
        engine.person(number).id,
        lambda one: replace(
            one,
            places={"home": Place(**HERE)},
            life_safety=True,
            topics={**one.topics, **(lists if exercises else {})},
        ),
        source="test",
        wording=None,
        by="system",
        now=world.clock(),
        wiring=world,
    )


def planned(actor: Actor, *, in_hours: float = 48, **changed: Any) -> Drill:
    world = wiring()
    given: dict[str, Any] = {
        "name": "Autumn drill",
        "department": "works",
        "template": "flood",
        "given": GIVEN,
        "start_at": rfc3339(world.clock() + timedelta(hours=in_hours)),
        "repeat": "never",
        "remind_minutes": 60,
    }
    return plan.plan(**{**given, **changed}, actor=actor, now=world.clock(), wiring=world)


def later(platform: Platform, hours: float) -> None:
    """Time passes, and the watch looks."""
    platform.clock.advance(hours * 3600)
    run.run_due(wiring=wiring())
    engine.settle(platform)


def test_a_drill_is_reminded_of_launched_by_itself_and_reported(platform: Platform, planner: Actor) -> None:
    takes_part, _ = resident(1, exercises=True), resident(2, exercises=False)
    drill = planned(planner)
    later(platform, 1)
    assert platform.outbox.letters() == []
    later(platform, 46.5)
    (reminder,) = platform.outbox.letters()
    assert reminder.to == "pat@city.example"
    assert "Autumn drill" in reminder.subject
    later(platform, 0.1)
    later(platform, 0.5)
    first, message = platform.outbox.letters()
    assert first == reminder
    assert message.to == "person1@city.example"
    assert "EXERCISE" in message.subject
    (done,) = tables.read(drill.id).runs
    assert done.state == LAUNCHED
    alert = alerts.read(done.alert_id)
    platform.clock.advance(90)
    ref = DeliveryRef(alert.plan_id, takes_part.id, "email")
    answered(ref, SAFE, at=wiring().clock(), wiring=wiring())
    assert report.alert_of(tables.read(drill.id), None) == alert.id
    (told,) = report.participants(alert.id, wiring=wiring())
    assert (told.subscriber_id, told.channels, told.answer) == (takes_part.id, ("email",), SAFE)
    assert told.answered_after_s is not None
    assert 90 <= told.answered_after_s < 120
    later(platform, 1000)
    assert len(platform.outbox.letters()) == 2


def test_a_monthly_drill_goes_out_every_month(platform: Platform, planner: Actor) -> None:
    resident(1, exercises=True)
    drill = planned(planner, repeat="monthly", remind_minutes=0)
    for number in range(1, 4):
        due = parse_rfc3339(tables.read(drill.id).next_at)
        later(platform, (due - wiring().clock()).total_seconds() / 3600)
        assert len(platform.outbox.letters()) == number
    found = tables.read(drill.id)
    assert [one.state for one in found.runs] == [LAUNCHED] * 3
    assert plan.next_times(found, count=3, time_zone="America/New_York")[0] == found.next_at
    plan.call_off(drill.id, actor=planner)
    later(platform, 24 * 40)
    assert len(platform.outbox.letters()) == 3


def test_one_whose_time_was_over_is_missed(platform: Platform, planner: Actor) -> None:
    resident(1, exercises=True)
    drill = planned(planner, remind_minutes=0)
    later(platform, 49.5)
    assert [one.state for one in tables.read(drill.id).runs] == [MISSED]
    assert platform.outbox.letters() == []
    with pytest.raises(NotFound):
        report.alert_of(tables.read(drill.id), None)


def refused(drill: Drill) -> str:
    (only,) = tables.read(drill.id).runs
    assert only.state == FAILED
    return only.why


def test_what_refuses_an_alert_refuses_the_drill(platform: Platform, planner: Actor) -> None:
    nobody = planned(planner, remind_minutes=0)
    later(platform, 48)
    assert refused(nobody) == "empty-audience"
    resident(1, exercises=True)
    changed = planned(planner, remind_minutes=0)
    found = templates.read("flood")
    templates.replace(replace(found, urgency="Immediate"), was=found.version)
    later(platform, 48)
    assert refused(changed) == "not-approved"
    templates.replace(found, was=found.version)
    left = planned(planner, remind_minutes=0)
    staff_admin.change(planner.staff_id, {"active": False})
    later(platform, 48)
    assert refused(left) == "planner-left"
    assert platform.outbox.letters() == []


@pytest.mark.parametrize("verb", [(draft, "create"), (launch, "launch")])
@pytest.mark.parametrize("done", [False, True])
def test_a_minute_that_was_cut_short_is_ended_by_the_next(
    platform: Platform, planner: Actor, monkeypatch: pytest.MonkeyPatch, verb: Any, done: bool
) -> None:
    resident(1, exercises=True)
    drill = planned(planner, remind_minutes=0)
    real = getattr(*verb)

    def dies(*of: Any, **how: Any) -> Alert:
        monkeypatch.setattr(verb[0], verb[1], real)
        if done:
            real(*of, **how)
        raise FunctionCrashed

    monkeypatch.setattr(verb[0], verb[1], dies)
    with pytest.raises(FunctionCrashed):
        later(platform, 48)
    assert [one.state for one in tables.read(drill.id).runs] == [BEGUN]
    later(platform, 1 / 60)
    assert [one.state for one in tables.read(drill.id).runs] == [LAUNCHED]
    assert len(platform.outbox.letters()) == 1


def test_only_what_could_be_launched_is_planned(platform: Platform, planner: Actor) -> None:
    found = templates.read("flood")
    templates.add(replace(found, id="new", digest=""))
    wrong: dict[str, dict[str, Any]] = {
        "/template": {"template": "new"},
        "/start_at": {"in_hours": -1},
        "/areas": {"given": {**GIVEN, "areas": []}},
        "/fields/place": {"given": {**GIVEN, "fields": {}}},
    }
    for pointer, changed in wrong.items():
        with pytest.raises(InvalidFields) as told:
            planned(planner, **changed)
        assert pointer in {error.pointer for error in told.value.errors}
    with pytest.raises(Forbidden):
        planned(planner, department="parks")
    assert tables.page(limit=10, cursor=None).items == []
