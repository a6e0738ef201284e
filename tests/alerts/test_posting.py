"""What accounts post of alerts: live ones alone, before all of campaigns, and corrected where they stand."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.alerts import posting, tables
from chalicelib.alerts.cap.model import CANCEL, UPDATE
from chalicelib.alerts.model import Alert
from chalicelib.channels.base import Throttled
from chalicelib.channels.platforms.base import PostLimits
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.wiring import wiring
from chalicelib.delivery import launch
from chalicelib.delivery.content import Words
from chalicelib.delivery.posts.table import posts
from infra.platform.platform import Platform
from tests.alerts.sample import MESSAGE, alert
from tests.campaigns.city import City, build
from tests.channels.platforms.square import Square, registered
from tests.delivery.posts.stage import HOUR_S, Stage

FLOOD, OVER = "Flood on Elm Street. Go to higher ground.", "The flood warning for Elm Street was wrong."
WORDS = {"en": Words(subject="Flood", body="Go to *higher* ground.", post=FLOOD)}


@pytest.fixture
def square() -> Iterator[Square]:
    with registered() as found:
        yield found


@pytest.fixture
def city(platform: Platform) -> City:
    return build(platform)


@pytest.fixture
def stage(city: City, square: Square) -> Stage:
    made = Stage(city, square)
    made.account("main")
    return made


def launched(*, post: str = FLOOD, **changed: Any) -> Alert:
    """An alert with a plan that reaches nobody, written to the table."""
    now = wiring().clock()
    made = alert(**{"words": {"en": replace(WORDS["en"], post=post)}, "accounts": ("main",), **changed})
    made = replace(made, state="sending", plan_id=time_ordered_id(now))
    tables.add(made, wiring=wiring())
    spec = launch.PlanSpec(
        kind="alert",
        reference=made.id,
        mode=made.mode,
        lane="urgent",
        scope="emergency",
        audience={},
        renditions=(),
        links=(),
        default_language="en",
        sender_name="City",
    )
    launch.launch(spec, plan_id=made.plan_id, now=now, wiring=wiring())
    return made


def publish(made: Alert) -> None:
    posting.publish(made, now=wiring().clock(), wiring=wiring())


def following(earlier: Alert, kind: str, post: str) -> Alert:
    """A launched alert that follows another one."""
    message = replace(MESSAGE, identifier=time_ordered_id(wiring().clock()), message_type=kind)
    return launched(post=post, message=message, follows=earlier.id)


def follow_up(earlier: Alert, kind: str, post: str) -> Alert:
    """Such an alert, which accounts post and answer with, asked for twice."""
    made = following(earlier, kind, post)
    for _ in range(2):
        posting.correct(made, now=wiring().clock(), wiring=wiring())
        publish(made)
    return made


def states(made: Alert) -> list[str]:
    return [str(one.state) for one in posts(wiring()).of_plan(made.plan_id)]


def test_accounts_post_a_live_alert_once(stage: Stage) -> None:
    made = launched()
    publish(made)
    publish(made)
    stage.city.platform.settle()
    assert (stage.square.texts(), stage.square.made, states(made)) == ([FLOOD], 1, ["posted"])


@pytest.mark.parametrize("mode", ["exercise", "test"])
def test_of_what_is_not_live_nothing_is_posted(stage: Stage, mode: str) -> None:
    first = launched(mode=mode)
    publish(first)
    posting.correct(launched(mode=mode, follows=first.id), now=wiring().clock(), wiring=wiring())
    stage.later()
    assert (stage.square.asked, states(first)) == ([], [])
    with pytest.raises(ValueError, match="only what is live"):
        posting.Live(first)


def test_posts_of_campaigns_keep_no_alert(stage: Stage) -> None:
    with registered(limits=PostLimits(length=len, longest=60, thread=3, per_hour=5)) as square:
        for _ in range(6):
            stage.launch(settle=False)
            stage.city.platform.drain_once()
        assert len(square.texts()) == 4, "a fifth of the hour is left for alerts"
        for _ in range(3):
            publish(launched())
            stage.city.platform.drain_once()
        assert square.texts().count(FLOOD) == 3, "an alert is not kept by what we count"
        stage.launch(settle=False)
        stage.city.platform.drain_once()
        assert len(square.texts()) == 7
        stage.later(HOUR_S)
        stage.later(HOUR_S / 4)
        assert len(square.texts()) == 10


def test_where_a_platform_throttles_campaigns_an_alert_asks_for_itself(stage: Stage) -> None:
    stage.square.fails("publish", Throttled("429", retry_after_s=HOUR_S))
    stage.launch(settle=False)
    stage.city.platform.drain_once()
    first, second = launched(), launched(post="Second")
    publish(first)
    stage.city.platform.drain_once()
    assert stage.square.texts() == [FLOOD]
    stage.square.fails("publish", Throttled("429", retry_after_s=HOUR_S / 4))
    publish(second)
    stage.city.platform.drain_once()
    publish(third := launched(post="Third"))
    stage.city.platform.drain_once()
    assert stage.square.texts() == [FLOOD]
    assert [one.reason for one in posts(wiring()).of_plan(third.plan_id)] == ["throttled"]
    stage.later(HOUR_S / 4 + 20)
    assert set(stage.square.texts()) >= {"Second", "Third"}


def test_alerts_have_a_queue_of_their_own_and_the_sweep_looks_after_it(stage: Stage) -> None:
    made = launched()
    publish(made)
    for source in stage.city.platform.pumps.queues:
        if source.function == "Posts":
            stage.city.platform.pumps.step(source)
    assert stage.square.texts() == []
    stage.lost()
    stage.later(HOUR_S / 4)
    assert stage.square.texts() == [FLOOD]


def test_an_update_answers_and_a_cancel_takes_the_place_of_all_that_stands(stage: Stage) -> None:
    stage.account("other")
    first = launched()
    publish(first)
    stage.city.platform.settle()
    second = follow_up(first, UPDATE, "The water rises.")
    stage.city.platform.settle()
    assert stage.square.texts("main") == [FLOOD, "The water rises."]
    assert stage.square.stands["p2"].after is not None
    third = follow_up(second, CANCEL, OVER)
    stage.city.platform.settle()
    assert (stage.square.texts("main"), states(third)) == ([OVER], [])


def test_a_further_account_of_an_update_posts_it(stage: Stage) -> None:
    stage.account("other")
    first = launched()
    publish(first)
    update = following(first, UPDATE, "The water rises.")
    further = replace(update, accounts=("main", "other"))
    publish(further)
    posting.correct(further, now=wiring().clock(), wiring=wiring())
    stage.city.platform.settle()
    assert (stage.square.texts("main"), stage.square.texts("other")) == (
        ["The water rises."],  # what still waited is posted as corrected
        ["The water rises."],
    )


def test_machines_are_told_in_cap_s_terms(stage: Stage) -> None:
    with registered(whole=True) as square:
        first = launched()
        publish(first)
        stage.city.platform.settle()
        cancel = follow_up(first, CANCEL, OVER)
        stage.city.platform.settle()
        told, cancelled = square.stands.values()
    assert {told.event_type, cancelled.event_type} == {"alert.sent"}
    assert (told.event["id"], told.event["type"], told.event["severity"]) == (first.id, "Alert", "Severe")
    assert told.event["languages"]["en"]["text"] == "Go to higher ground."
    assert (cancelled.event["id"], cancelled.event["type"]) == (first.id, "Cancel")
    assert cancelled.event["identifier"] == cancel.message.identifier
    assert cancelled.event["cap"].endswith(f"/alerts/{cancel.id}.cap")
