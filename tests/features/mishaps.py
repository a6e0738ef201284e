"""Mishaps: what functions do only when messages vanish, the provider refuses, or a worker dies."""

from datetime import timedelta

from chalicelib.core.clock import rfc3339
from infra.aws.faults import crash, refuse
from tests.delivery.engine import falsify, world
from tests.features import acting
from tests.features.driver import BROWSER
from tests.features.local import LocalDriver
from tests.features.tour import LONG_S, launched, step


def mishaps(driver: LocalDriver) -> None:
    """All of them."""
    lost_messages(driver)
    refusals(driver)
    crashes(driver)
    miscounts(driver)
    half_forgotten(driver)
    clocks_off(driver)


def lost_messages(driver: LocalDriver) -> None:
    """The messages of the engine's queues vanish; the sweep sends them again, and everything leaves."""
    roads = acting.topic(driver)
    address = acting.email()
    acting.ask_to_sign_up(driver, [roads], to_email=address)
    step(driver, "Requests")
    swept(driver)
    driver.settle()
    assert driver.request("POST", acting.link_in(acting.last(driver, address)), form={}).status == 200
    campaign = launched(driver, {"topic": roads})
    swept(driver)
    step(driver, "ExpandBulk")
    swept(driver)
    driver.settle()
    assert acting.report(driver, campaign)["sent"] == 1


def swept(driver: LocalDriver) -> None:
    """All messages vanish, and much later the sweep comes round."""
    driver.platform.world.sqs.clear()
    driver.platform.clock.advance(LONG_S)
    driver.sweep()


def refusals(driver: LocalDriver) -> None:
    """The provider pauses the account: both lanes halt, and go on by themselves."""
    roads = acting.topic(driver)
    faults = driver.platform.faults
    faults.add("sesv2", "SendBulkEmail", refuse("AccountSuspendedException"))
    address = acting.sign_up(driver, [roads])
    faults.add("sesv2", "SendBulkEmail", refuse("TooManyRequestsException", status=429))
    faults.add("sesv2", "SendBulkEmail", refuse("AccountSuspendedException"))
    campaign = acting.send(driver, [roads])
    assert acting.report(driver, campaign)["sent"] == 1
    assert "Main Street" in acting.last(driver, address).subject
    assert not faults.left


def crashes(driver: LocalDriver) -> None:
    """Workers die after the provider took their mail; the sweep settles, and late receipts set it right."""
    roads = acting.topic(driver)
    people = [acting.sign_up(driver, [roads]) for _ in range(2)]
    driver.platform.faults.add("sesv2", "SendBulkEmail", crash(done=True))
    campaign = launched(driver, {"topic": roads})
    step(driver, "ExpandBulk", "DeliverBulk")
    swept(driver)
    assert acting.report(driver, campaign)["unknown"] == 2
    driver.ses_event("Send", acting.last(driver, people[0]))
    driver.ses_event("RenderingFailure", acting.last(driver, people[1]))
    driver.settle()
    found = acting.report(driver, campaign)
    assert (found["sent"], found["failed"], found["unknown"]) == (1, 1, 0)


def miscounts(driver: LocalDriver) -> None:
    """A counter says what nobody did; when its send closes, it is set right."""
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    campaign = launched(driver, {"topic": roads})
    plan_id = acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["plan_id"]
    miscounted(driver, plan_id, address)
    driver.settle()
    assert acting.report(driver, campaign)["complained"] == 0


def half_forgotten(driver: LocalDriver) -> None:
    """The tables fail when somebody asks to be forgotten; the worker does it, and waits for a paused send."""
    roads = acting.topic(driver)
    asked = {"channel": "email", "address": acting.sign_up(driver, [roads])}
    campaign = launched(driver, {"topic": roads})
    step(driver, "ExpandBulk")
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/pause")
    path = f"/v1/subscribers/{acting.api(driver, 'POST', '/v1/subscribers/lookup', asked)['id']}/forget"
    driver.platform.faults.add(
        "dynamodb", "TransactWriteItems", refuse("InternalServerError", status=500), times=6
    )
    reason = {"reason": "asked"}
    assert driver.request("POST", path, key=driver.admin_key, json=reason).status == 500
    driver.platform.faults.clear()
    driver.pass_time(LONG_S)
    step(driver, "Erasures")
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/resume")
    driver.settle()
    assert acting.report(driver, campaign)["cancelled"] == 1


def clocks_off(driver: LocalDriver) -> None:
    """A reader's click comes from a clock ahead, and why they leave for a message that expired since."""
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    campaign = launched(driver, {"topic": roads})
    driver.settle()
    plan_id = acting.api(driver, "GET", f"/v1/campaigns/{campaign}")["plan_id"]
    asked = {"channel": "email", "address": address}
    who = acting.api(driver, "POST", "/v1/subscribers/lookup", asked)["id"]
    message = {"plan": plan_id, "subscriber": who, "channel": "email"}
    ahead = rfc3339(driver.platform.clock() + timedelta(minutes=3))
    done = {"id": "e1", "kind": "click", "link": 0, "at": ahead, "agent": BROWSER, "signs": []}
    world().queues.send("events", {**message, **done})
    reason = {"id": "reason", "kind": "reason", "at": ahead, "reason": "other", "words": ""}
    world().queues.send("events", {**message, **reason, "subscriber": who[:2] + "0" * 30})
    driver.settle()
    found = acting.report(driver, campaign)
    assert (found["links"][0]["events"]["raw"], found["reasons"]) == (1, {})


def miscounted(driver: LocalDriver, plan_id: str, address: str) -> None:
    """Somebody is counted as having complained about a plan's mail."""
    asked = {"channel": "email", "address": address}
    falsify(plan_id, acting.api(driver, "POST", "/v1/subscribers/lookup", asked)["id"], "email#complained", 1)
