"""The policy at work: a run may die at any write, or come twice, and nobody is asked or let go twice."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.campaigns.sunset import model, run, tables
from chalicelib.campaigns.sunset.answer import keep
from chalicelib.campaigns.sunset.model import EVERY, Policy, Round
from chalicelib.core.clock import parse_rfc3339
from chalicelib.subscribers import habits, people
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import Person, Wording
from infra.aws.faults import Fault, FunctionCrashed, crash
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, person, world
from tests.delivery.harness import Made, watched

DAY_S = 86_400
POLICY = Policy(True, silent_days=90, messages=5, answer_days=14)
IDS = ("00" + "1" * 30, "00" + "2" * 30, "ff" + "3" * 30)


def city(platform: Platform) -> list[Person]:
    """Three who are silent, two of them in one shard; the policy is on."""
    platform.reset()
    found = [person(number, subscriber_id=one) for number, one in enumerate(IDS)]
    day = int(world().clock().timestamp()) // DAY_S
    known = [Habit(one, since=day - 400, sent={"email": day}, unread={"email": 9}) for one in IDS]
    assert habits.write(known, wiring=world()) == []
    tables.write_policy(POLICY, by="1" * 32, now=world().clock())
    return found


def fire(platform: Platform, *, days: float = 0) -> Round:
    """The newest round after a run, and all that it set in motion."""
    platform.clock.advance(days * DAY_S)
    platform.fire("sunset")
    platform.settle()
    found = tables.latest()
    assert found is not None
    return found


def blocked() -> list[str]:
    """Who was let go."""
    return [one.id for one in people.present(IDS).values() if one.blocks == {"email:newsletter": "sunset"}]


def entries(subscriber_id: str) -> int:
    """How often the ledger says that somebody was let go."""
    return sum(one.provenance.source == "sunset" for one in people.ledger(subscriber_id))


def test_a_round_runs_to_its_end_and_the_next_one_asks_nobody_again(platform: Platform) -> None:
    found = city(platform)
    first = [fire(platform), fire(platform, days=1), fire(platform, days=15.9)]
    assert [(one.state, one.number, one.let_go) for one in first] == [("asked", 1, 0)] * 3
    over = fire(platform, days=0.1)
    assert (over.state, over.asked, over.let_go, over.shard) == ("done", 3, 3, 64)
    assert sorted(blocked()) == sorted(IDS)
    after = people.present(IDS)
    assert all(after[one.id].topics == one.topics for one in found)
    assert fire(platform, days=12).number == 1
    again = fire(platform, days=1)
    assert (again.number, parse_rfc3339(again.asked_at) - parse_rfc3339(over.asked_at) >= EVERY) == (2, True)
    fire(platform, days=1)
    assert set(addressed(platform).values()) == {1}


def asking(platform: Platform) -> None:
    fire(platform)


def settling(platform: Platform) -> None:
    fire(platform, days=17)


@pytest.mark.parametrize(
    "done", [pytest.param(False, id="before", marks=pytest.mark.soak), pytest.param(True, id="after")]
)
@pytest.mark.parametrize("act", [asking, settling])
def test_a_crash_at_any_write(platform: Platform, act: Callable[[Platform], None], *, done: bool) -> None:
    def own(call: Made) -> bool:
        return call.function == "Sunset" and call.writes

    def acts(on_call: Callable[[Made], Fault | None]) -> None:
        city(platform)
        if act is settling:
            fire(platform)
        with watched(platform, on_call), suppress(FunctionCrashed):
            act(platform)

    calls: list[Made] = []
    acts(calls.append)
    writes = [call for call in calls if own(call)]
    places = {n for n, call in enumerate(writes) if n < 3 or call.operation != "UpdateItem"}
    assert len(places) >= 4
    for place in sorted(places | {len(writes) - 1}):
        seen = Counter[str]()

        def dies(call: Made, place: int = place, seen: Counter[str] = seen) -> Fault | None:
            seen["own"] += own(call)
            return crash(done=done) if own(call) and seen["own"] == place + 1 else None

        acts(dies)
        assert seen["own"] > place
        fire(platform)
        over = fire(platform, days=0 if act is settling else 17)
        assert (over.number, over.state, over.asked, over.let_go) == (1, "done", 3, 3), f"write {place}"
        assert set(addressed(platform).values()) == {1}, f"write {place}"
        assert [entries(one) for one in IDS] == [1, 1, 1], f"write {place}"


def test_who_says_yes_at_the_same_moment_stays(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    one, *_ = city(platform)
    fire(platform)
    decide = model.is_let_go

    def meanwhile(delivery: Any, person: Person, *known: Any, **how: Any) -> bool:
        if person.id == one.id:
            keep(person, shown=Wording("yes"), now=world().clock(), wiring=world())
        return decide(delivery, person, *known, **how)

    monkeypatch.setattr(run, "is_let_go", meanwhile)
    assert fire(platform, days=17).let_go == 2
    assert sorted(blocked()) == sorted(IDS[1:])


def test_a_run_without_time_goes_on_where_it_was(platform: Platform) -> None:
    city(platform)
    fire(platform)
    platform.clock.advance(17 * DAY_S)
    one = tables.latest()
    assert one is not None
    time = iter([100.0] * 5 + [0.0])
    run.settle(one, left=lambda: next(time), wiring=world())
    part = tables.latest()
    assert part is not None
    assert (part.shard, part.state, part.asked, part.let_go) == (5, "asked", 2, 2)
    run.settle(one, left=lambda: 100.0, wiring=world())  # a doubled run, which knows nothing of the first
    assert tables.latest() == part
    assert (fire(platform).let_go, len(blocked())) == (3, 3)


def test_nobody_s_id_stands_in_the_table(platform: Platform) -> None:
    city(platform)
    fire(platform)
    fire(platform, days=17)
    rows = [item for _, item in platform.world.dynamodb.table(world().settings.table("sunset")).scan(None)]
    assert len(rows) == 2
    assert not any(one in str(rows) for one in IDS)


def test_where_engagement_is_not_kept_the_policy_is_off(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    city(platform)
    fire(platform)
    monkeypatch.setattr(world(), "settings", replace(world().settings, tracking=False))
    assert fire(platform, days=17).state == "called-off"
    assert blocked() == []
