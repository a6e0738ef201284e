"""Who is asked to approve, in which order, and who never is."""

from typing import Any

import pytest

from chalicelib.alerts import approve, clock, tables, watch
from chalicelib.alerts.model import Alert
from chalicelib.core.errors import Conflict
from chalicelib.core.staff import Actor, Role
from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform
from tests.alerts import released

pytestmark = pytest.mark.usefixtures("platform")


@pytest.fixture
def author(platform: Platform) -> Actor:
    released.residents(1)
    return released.staff("ann")


def submitted(author: Actor, **more: Any) -> Alert:
    alert = released.previewed(author, **more)
    return approve.submit(alert.id, actor=author, now=wiring().clock(), wiring=wiring())


def told(platform: Platform) -> list[str]:
    platform.settle()
    return sorted(one.to.partition("@")[0] for one in platform.outbox.letters())


def test_those_who_wrote_it_and_those_of_others_are_not_asked(author: Actor, platform: Platform) -> None:
    released.staff("bob", Role.APPROVER)
    released.staff("eve", Role.APPROVER, department="parks")
    released.staff("joe", Role.COMMUNICATOR)
    submitted(author)
    assert told(platform) == ["bob"]
    assert [one.name for one in clock.approvers("works")] == ["ann", "bob"]


def test_where_nobody_can_approve_the_alarm_is_at_once(
    author: Actor, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    found = submitted(author)
    assert (found.due_at, found.asked) == ("", 0)
    assert "alert-approval-ran-out" in caplog.text


def test_an_approval_in_time_raises_no_alarm(
    author: Actor, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    bob = released.staff("bob", Role.APPROVER)
    found = submitted(author, approvers=[bob.staff_id])
    platform.clock.advance(301)
    watch.watch(wiring=wiring())
    assert found.preview is not None
    approve.approve(found.id, digest=found.preview.digest, actor=bob, now=wiring().clock(), wiring=wiring())
    platform.clock.advance(10_000)
    watch.watch(wiring=wiring())
    assert "alert-approval-ran-out" not in caplog.text
    assert tables.read(found.id).due_at == ""


def test_the_clock_that_goes_on_costs_no_approval(
    author: Actor, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = released.staff("bob", Role.APPROVER)
    found = submitted(author)
    replaced = tables.replace
    asked: list[str] = []

    def meanwhile(*args: Any, **more: Any) -> None:
        if not asked:
            asked.append(found.id)
            clock.ask(tables.read(found.id), now=wiring().clock(), wiring=wiring())
        replaced(*args, **more)

    monkeypatch.setattr(tables, "replace", meanwhile)
    assert found.preview is not None
    digest = found.preview.digest
    done = approve.approve(found.id, digest=digest, actor=bob, now=wiring().clock(), wiring=wiring())
    assert done.state == "approved"


def test_of_two_watches_one_asks(author: Actor, platform: Platform) -> None:
    released.staff("bob", Role.APPROVER)
    released.staff("cat", Role.APPROVER)
    found = submitted(author)
    clock.ask(found, now=wiring().clock(), wiring=wiring())
    with pytest.raises(Conflict):
        clock.ask(found, now=wiring().clock(), wiring=wiring())
    assert told(platform) == ["bob", "cat"]


def test_a_test_is_told_to_nobody(author: Actor, platform: Platform) -> None:
    released.staff("bob", Role.APPROVER)
    submitted(released.in_mode(author, "test"))  # type: ignore[arg-type]
    assert told(platform) == []


def test_an_exercise_asks_as_an_exercise(author: Actor, platform: Platform) -> None:
    released.staff("bob", Role.APPROVER)
    drill = released.in_mode(author, "exercise")  # type: ignore[arg-type]
    alert = released.previewed(drill)
    assert alert.preview is not None
    with pytest.raises(Conflict) as nobody:
        approve.submit(alert.id, actor=drill, now=wiring().clock(), wiring=wiring())
    assert nobody.value.code == "empty-audience"
