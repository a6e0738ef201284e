"""The urgent lane: plans that no route launches yet, handed to the engine as alerts will hand them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.core.ids import time_ordered_id
from chalicelib.core.wiring import wiring
from chalicelib.delivery.content import Words
from chalicelib.delivery.ladder import Rung
from chalicelib.delivery.launch import launch
from chalicelib.delivery.render import compile_push
from infra.aws.faults import crash, refuse
from tests.delivery import engine
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.mishaps import miscounted, swept
from tests.features.pushing import on_all_devices
from tests.features.tour import step

LATE_S = 70
"""More than the lane's horizon: people are read again."""


def urgent(driver: LocalDriver) -> None:
    """All of it."""
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    acting.sign_up_by_text(driver, [roads])
    first = throttled(driver, {"topic": roads}, address)
    late(driver, {"any": [{"deliveries": {"plan": first, "state": "sent"}}, {"topic": roads}]})
    lost(driver, {"topic": roads})
    doubted(driver, {"topic": roads})
    escalated(driver, roads)
    notified(driver)


def escalated(driver: LocalDriver, topic: str) -> None:
    """A mail first and then a text, unless it is answered; a worker dies over a text, and holds nobody up."""
    engine.person(77, topics=(topic,), channels=("email", "sms"))
    driver.platform.faults.add("sns", "Publish", crash())
    ladder = (Rung("email", 60, "acknowledged"), Rung("sms", 0, "acknowledged"))
    now = wiring().clock()
    made = replace(engine.spec(audience={"topic": topic}, lane="urgent", sms=True), ladder=ladder)
    plan = launch(made, plan_id=time_ordered_id(now), now=now, wiring=wiring())
    for _ in range(20):
        step(driver, "ExpandUrgent", "DeliverUrgent")
        driver.platform.clock.advance(5)
    assert engine.outcome(plan).sent == 3
    swept(driver)
    driver.settle()
    assert (engine.outcome(plan).status, engine.outcome(plan).sent) == ("sent", 4)


def notified(driver: LocalDriver) -> None:
    """One to browsers and the app; a browser has gone."""
    topic, browser = on_all_devices(driver)
    now, words = wiring().clock(), Words(subject="Danger", push="Leave now.")
    made = replace(
        engine.spec(audience={"topic": topic}, lane="urgent"),
        renditions=(compile_push(words, language="en", links=None, settings=wiring().settings),),
    )
    plan = launch(made, plan_id=time_ordered_id(now), now=now, wiring=wiring())
    driver.settle()
    found = engine.outcome(plan)
    assert (found.sent, found.failed) == (2, 1)
    assert [one["urgent"] for one in browser.shown] == [True]


def handed_over(audience: Mapping[str, Any]) -> str:
    """An urgent plan on both channels, launched and not yet expanded; its id."""
    now = wiring().clock()
    made = engine.spec(audience=dict(audience), lane="urgent", sms=True)
    return launch(made, plan_id=time_ordered_id(now), now=now, wiring=wiring())


def sent(plan_id: str) -> None:
    """Both people were sent to."""
    found = engine.outcome(plan_id)
    assert (found.status, found.sent) == ("sent", 2)


def throttled(driver: LocalDriver, audience: Mapping[str, Any], address: str) -> str:
    """The provider throttles one call, and suspends the account for another; a counter is wrong."""
    for code in ("TooManyRequestsException", "AccountSuspendedException"):
        driver.platform.faults.add("sesv2", "SendBulkEmail", refuse(code))
    plan = handed_over(audience)
    miscounted(driver, plan, address)
    driver.settle()
    sent(plan)
    return plan


def late(driver: LocalDriver, audience: Mapping[str, Any]) -> None:
    """Its workers start only when what was read is older than the horizon."""
    plan = handed_over(audience)
    step(driver, "ExpandUrgent")
    driver.platform.clock.advance(LATE_S)
    driver.settle()
    sent(plan)


def lost(driver: LocalDriver, audience: Mapping[str, Any]) -> None:
    """Its messages vanish; the sweep sends them again."""
    plan = handed_over(audience)
    swept(driver)
    step(driver, "ExpandUrgent")
    swept(driver)
    driver.settle()
    sent(plan)


def doubted(driver: LocalDriver, audience: Mapping[str, Any]) -> None:
    """A worker dies before its call: nobody knows, so it is made again."""
    driver.platform.faults.add("sesv2", "SendBulkEmail", crash())
    plan = handed_over(audience)
    step(driver, "ExpandUrgent", "DeliverUrgent")
    swept(driver)
    driver.settle()
    sent(plan)
