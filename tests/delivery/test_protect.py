"""A plan and the account halt by themselves, and go on when somebody says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.dynamo import transact
from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.control import resume
from chalicelib.delivery.halts import halted_until, halts
from chalicelib.delivery.launch import launch
from chalicelib.delivery.plan import HALTED, SENDING
from chalicelib.delivery.plans import plans
from chalicelib.delivery.protect import protect
from chalicelib.delivery.protection import BOUNCES, COMPLAINTS
from chalicelib.delivery.tallies import account_on, tallies
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, spec, world


def counted(plan_id: str, *, sent: int = 0, back: int = 0, reason: str = BOUNCES, days: int = 0) -> None:
    """So many were sent by the plan and the account, and so many came back, some days ago."""
    at = world().clock() - timedelta(days=days)
    if sent:
        for name in (plan_id, account_on(at)):
            adding = plans(world()).add(name, "counts#0", {"email|sent": sent}, expires_at=2_000_000_000)
            transact(world().dynamodb, [adding])
    for n in range(back):
        person_id = f"{n:02x}" + "0" * 30
        transact(
            world().dynamodb,
            tallies(world()).coming_back(plan_id, person_id, reason, chunk=0, handed_at=at),
        )


def look(plan_id: str, *, days: int = 0) -> None:
    protect(plan_id, handed_at=world().clock() - timedelta(days=days), wiring=world())


def held() -> str:
    return halts(world()).read("bulk", "email").held


def events(caplog: pytest.LogCaptureFixture) -> Sequence[str]:
    return [name for name in ("plan-halted", "account-held") if f'"event":"{name}"' in caplog.text]


@pytest.mark.parametrize("reason", [BOUNCES, COMPLAINTS])
def test_too_many_halt_the_plan_and_hold_the_account(
    platform: Platform, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    plan_id = plan()
    counted(plan_id, sent=50, back=10, reason=reason)
    look(plan_id)
    state = plans(world()).state(plan_id, fresh=True)
    assert (state.status, state.reason) == (HALTED, reason)
    assert held() == reason
    assert events(caplog) == ["plan-halted", "account-held"]
    assert halted_until("service", "email", wiring=world()) == 0
    caplog.clear()
    look(plan_id)
    assert not events(caplog)


def test_a_few_halt_nothing(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    plan_id = plan()
    counted(plan_id, sent=100, back=1, reason=COMPLAINTS)
    counted(plan_id, back=2)
    look(plan_id)
    assert plans(world()).state(plan_id, fresh=True).status == SENDING
    assert (held(), events(caplog)) == ("", [])


def test_small_campaigns_hold_the_account_together(platform: Platform) -> None:
    person(1)
    small = [plan() for _ in range(4)]
    for one in small:
        counted(one, sent=40, back=3)
        look(one)
    assert {plans(world()).state(one, fresh=True).status for one in small} == {SENDING}
    assert held() == BOUNCES


def test_a_reasoned_resume_begins_anew(platform: Platform) -> None:
    plan_id = plan()
    counted(plan_id, sent=50, back=10)
    look(plan_id)
    assert resume(plan_id, reason="The list was mended.", wiring=world())
    look(plan_id)
    state = plans(world()).state(plan_id, fresh=True)
    assert (state.status, state.reason) == (SENDING, "The list was mended.")
    counted(plan_id, sent=50, back=10)
    look(plan_id)
    assert plans(world()).state(plan_id, fresh=True).status == SENDING, "they were of the first chunk"


def test_a_pause_forgets_nothing(platform: Platform) -> None:
    plan_id = plan()
    counted(plan_id, sent=50, back=3)
    plans(world()).move(plan_id, to="paused", allowed=(SENDING,))
    assert resume(plan_id, wiring=world())
    counted(plan_id, back=5)
    look(plan_id)
    assert plans(world()).state(plan_id, fresh=True).status == HALTED


def test_what_was_sent_before_a_release_holds_nothing(platform: Platform) -> None:
    plan_id = plan()
    counted(plan_id, sent=50, back=10, days=1)
    look(plan_id, days=1)
    assert held()
    assert halts(world()).release("bulk", "email")
    assert not halts(world()).release("bulk", "email")
    look(plan_id, days=1)
    assert not held()
    counted(plan_id, sent=50, back=10)
    look(plan_id)
    assert held()


@pytest.mark.parametrize("lane", ["service", "urgent"])
def test_what_people_asked_for_or_must_know_is_not_halted(platform: Platform, lane: str) -> None:
    now = world().clock()
    plan_id = launch(replace(spec(), lane=lane), plan_id=time_ordered_id(now), now=now, wiring=world())
    counted(plan_id, sent=50, back=10)
    look(plan_id)
    assert plans(world()).state(plan_id, fresh=True).status == SENDING
    assert held() == BOUNCES
    assert halted_until(lane, "email", wiring=world()) == 0


def test_a_plan_that_is_forgotten_still_counts(platform: Platform) -> None:
    forgotten = "0" * 32
    counted(forgotten, sent=50, back=10)
    look(forgotten)
    assert held() == BOUNCES
