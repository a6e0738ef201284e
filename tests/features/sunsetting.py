"""People who have long been silent, and the policy that asks them: for its tests and for the tour."""

import re
from dataclasses import replace
from typing import Any

from chalicelib.campaigns.sunset.tables import PolicyItem, RoundItem
from chalicelib.core.dynamo import marshal
from chalicelib.core.ids import SHARDS, sharded
from chalicelib.core.wiring import wiring
from chalicelib.subscribers import habits
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import HABITS
from tests.features import acting
from tests.features.driver import Message
from tests.features.local import LocalDriver

DAY_S = 86_400
POLICY = {"active": True, "silent_days": 90, "messages": 5, "answer_days": 14}
OFF = {**POLICY, "active": False}
ANSWERED = 18
"""Days after which the time to answer is over, since a day after the question."""

SUBJECT = "Do you still want mail"


def sunsets(driver: LocalDriver) -> None:
    """A round that lets somebody go, who comes back; another one that is called off."""
    clear()
    roads = acting.topic(driver)
    silent, no = resident(driver, roads), resident(driver, roads)
    acting.api(driver, "POST", "/v1/sunset/count", {})
    acting.api(driver, "PUT", "/v1/sunset", POLICY)
    run(driver)
    run(driver, days=1)
    ask = question_in(questions(driver, no)[0])
    assert driver.request("POST", ask, form={"answer": "no"}).status == 200
    assert run(driver, days=ANSWERED)["rounds"][0]["let_go"] == 1
    ask = question_in(questions(driver, silent)[0])
    assert driver.request("GET", ask).status == 200
    assert driver.request("POST", ask, form={"answer": "yes"}).status == 200
    run(driver, days=12)
    acting.api(driver, "PUT", "/v1/sunset", OFF)
    assert run(driver)["rounds"][0]["state"] == "called-off"


def clear() -> None:
    """As if there had never been a policy, nor anything learned of anybody."""
    dynamodb, name = wiring().dynamodb, wiring().settings.table("subscriptions")
    for shard in range(SHARDS):
        for one in list(habits.every(dynamodb, shard)):
            key = marshal({"topic_shard": sharded(HABITS, shard), "subscriber_id": one.subscriber_id})
            dynamodb.delete_item(TableName=name, Key=key)
    for item in [
        *RoundItem.scan(RoundItem.id.startswith("round#")),
        *PolicyItem.scan(PolicyItem.id == "policy"),
    ]:
        item.delete()


def today(driver: LocalDriver) -> int:
    """The day of the platform's clock, counted from 1970."""
    return int(driver.platform.clock().timestamp()) // DAY_S


def resident(driver: LocalDriver, topic: str, **learned: Any) -> str:
    """The address of somebody of whom something was learned: silence, unless more is told."""
    address = acting.sign_up(driver, [topic])
    fall_silent(driver, address, **learned)
    return address


def fall_silent(driver: LocalDriver, address: str, **learned: Any) -> None:
    """Something is learned of somebody: silence, unless more is told."""
    day = today(driver)
    found = {"sent": {"email": day - 3}, "unread": {"email": 8}, **learned}
    learn(Habit(id_of(driver, address), since=day - 400, day=day, **found))


def let_go(driver: LocalDriver, address: str) -> None:
    """Somebody falls silent, and does not answer; then the policy is switched off."""
    fall_silent(driver, address)
    acting.api(driver, "PUT", "/v1/sunset", POLICY)
    run(driver)
    run(driver, days=1)
    assert run(driver, days=ANSWERED)["rounds"][0]["let_go"] == 1
    acting.api(driver, "PUT", "/v1/sunset", OFF)


def learn(habit: Habit) -> None:
    """Has something learned of a person, over what was."""
    before = habits.habits_of(wiring().dynamodb, [habit.subscriber_id], consistent=True)
    version = before[habit.subscriber_id].version if before else 0
    assert habits.write([replace(habit, version=version)], wiring=wiring()) == []


def id_of(driver: LocalDriver, address: str) -> str:
    """Whose address it is."""
    body = {"channel": "email", "address": address}
    return str(acting.api(driver, "POST", "/v1/subscribers/lookup", body)["id"])


def run(driver: LocalDriver, *, days: float = 0) -> dict[str, Any]:
    """Lets days pass, and the policy do what is due; how it stands then."""
    driver.pass_time(days * DAY_S)
    driver.platform.fire("sunset")
    driver.settle()
    return dict(acting.api(driver, "GET", "/v1/sunset"))


def questions(driver: LocalDriver, address: str) -> list[Message]:
    """The mails that asked somebody."""
    return [one for one in acting.messages(driver, address) if one.subject.startswith(SUBJECT)]


def question_in(mail: Message) -> str:
    """The link of a mail that asks."""
    found = re.search(r"https?://\S+/stay/[^\s)]+", mail.text)
    assert found is not None
    return found[0]


def history(driver: LocalDriver, address: str) -> list[dict[str, Any]]:
    """What became of somebody's consent, the newest first."""
    items = acting.api(driver, "GET", f"/v1/subscribers/{id_of(driver, address)}/history")["items"]
    return [one["consent"] for one in items if one["kind"] == "consent"]
