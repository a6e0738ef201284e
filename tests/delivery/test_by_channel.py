"""Whoever got an earlier message gets the next on the same channels, and a count says so before."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.ids import SHARDS, time_ordered_id
from chalicelib.delivery.audience import on_channel
from chalicelib.delivery.by_channel import differs, people
from chalicelib.delivery.counting import Tally, walk
from chalicelib.delivery.daylight import Daylight
from chalicelib.delivery.launch import launch
from chalicelib.delivery.reading import TableReading
from chalicelib.subscribers.unsubscribe import unsubscribe
from infra.aws.faults import entries
from infra.platform.platform import Platform
from tests.delivery.engine import ROADS, addressed, outcome, person, plan, run, spec, world

BOTH = ("email", "sms")


def reached_by(plan_id: str, state: str = "sent") -> dict[str, Any]:
    return {"deliveries": {"plan": plan_id, "state": state, "channel": "same"}}


def counted(audience: dict[str, Any], *, scope: str) -> Tally:
    tally, noon = Tally("seed"), Daylight((0, 24), datetime(2026, 11, 22, 12, tzinfo=UTC))
    reading = TableReading(world())
    walk(tally, audience, channels=BOTH, scope=scope, light=noon, reading=reading, enough=lambda _: False)
    return tally


def alert(audience: dict[str, Any]) -> str:
    now = world().clock()
    made = replace(spec(audience=audience, sms=True, lane="urgent"), scope="emergency")
    return launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())


@pytest.mark.parametrize(
    ("expression", "on_email"),
    [
        (ROADS, ROADS),
        (
            {"except": [ROADS, reached_by("p")]},
            {"except": [ROADS, {"deliveries": {"plan": "p", "state": "sent", "channel": "email"}}]},
        ),
    ],
)
def test_an_expression_as_one_channel_reads_it(expression: dict[str, Any], on_email: dict[str, Any]) -> None:
    assert on_channel(expression, "email") == on_email
    assert differs(expression) == (expression != on_email)
    assert not differs(on_email)


def test_a_follow_up_reaches_each_on_the_channels_of_the_first(platform: Platform) -> None:
    both, mail, text = person(1, channels=BOTH), person(2, channels=("email",)), person(3, channels=("sms",))
    first = plan(sms=True)
    run(platform)
    everywhere = person(4, channels=BOTH)  # came after the first
    platform.outbox.clear()
    audience = {"any": [reached_by(first), reached_by(first, "unknown")]}
    tally = counted(audience, scope="newsletter")
    assert (tally.people, tally.messages) == (3, {"email": {"en": 2}, "sms": {"en": 2}})
    second = plan(audience=audience, sms=True)
    run(platform)
    expected = [address.address for who in (both,) for address in who.addresses.values()]
    expected += [mail.addresses["email"].address, text.addresses["sms"].address]
    assert addressed(platform) == dict.fromkeys(expected, 1)
    assert everywhere.addresses["email"].address not in addressed(platform)
    assert outcome(second).planned == 4


def test_who_was_alerted_is_told_what_became_of_it_where_they_were_alerted(platform: Platform) -> None:
    """On the same channels, whatever they subscribe to by now; a newcomer gets it as they chose."""
    both, mail = person(1, channels=BOTH), person(2, channels=("email",))
    first = alert(ROADS)
    run(platform)
    newcomer = person(3, topics=("parks",), channels=("sms",))
    for one in (both, mail):
        unsubscribe(one.id, "email", None, source="page", wording=None, now=world().clock(), wiring=world())
    platform.outbox.clear()
    audience = {"any": [reached_by(first, "handed"), {"topic": "parks"}]}
    tally = counted(audience, scope="emergency")
    assert (tally.people, tally.messages) == (3, {"email": {"en": 2}, "sms": {"en": 2}})
    second = alert(audience)
    run(platform)
    expected = [address.address for address in both.addresses.values()]
    expected += [mail.addresses["email"].address, newcomer.addresses["sms"].address]
    assert addressed(platform) == dict.fromkeys(expected, 1)
    assert outcome(second).planned == 4


def test_whom_the_first_failed_to_reach_is_left_out(platform: Platform) -> None:
    platform.world.faults.add("sesv2", "SendBulkEmail", entries({0: "MESSAGE_REJECTED"}))
    person(1, channels=BOTH)
    first = plan(sms=True)
    run(platform)
    found = [
        (match.subscriber_id, list(ways))
        for shard in range(SHARDS)
        for match, ways in people(reached_by(first), BOTH, TableReading(world()), shard=shard, after=None)
    ]
    assert [ways for _, ways in found] == [["sms"]]
