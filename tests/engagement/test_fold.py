"""Folding: what somebody did goes into the totals of nobody, and an event that is told again is known."""

from dataclasses import replace

import pytest

from chalicelib.core.clock import rfc3339
from chalicelib.delivery import counters, engaged, studying
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.engagement.collect import collect
from chalicelib.engagement.fold import fold, fold_person
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Person, Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.features.driver import BROWSER

ONE = {"email#clicks#human": 1, "email#clicked#raw": 1}


@pytest.fixture
def sent(platform: Platform) -> DeliveryRef:
    """Somebody's message, ten minutes old."""
    one = person(1).id
    plan_id = plan()
    run(platform)
    platform.clock.advance(600)
    return DeliveryRef(plan_id, one, "email")


def click(ref: DeliveryRef, event_id: str) -> None:
    named = {"plan": ref.plan_id, "subscriber": ref.subscriber_id, "channel": ref.channel}
    at = rfc3339(world().clock())
    message = {"id": event_id, "kind": "click", **named, "link": 0, "at": at, "agent": BROWSER}
    assert not collect([("m", message)], wiring=world())


def no_leave(before: Person) -> Person:
    return replace(before, wishes=Wishes(tracking=False))


def counts(ref: DeliveryRef) -> dict[str, int]:
    found = counters.read(ref.plan_id, wiring=world())
    return {name: found.get(name, 0) for name in ONE}


def on(ref: DeliveryRef) -> set[str]:
    """What of the reader's doing stands on the delivery."""
    (item,) = engaged.read([ref], wiring=world())
    return {name.partition("#")[0] for name in item} & {"event", "told", "counted", "clicked_at"}


def test_what_is_folded_stays_counted_and_leaves_the_delivery(platform: Platform, sent: DeliveryRef) -> None:
    click(sent, "a")
    run(platform)
    assert on(sent) == {"event", "told", "counted", "clicked_at"}
    for _ in range(2):
        fold_person(sent.subscriber_id, wiring=world())
        assert (on(sent), counts(sent)) == (set(), ONE)


def test_an_event_that_is_told_again_after_leave_was_taken_back_counts_once(
    platform: Platform, sent: DeliveryRef
) -> None:
    click(sent, "a")
    run(platform)
    fold_person(sent.subscriber_id, wiring=world())
    click(sent, "a")
    run(platform)
    assert (on(sent), counts(sent)) == (set(), ONE)
    click(sent, "b")
    run(platform)
    assert (on(sent), counts(sent)) == (set(), {**ONE, "email#clicks#human": 2})


def test_what_closes_a_delivery_does_not_tell_whether_it_was_read(platform: Platform) -> None:
    ids = [person(number).id for number in range(2)]
    plan_id = plan()
    run(platform)
    refs = [DeliveryRef(plan_id, one, "email") for one in ids]
    click(refs[0], "a")
    run(platform)
    for one in ids:
        fold_person(one, wiring=world())
    read, unread = engaged.read(refs, wiring=world())
    assert read.keys() == unread.keys()
    assert engaged.NOBODYS in unread


def test_an_event_that_is_told_again_just_after_the_totals_were_taken_counts_once(
    platform: Platform, sent: DeliveryRef
) -> None:
    click(sent, "a")
    run(platform)
    studying.take_totals(sent.plan_id, wiring=world())
    people.change(
        sent.subscriber_id, no_leave, source="t", wording=None, by="t", now=world().clock(), wiring=world()
    )
    click(sent, "a")
    assert (on(sent), counts(sent)) == (set(), ONE)


@pytest.mark.parametrize(("late", "persons"), [(False, 1), (True, 0)])
def test_what_comes_late_counts_as_an_event_only(
    platform: Platform, sent: DeliveryRef, *, late: bool, persons: int
) -> None:
    click(sent, "a")
    fold(engaged.read([sent], wiring=world()), late=late, wiring=world())
    assert counts(sent) == {"email#clicks#human": 1, "email#clicked#raw": persons}
