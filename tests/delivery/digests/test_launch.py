"""When digests are launched: once for each quarter of an hour at which there is anything to tell."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.core.clock import parse_rfc3339, rfc3339
from chalicelib.delivery.digests import launch
from chalicelib.delivery.digests.items import Cursor, Item, items
from chalicelib.delivery.digests.launch import launch_due, plan_id_of
from chalicelib.delivery.plans import plans
from chalicelib.subscribers.cadence import History
from chalicelib.subscribers.model import Turn
from infra.platform.platform import Platform
from tests.delivery.digests.reading import item
from tests.delivery.engine import world


def add(one: Item) -> None:
    world().dynamodb.transact_write_items(TransactItems=[items(world()).adding(one)])


def now() -> datetime:
    return world().clock()


def cursor() -> Cursor:
    found = items(world()).cursor()
    assert found is not None
    return found


def launched(moment: str) -> bool:
    return plans(world()).known(plan_id_of(moment)) is not None


@pytest.fixture
def first(platform: Platform) -> str:
    """The first moment after the deployment began."""
    assert launch_due(now=now(), wiring=world()) == 0
    moment = cursor().moment
    assert timedelta(0) < parse_rfc3339(moment) - now() <= timedelta(minutes=15)
    add(item("x", rfc3339(now())))
    return moment


def at(moment: str, minutes: float) -> datetime:
    return parse_rfc3339(moment) + timedelta(minutes=minutes)


def test_a_digest_is_launched_when_all_before_it_is_surely_committed(first: str) -> None:
    assert launch_due(now=at(first, 1.9), wiring=world()) == 0
    assert launch_due(now=at(first, 2), wiring=world()) == 1
    assert launched(first)
    assert cursor().moment == rfc3339(at(first, 15))
    assert launch_due(now=at(first, 3), wiring=world()) == 0


def test_what_was_missed_is_made_up_for_in_order(first: str) -> None:
    assert launch_due(now=at(first, 15 * 11), wiring=world()) == launch.AT_ONCE
    assert launch_due(now=at(first, 15 * 11), wiring=world()) == 11 - launch.AT_ONCE
    assert all(launched(rfc3339(at(first, 15 * n))) for n in range(11))


def test_two_ticks_at_once_launch_it_once(first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    was = cursor()
    launch_due(now=at(first, 2), wiring=world())
    moved = cursor()
    monkeypatch.setattr(type(items(world())), "cursor", lambda _: was)
    assert launch_due(now=at(first, 2), wiring=world()) == 0
    monkeypatch.undo()
    assert cursor() == moved
    assert plans(world()).head(plan_id_of(first)).digest["moment"] == first


def test_nothing_to_tell_is_no_plan(first: str) -> None:
    items(world()).withdraw("x", items(world()).between("2", "3")[0].instant)
    assert launch_due(now=at(first, 2), wiring=world()) == 1
    assert not launched(first)


def test_the_deployments_hour_is_remembered_as_a_persons_is(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cursor().usual == History("8")
    monkeypatch.setattr(world(), "settings", replace(world().settings, digest_hour=9))
    launch_due(now=at(first, 2), wiring=world())
    assert cursor().usual == History("9", (Turn(rfc3339(at(first, 3)), "8"),))
    assert plans(world()).head(plan_id_of(first)).digest["usual"][0] == "8"


def test_a_digest_knows_the_departments_whose_news_it_may_have(first: str) -> None:
    for name, department in (("y", "roads"), ("z", "parks"), ("w", "roads")):
        add(replace(item(name, rfc3339(now())), department=department))
    launch_due(now=at(first, 2), wiring=world())
    assert plans(world()).head(plan_id_of(first)).digest["departments"] == ["parks", "roads"]


def test_ids_of_digests_sort_by_time() -> None:
    one, two = plan_id_of("2026-11-22T13:00:00.000Z"), plan_id_of("2026-11-22T13:15:00.000Z")
    assert one < two
    assert len(one) == len(two) == 32
    assert int(one[:12], 16) == parse_rfc3339("2026-11-22T13:00:00.000Z").timestamp() * 1000
