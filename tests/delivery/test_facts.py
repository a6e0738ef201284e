"""Facts: each message of a plan once, in order, with its version and what became of it."""

from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import wiring
from chalicelib.delivery.facts import Fact, facts
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, settle


def told(plan_id: str, *, after: str = "") -> list[Fact]:
    return [fact for shard in range(SHARDS) for fact in facts(plan_id, shard, after=after, wiring=wiring())]


def test_each_message_is_told_once_in_order(platform: Platform) -> None:
    people = [person(n, channels=("email", "sms") if n == 0 else ("email",)) for n in range(5)]
    plan_id = plan(sms=True)
    settle(platform)
    found = told(plan_id)
    wanted = [(one.id, "email") for one in people] + [(people[0].id, "sms")]
    assert [(one.subscriber_id, one.channel) for one in found] == sorted(wanted)
    assert {one.state for one in found} == {"sent"}
    assert all(one.language == "en" and not one.variant for one in found)
    now = wiring().clock().timestamp()
    assert all(now - 900 < one.taken_at <= now for one in found)


def test_one_goes_on_behind_a_person(platform: Platform) -> None:
    person(0, channels=("email", "sms"))
    plan_id = plan(sms=True)
    settle(platform)
    first, *others = told(plan_id)
    assert [one.subscriber_id for one in others] == [first.subscriber_id]
    assert told(plan_id, after=first.subscriber_id) == []
