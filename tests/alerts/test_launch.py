"""A launch happens once, whatever dies in it, and a cancel at the same moment wins."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.alerts import counted, launch, posting, preview, tables, watch
from chalicelib.alerts.model import Alert
from chalicelib.alerts.record import tables as records
from chalicelib.alerts.states import State
from chalicelib.core.errors import Conflict
from chalicelib.core.staff import Actor, Role
from chalicelib.core.wiring import wiring
from chalicelib.delivery import counts
from chalicelib.delivery import launch as engine
from chalicelib.delivery.progress import progress
from infra.platform.platform import Platform
from tests.alerts import released

pytestmark = pytest.mark.usefixtures("platform")


@pytest.fixture
def author(platform: Platform) -> Actor:
    released.residents(3)
    return released.staff("ann")


@pytest.fixture
def ready(author: Actor) -> Alert:
    return released.approved(author, released.staff("bob", Role.APPROVER))


def go(alert: Alert, actor: Actor) -> Alert:
    return launch.launch(
        alert.id, **released.typed(alert), actor=actor, now=wiring().clock(), wiring=wiring()
    )


def mails(platform: Platform) -> int:
    return len([one for one in platform.outbox.letters() if one.subject == "Flood"])


def test_of_two_launches_at_once_one_makes_a_plan(
    ready: Alert, author: Actor, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = counts.count
    others: list[Alert] = []
    asked: list[counts.Count] = []

    def meanwhile(*args: Any, **more: Any) -> counts.Count:
        asked.append(found := count(*args, **more))
        if len(asked) == 1:
            others.append(go(ready, author))
        return found

    monkeypatch.setattr(counts, "count", meanwhile)
    with pytest.raises(Conflict) as lost:
        go(ready, author)
    assert lost.value.code == tables.OVERTAKEN
    platform.settle()
    found = tables.read(ready.id)
    assert found.plan_id == others[0].plan_id
    assert progress(found.plan_id, wiring=wiring()).sent == 6


STEPS: dict[str, tuple[Any, str]] = {
    "before the plan is made": (engine, "launch"),
    "before the record has it": (launch, "note"),
    "before accounts post it": (posting, "publish"),
    "before it is public": (launch, "show"),
}


@pytest.mark.parametrize("where", STEPS)
def test_a_launch_that_is_cut_short_is_ended_by_the_watch(
    ready: Alert, author: Actor, platform: Platform, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(*STEPS[where], _dying)
        try:
            go(ready, author)
        except RuntimeError:
            assert where == "before the plan is made"
    platform.clock.advance(61)
    watch.watch(wiring=wiring())
    platform.settle()
    found = tables.read(ready.id)
    assert progress(found.plan_id, wiring=wiring()).sent == 6
    assert found.due_at > ready.updated_at
    events = [one.event for one in records.read(ready.id).entries]
    assert events.count("launched") == 1
    assert ready.id in [one.id for one in tables.active()]


def _dying(*_: Any, **__: Any) -> None:
    raise RuntimeError


def test_a_launch_that_is_cut_short_is_ended_by_hand(
    ready: Alert, author: Actor, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(engine, "launch", _dying)
        with pytest.raises(RuntimeError):
            go(ready, author)
    again = go(ready, author)
    platform.settle()
    assert progress(again.plan_id, wiring=wiring()).sent == 6
    with pytest.raises(Conflict):
        go(ready, author)


def test_of_a_launch_and_a_cancel_the_cancel_wins(
    ready: Alert, author: Actor, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = engine.launch

    def cancelled(*args: Any, **more: Any) -> str:
        plan = handed(*args, **more)
        now = tables.read(ready.id)
        over = replace(now, state=State.CANCELLED, version=now.version + 1)
        tables.replace(over, was=now, wiring=wiring())
        return plan

    monkeypatch.setattr(engine, "launch", cancelled)
    found = go(ready, author)
    platform.settle()
    assert found.state == State.CANCELLED
    assert progress(found.plan_id, wiring=wiring()).sent == 0
    assert ready.id not in [one.id for one in tables.active()]


def test_more_people_than_the_preview_counted_never_get_it(
    ready: Alert, author: Actor, platform: Platform
) -> None:
    """They joined after the second count, in the very moment of the launch."""
    go(ready, author)
    released.residents(1, first=10)
    platform.settle()
    found = progress(tables.read(ready.id).plan_id, wiring=wiring())
    assert (found.status, found.reason) == ("halted", "count-differs")


@pytest.mark.parametrize("change", ["changed", "gone", "nothing"])
def test_what_waits_for_a_count_goes_on_unless_it_was_changed(
    ready: Alert, author: Actor, platform: Platform, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(counts, "AT_ONCE", 0)
    waiting = go(ready, author)
    assert waiting.counting is not None
    assert waiting.state == State.APPROVED
    if change == "changed":
        other = replace(waiting, version=waiting.version + 1, counting=None)
        tables.replace(other, was=waiting, wiring=wiring())
    if change == "gone":
        tables.remove(waiting, wiring=wiring())
    platform.settle()
    counted.go_on({"count": waiting.counting.job}, left=lambda: 99.0, wiring=wiring())
    platform.settle()
    assert mails(platform) == (3 if change == "nothing" else 0)


def test_a_preview_of_many_is_there_when_they_are_counted(
    author: Actor, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "AT_ONCE", 0)
    waiting = released.previewed(author)
    assert (waiting.preview, waiting.counting.action if waiting.counting else "") == (None, preview.PREVIEW)
    platform.settle()
    found = tables.read(waiting.id)
    assert (found.counting, found.preview.people if found.preview else 0) == (None, 3)


def test_a_launch_says_when_it_was_sent(ready: Alert, author: Actor, platform: Platform) -> None:
    platform.clock.advance(timedelta(minutes=5).total_seconds())
    launched = go(ready, author)
    assert launched.message.sent > ready.message.sent
    assert launched.message.identifier == ready.message.identifier == ready.id
