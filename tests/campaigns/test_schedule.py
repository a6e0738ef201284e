"""Scheduling, and the tick that starts what is due: once, whatever happens meanwhile."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from pynamodb.exceptions import QueryError

from chalicelib.campaigns.tick import TickFailed
from chalicelib.core.clock import rfc3339
from chalicelib.delivery import launch as engine
from infra.aws.calls import current_function
from infra.aws.faults import Fault, FunctionCrashed, crash, refuse
from infra.platform.platform import Platform
from tests.campaigns.city import City, build


def later(city: City, **of: float) -> str:
    return rfc3339(city.wiring.clock() + timedelta(**of))


def scheduled(city: City, *, minutes: float = 10, **fields: Any) -> str:
    """The path of a campaign that starts in so many minutes."""
    path = f"/v1/campaigns/{city.draft(channels=['email'], **fields)['id']}"
    answer = city.post(f"{path}/schedule", {"starts_at": later(city, minutes=minutes)})
    assert (answer.status, answer.json["status"]) == (200, "scheduled")
    return path


def pass_time(city: City, *, minutes: float) -> None:
    city.platform.clock.advance(minutes * 60)


def test_a_campaign_starts_within_the_minute_of_its_time_and_once(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = scheduled(city)
    city.platform.fire("tick")
    assert city.get(path).json["status"] == "scheduled"
    pass_time(city, minutes=10.5)
    for _ in range(3):
        city.platform.fire("tick")
    city.platform.settle()
    done = city.get(path).json
    assert (done["status"], done["launched_by"], done["progress"]["sent"]) == ("sent", city.staff["roads"], 1)
    city.platform.fire("tick")
    city.platform.settle()
    assert len(city.platform.outbox) == 1
    actions = [(one["staff_id"], one["action"]) for one in city.get("/v1/audit", key="admin").json["items"]]
    assert actions.count(("system", "tick: launch")) == 1


@pytest.mark.parametrize(
    "starts_at",
    [
        "2026-11-22",
        "2026-11-22T10:00:00",
        "tomorrow",
        "2026-02-30T10:00:00Z",
        "2026-47-1T00:00:00Z",
        "",
        5,
        None,
    ],
)
def test_refuses_what_is_no_moment_with_its_offset(city: City, starts_at: Any) -> None:
    path = f"/v1/campaigns/{city.draft()['id']}"
    answer = city.post(f"{path}/schedule", {"starts_at": starts_at})
    assert (answer.status, answer.pointers) == (422, ["/starts_at"])


@pytest.mark.parametrize("of", [{"seconds": -1}, {"days": -400}, {"days": 367}], ids=str)
def test_refuses_what_is_past_or_over_a_year_away(city: City, of: dict[str, float]) -> None:
    path = f"/v1/campaigns/{city.draft()['id']}"
    answer = city.post(f"{path}/schedule", {"starts_at": later(city, **of)})
    assert (answer.status, answer.pointers) == (422, ["/starts_at"])
    assert city.get(path).json["status"] == "draft"


def test_offsets_are_understood_and_kept_in_utc(city: City) -> None:
    path = f"/v1/campaigns/{city.draft()['id']}"
    at = city.wiring.clock() + timedelta(days=2)
    given = at.strftime("%Y-%m-%dT%H:00:00-05:00")
    expected = (at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=5)).strftime("%Y-%m-%dT%H")
    assert city.post(f"{path}/schedule", {"starts_at": given}).json["starts_at"].startswith(expected)


def test_another_time_and_none(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = scheduled(city)
    city.post(f"{path}/schedule", {"starts_at": later(city, minutes=60)})
    pass_time(city, minutes=11)
    city.platform.fire("tick")
    assert city.get(path).json["status"] == "scheduled"
    back = city.call("DELETE", f"{path}/schedule").json
    assert (back["status"], back["starts_at"]) == ("draft", None)
    assert city.call("DELETE", f"{path}/schedule").code == "wrong-state"
    pass_time(city, minutes=60)
    city.platform.fire("tick")
    city.platform.settle()
    assert city.platform.outbox.letters() == []


def test_a_change_unschedules_and_an_incomplete_campaign_is_not_scheduled(city: City) -> None:
    path = scheduled(city)
    version = city.get(path).json["version"]
    changed = city.call("PATCH", path, {"version": version, "audience": {"topic": "bridges"}}).json
    assert (changed["status"], changed["starts_at"]) == ("draft", None)
    incomplete = f"/v1/campaigns/{city.draft(audience=None)['id']}/schedule"
    assert city.post(incomplete, {"starts_at": later(city, minutes=5)}).pointers == ["/audience"]


def test_cancelled_and_launched_campaigns_do_not_start_again(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    one, two = scheduled(city), scheduled(city)
    assert city.post(f"{one}/cancel").json["status"] == "cancelled"
    assert city.post(f"{two}/launch").status == 202
    city.platform.settle()
    pass_time(city, minutes=30)
    city.platform.fire("tick")
    city.platform.settle()
    assert len(city.platform.outbox) == 1


def test_what_cannot_start_returns_to_its_authors_and_keeps_nobody_else(city: City) -> None:
    from chalicelib.subscribers import topics

    city.resident("Ann", subscribed={"roads": ("email",)})
    broken, fine = scheduled(city, audience={"topic": "bridges"}), scheduled(city)
    topics.end("bridges")
    pass_time(city, minutes=11)
    with pytest.raises(TickFailed):
        city.platform.fire("tick")
    city.platform.settle()
    back = city.get(broken).json
    assert (back["status"], back["rejection"]["by"], back["starts_at"]) == ("draft", "system", None)
    assert "has ended" in back["rejection"]["reason"]
    assert city.get(fine).json["status"] == "sent"
    city.platform.fire("tick")


def test_what_else_the_minute_does_keeps_no_campaign(city: City) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = scheduled(city)
    pass_time(city, minutes=11)
    refused = refuse("ResourceNotFoundException")
    city.platform.faults.add("dynamodb", "Query", refused, when=lambda body: "crier-imports" in body)
    with pytest.raises(QueryError):
        city.platform.fire("tick")
    city.platform.settle()
    assert city.get(path).json["status"] == "sent"


def test_what_expires_before_it_starts_is_refused(city: City) -> None:
    made = city.draft(expires_at=later(city, minutes=30))
    path = f"/v1/campaigns/{made['id']}"
    assert city.post(f"{path}/schedule", {"starts_at": later(city, minutes=31)}).pointers == ["/starts_at"]
    pass_time(city, minutes=31)
    assert city.post(f"{path}/launch").pointers == ["/expires_at"]


def _faults(platform: Platform, on_call: Callable[[], Fault | None]) -> None:
    def take(_service: str, _operation: str, _body: str) -> Fault | None:
        return on_call() if current_function() == "Tick" else None

    platform.world.faults.take = take  # type: ignore[assignment, method-assign]


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_crash_at_any_call_of_the_tick_starts_it_once(platform: Platform, *, done: bool) -> None:
    for place in itertools.count():
        platform.reset()
        city = build(platform)
        city.resident("Ann", subscribed={"roads": ("email",)})
        path = scheduled(city)
        pass_time(city, minutes=11)
        count = -1

        def on_call(place: int = place) -> Fault | None:
            nonlocal count
            count += 1
            return crash(done=done) if count == place else None

        _faults(platform, on_call)
        try:
            with suppress(FunctionCrashed, TickFailed):
                platform.fire("tick")
        finally:
            del platform.world.faults.take
        if count < place:
            break
        for _ in range(3):
            pass_time(city, minutes=3)
            platform.fire("tick")
            platform.fire("sweep")
            platform.settle()
        found = city.get(path).json
        assert (found["status"], len(platform.outbox)) == ("sent", 1), f"call {place}"
    assert place > 8


def test_two_ticks_at_the_same_moment_start_it_once(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = scheduled(city)
    pass_time(city, minutes=11)
    real = engine.launch

    def overtaken(*args: Any, **kwargs: Any) -> str:
        with monkeypatch.context() as inner:
            inner.setattr(engine, "launch", real)
            city.platform.fire("tick")
        return real(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(engine, "launch", overtaken)
        city.platform.fire("tick")
    city.platform.settle()
    assert city.get(path).json["status"] == "sent"
    assert len(city.platform.outbox) == 1


def test_a_launch_that_was_cut_short_is_finished_by_the_tick(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = f"/v1/campaigns/{city.draft(channels=['email'])['id']}"

    def crash_there(*_: Any, **__: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(engine, "launch", crash_there)
        assert city.post(f"{path}/launch").status == 500
    city.platform.fire("tick")
    assert city.get(path).json["progress"] is None
    pass_time(city, minutes=2)
    city.platform.fire("tick")
    city.platform.settle()
    assert city.get(path).json["status"] == "sent"
    assert len(city.platform.outbox) == 1


def test_a_launch_that_was_cut_short_can_be_cancelled_and_never_starts(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.resident("Ann", subscribed={"roads": ("email",)})
    path = f"/v1/campaigns/{city.draft(channels=['email'])['id']}"

    def crash_there(*_: Any, **__: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(engine, "launch", crash_there)
        assert city.post(f"{path}/launch").status == 500
    for verb in ("pause", "resume", "extend"):
        assert city.post(f"{path}/{verb}").status == 409, verb
    cancelled = city.post(f"{path}/cancel")
    assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")
    for _ in range(2):
        pass_time(city, minutes=2)
        city.platform.fire("tick")
        city.platform.settle()
    assert city.get(path).json["status"] == "cancelled"
    assert not city.platform.outbox.letters()
