"""Who was written to, by what became of it: as the plan's own counts say, in shards and for known people."""

import pytest

from chalicelib.core.dynamo import marshal
from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import wiring
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.deliveries import key
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.nodes import Written
from chalicelib.delivery.settle import failed_after_sent, settled_sent
from chalicelib.delivery.written import STATES, Deliveries
from chalicelib.subscribers.model import Person
from infra.aws.faults import entries
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, plan, settle
from tests.delivery.reading import judged

BOTH = ("email", "sms")


class Stage:
    """Six people, one of them on both channels, and a plan that was sent to all."""

    def __init__(self, platform: Platform) -> None:
        self.people = [person(n, channels=BOTH if n == 0 else ("email",)) for n in range(6)]
        self.plan = plan(sms=True)
        settle(platform)

    def ref(self, who: Person, channel: str = "email") -> DeliveryRef:
        return DeliveryRef(self.plan, who.id, channel)

    def set_unknown(self, who: Person) -> None:
        wiring().dynamodb.update_item(
            TableName=wiring().settings.table("deliveries"),
            Key=marshal(key(self.plan, who.id, "email")),
            UpdateExpression="SET unknown_at = :at",
            ExpressionAttributeValues=marshal({":at": "2026-11-22T06:00:00.000Z"}),
        )

    def among(self, state: str, channel: str = "", link: int | None = None, **band: int | None) -> set[str]:
        """By both ways of asking, which agree."""
        to = Written(self.plan, state, channel, link, **band)
        ids = [one.id for one in self.people]
        found = Deliveries(wiring()).among(to, ids)
        streamed = [one for shard in range(SHARDS) for one in Deliveries(wiring()).stream(to, shard, None)]
        assert streamed == sorted(found)
        return found


@pytest.fixture
def stage(platform: Platform) -> Stage:
    return Stage(platform)


def test_each_state_is_told_apart(stage: Stage) -> None:
    now, world = wiring().clock(), wiring()
    everyone = {one.id for one in stage.people}
    a, b, c, d, *_ = stage.people
    assert stage.among("any") == stage.among("sent") == everyone
    assert stage.among("sent", "sms") == stage.among("any", "sms") == {a.id}
    judged(stage.ref(a), {"clicked_at": "x", "clicked_2_at": "x"}, wiring=world)
    failed_after_sent(stage.ref(b), reason="rejected", at=now, wiring=world)
    stage.set_unknown(c)
    stage.set_unknown(d)
    settled_sent(stage.ref(d), at=now, wiring=world)
    assert stage.among("clicked") == stage.among("clicked", link=2) == {a.id}
    assert stage.among("clicked", "sms") == stage.among("clicked", link=3) == stage.among("opened") == set()
    assert stage.among("failed") == {b.id}
    assert stage.among("delivered") == everyone  # the local SES reports it of every mail
    assert stage.among("delivered", "sms") == set()
    assert stage.among("unknown") == {c.id}
    assert stage.among("sent") == everyone - {b.id, c.id}
    assert stage.among("any") == everyone
    assert stage.among("failed", "sms") == set()


def test_who_may_have_got_it_is_whom_it_was_handed_to_or_stands_in_doubt(stage: Stage) -> None:
    everyone = {one.id for one in stage.people}
    failed, doubted, *_ = stage.people
    failed_after_sent(stage.ref(failed), reason="rejected", at=wiring().clock(), wiring=wiring())
    stage.set_unknown(doubted)
    assert stage.among("handed", "email") == everyone - {failed.id}


def test_a_band_of_time_is_half_open_and_what_was_never_timed_is_in_the_first(stage: Stage) -> None:
    a, b, *rest = stage.people
    for one, taken_at in ((a, 100), (b, 200)):
        _set_taken(stage, one, taken_at)
    for one in rest:
        _set_taken(stage, one, None)
    everyone = {one.id for one in stage.people}
    bands = [(None, 100), (100, 200), (200, None)]
    found = [stage.among("handed", "email", since=since, until=until) for since, until in bands]
    assert found == [everyone - {a.id, b.id}, {a.id}, {b.id}]


def _set_taken(stage: Stage, who: Person, at: int | None) -> None:
    wiring().dynamodb.update_item(
        TableName=wiring().settings.table("deliveries"),
        Key=marshal(key(stage.plan, who.id, "email")),
        **(
            {"UpdateExpression": "REMOVE taken_at"}
            if at is None
            else {
                "UpdateExpression": "SET taken_at = :at",
                "ExpressionAttributeValues": marshal({":at": at}),
            }
        ),
    )


def test_what_the_provider_refused_has_failed(platform: Platform) -> None:
    platform.world.faults.add("sesv2", "SendBulkEmail", entries({2: "INVALID_PARAMETER"}))
    stage = Stage(platform)
    progress = outcome(stage.plan)
    assert len(stage.among("failed")) == progress.failed == 1
    assert len(stage.among("sent", "email")) == progress.by_channel["email"].sent == 5


def test_a_stream_begins_anywhere_and_reads_each_chunk_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.delivery.deliveries.PAGE", 1)
    read: list[str] = []
    deliveries, kept = Deliveries(wiring()), chunks(wiring())
    results = kept.results

    def noted(plan_id: str, name: str, **how: bool) -> dict[str, str]:
        read.append(name)
        return results(plan_id, name, **how)

    monkeypatch.setattr(kept, "results", noted)
    to = Written(stage.plan, "sent")
    for shard in range(SHARDS):
        whole = list(deliveries.stream(to, shard, None))
        for n, one in enumerate(whole):
            assert list(deliveries.stream(to, shard, one)) == whole[n + 1 :]
    assert len(read) == len(set(read))
    assert deliveries.count > 0


def test_a_chunk_that_is_not_settled_is_asked_again(stage: Stage) -> None:
    assert stage.among("sent")
    assert chunks(wiring()).results(stage.plan, "09999999") == {}


def test_every_state_is_offered() -> None:
    assert len(set(STATES)) == len(STATES) == 9
