"""Closing recounts: counters, deliveries and receipts agree, whatever comes doubled, late or wrong."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.dynamo import marshal, transact, unmarshal
from chalicelib.core.ids import shard_of, time_ordered_id
from chalicelib.delivery import counters, evidence, recount
from chalicelib.delivery.control import extend
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import flag
from chalicelib.delivery.launch import Addressee, launch, send_to, wake
from chalicelib.delivery.plan import CHANNEL_CHUNKS, Wave, chunk_counts, moved_counts
from chalicelib.delivery.plans import plans
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.recount import added, fingerprint, roots_of, shards_of
from chalicelib.delivery.settle import failed_after_sent, settled_sent
from infra.aws.faults import Fault, crash, refuse
from infra.platform.platform import Platform
from tests.delivery import harness
from tests.delivery.engine import falsify, outcome, person, plan, run, spec, world
from tests.delivery.harness import Made, watched

FLAGS = ("delivered", "delayed", "bounced", "complained")
SENT, FAILED = "email|sent", "email|failed"


def items(name: str) -> Iterator[dict[str, Any]]:
    """All items of a table."""
    answer = world().dynamodb.scan(TableName=world().settings.table(name))
    yield from (unmarshal(item) for item in answer["Items"])


def people(plan_id: str) -> Counter[str]:
    """What the people counters of a plan must say, by its deliveries."""
    found: Counter[str] = Counter()
    for one in items("deliveries"):
        channel = one["subscriber_channel"].partition("#")[2]
        if one["plan_id"] == plan_id:
            found.update(f"{channel}#{name}" for name in FLAGS if f"{name}_at" in one)
    return found


def agree(plan_id: str) -> None:
    """Counters and deliveries say the same, slot by slot, and the plan's equation holds."""
    read = counters.read(plan_id, wiring=world())
    counted = {name: n for name, n in read.items() if n and name.rpartition("#")[2] in FLAGS}
    assert counted == people(plan_id)
    found = outcome(plan_id)
    assert found.waiting == 0
    assert found.closed_at


def mended(caplog: pytest.LogCaptureFixture) -> int:
    """How many counters were set right."""
    return sum("recount-mended" in one.getMessage() for one in caplog.records)


def ref(plan_id: str, subscriber_id: str, channel: str = "email") -> DeliveryRef:
    return DeliveryRef(plan_id, subscriber_id, channel)


def miscount(plan_id: str, part: str, counts: dict[str, int]) -> None:
    transact(world().dynamodb, [plans(world()).add(plan_id, part, counts, expires_at=1)])


def test_a_plan_that_is_right_closes_without_a_word(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(5):
        person(number, channels=("email", "sms") if number < 2 else ("email",))
    plan_id = plan(sms=True)
    run(platform)
    agree(plan_id)
    assert outcome(plan_id).sent == 7
    assert not mended(caplog)
    assert not any(one["part"].startswith("recount#") for one in items("plans"))


@pytest.mark.parametrize("counter", ["email#delivered", "email#complained", "email#bounced"])
@pytest.mark.parametrize("amount", [1, -1, 4])
def test_a_wrong_counter_is_set_right(
    platform: Platform, caplog: pytest.LogCaptureFixture, counter: str, amount: int
) -> None:
    ids = [person(number).id for number in range(4)]
    plan_id = plan()
    falsify(plan_id, ids[0], counter, amount)
    run(platform)
    agree(plan_id)
    assert mended(caplog) == 1
    run(platform, sweeps=1)
    assert mended(caplog) == 1


@pytest.mark.parametrize("part", [chunk_counts(0), chunk_counts(5), "moved"])
def test_wrong_outcomes_are_set_right(
    platform: Platform, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    one = person(1)
    plan_id = plan()
    miscount(plan_id, moved_counts(shard_of(one.id)) if part == "moved" else part, {SENT: -1, FAILED: 1})
    run(platform)
    agree(plan_id)
    assert (outcome(plan_id).sent, outcome(plan_id).failed) == (1, 0)
    assert mended(caplog) == 2


def test_what_reports_moved_is_counted_with_it(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is known of four: one was sent, one sent and then refused, one refused."""
    made = [person(number).id for number in range(4)]
    platform.faults.add("sesv2", "SendBulkEmail", crash())
    plan_id, now = plan(), world().clock()
    run(platform)
    platform.clock.advance(20 * 60)
    platform.fire("sweep")
    assert outcome(plan_id).unknown == 4
    for one in made[:2]:
        assert settled_sent(ref(plan_id, one), at=now, wiring=world())
    for one in made[1:3]:
        assert failed_after_sent(ref(plan_id, one), reason="rejected", at=now, wiring=world())
    run(platform)
    found = outcome(plan_id)
    assert (found.sent, found.failed, found.unknown, bool(found.closed_at)) == (1, 2, 1, True)
    assert not mended(caplog)


@pytest.mark.parametrize(("times", "counted"), [(1, 2), (99, 4)])
def test_a_slot_that_moves_is_counted_again_and_then_left(
    platform: Platform,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    counted: int,
) -> None:
    one = person(1).id
    plan_id, real = plan(), evidence.flags
    seen: list[Any] = []

    def moving(*of: Any, **more: Any) -> evidence.Flags:
        """Something is reported since the counters were read."""
        seen.append(of)
        if len(seen) <= times:
            at = world().clock()
            flag(
                ref(plan_id, one), ("complained", "bounced", "delayed")[len(seen) % 3], at=at, wiring=world()
            )
        return real(*of, **more)

    monkeypatch.setattr(evidence, "flags", moving)
    run(platform)
    assert outcome(plan_id).closed_at
    assert len(seen) == counted
    assert not mended(caplog)
    assert counters.read(plan_id, wiring=world())["email#bounced"] == 1


def test_a_counter_that_moves_at_the_last_moment_is_left(
    platform: Platform, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person(1).id
    plan_id, real = plan(), counters.mend
    falsify(plan_id, one, "email#complained", 3)

    def late(*of: Any, **more: Any) -> bool:
        flag(ref(plan_id, one), "complained", at=world().clock(), wiring=world(), event_id="1")
        return real(*of, **more)

    monkeypatch.setattr(counters, "mend", late)
    run(platform)
    assert outcome(plan_id).closed_at
    assert not mended(caplog)


def test_a_large_plan_is_recounted_in_beats(
    platform: Platform, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "AT_ONCE", 2)
    monkeypatch.setattr(evidence, "PAGE", 2)
    monkeypatch.setattr(evidence, "KEYS", 1)
    platform.account.max_send_rate = 2
    ids = [person(number, channels=("email", "sms")).id for number in range(12)]
    plan_id = plan(sms=True)
    falsify(plan_id, ids[3], "email#delivered", 2)
    miscount(plan_id, chunk_counts(0), {SENT: -1, FAILED: 1})
    run(platform)
    agree(plan_id)
    assert mended(caplog) == 3
    assert outcome(plan_id).sent == 24
    (kept,) = [one for one in items("plans") if one["part"] == "recount#02"]
    assert kept["wave"] in (0, 1)
    person(99)
    assert extend(plan_id, now=world().clock(), wiring=world())
    falsify(plan_id, ids[3], "email#delivered", 2)
    run(platform)
    agree(plan_id)
    assert mended(caplog) == 4
    assert outcome(plan_id).sent == 25


def test_a_wave_that_was_not_stopped_stops_once_the_plan_is_closed(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between closing the plan and stopping its last pulse."""
    monkeypatch.setattr(recount, "AT_ONCE", 1)
    person(1, channels=("email", "sms"))
    plan_id = plan(sms=True)
    run(platform)
    (kept,) = [one for one in items("plans") if one["part"] == "recount#02"]
    world().dynamodb.update_item(
        TableName=world().settings.table("plans"),
        Key=marshal({"plan_id": plan_id, "part": f"pulse#{1 - kept['wave']:02d}"}),
        UpdateExpression="SET #open = :lane, due_at = :now",
        ExpressionAttributeNames={"#open": "open"},
        ExpressionAttributeValues=marshal({":lane": "bulk", ":now": 1}),
    )
    wake(plans(world()).head(plan_id), delay_s=0, wiring=world())
    run(platform)
    assert not pulses(world()).open_of(plan_id)


def test_plans_of_known_people_are_not_recounted(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    now = world().clock()
    one = Addressee("0" * 32, "email", "ann@city.example", "Ann", "en")
    plan_id = send_to([one], spec(), plan_id=time_ordered_id(now), now=now, wiring=world())
    falsify(plan_id, one.recipient_id, "email#complained", 3)
    run(platform)
    assert outcome(plan_id).closed_at
    assert counters.read(plan_id, wiring=world())["email#complained"] == 3
    assert not mended(caplog)


def test_deliveries_that_are_about_to_expire_are_no_measure(
    platform: Platform, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person(1).id
    plan_id = plan()
    falsify(plan_id, one, "email#complained", 3)
    monkeypatch.setattr(recount, "KEPT_LONGER", timedelta(days=20_000))
    run(platform)
    assert outcome(plan_id).closed_at
    assert not mended(caplog)


def test_outcomes_that_cannot_all_be_found_are_no_measure(
    platform: Platform, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(1)
    plan_id = plan()
    miscount(plan_id, chunk_counts(0), {SENT: -1, FAILED: 1})
    monkeypatch.setattr(evidence, "_settled", lambda *_, **__: {})
    run(platform)
    assert outcome(plan_id).closed_at
    assert not mended(caplog)


def test_those_tried_again_are_counted_once(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(6):
        person(number)
    faults = platform.faults
    faults.add("sesv2", "SendBulkEmail", refuse("MessageRejected"))
    faults.add("sesv2", "SendBulkEmail", refuse("TooManyRequestsException", status=429))
    plan_id = plan()
    run(platform, sweeps=2)
    agree(plan_id)
    assert not faults.left
    assert not mended(caplog)


def begun(platform: Platform) -> str:
    """A plan that is sent but not closed, with a counter and an outcome that are wrong."""
    harness.scene(platform)
    now = world().clock()
    plan_id = launch(harness.small_plan(), plan_id=time_ordered_id(now), now=now, wiring=world())
    while outcome(plan_id).waiting or not outcome(plan_id).planned:
        if not platform.drain_once():
            platform.clock.advance(0.5)
    first = f"{harness.PEOPLE[0][0]}{0:030x}"
    falsify(plan_id, first, "email#complained", 3)
    miscount(plan_id, chunk_counts(1), {SENT: -1, FAILED: 1})
    return plan_id


@pytest.mark.parametrize(
    "done", [pytest.param(False, id="before", marks=pytest.mark.soak), pytest.param(True, id="after")]
)
def test_a_crash_at_any_write_of_a_recount(
    stage: Platform, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    monkeypatch.setattr(recount, "AT_ONCE", 3)
    calls: list[Made] = []
    plan_id = begun(stage)
    with watched(stage, calls.append):
        harness.rest(stage)
    agree(plan_id)
    assert mended(caplog) == 3
    own = [n for n, call in enumerate(calls) if call.function == "ExpandBulk" and call.writes]
    assert len(own) > 8, own
    for place in own:
        plan_id, count = begun(stage), -1

        def on_call(_call: Made, place: int = place) -> Fault | None:
            nonlocal count
            count += 1
            return crash(done=done) if count == place else None

        with watched(stage, on_call):
            harness.rest(stage)
        harness.recover(stage, plan_id)
        agree(plan_id)
        assert not pulses(world()).open_of(plan_id), f"call {place}"
        assert (outcome(plan_id).sent, outcome(plan_id).failed) == (harness.MESSAGES, 0), f"call {place}"


@pytest.mark.parametrize("seed", range(4))
def test_events_doubled_shuffled_and_late_leave_all_in_agreement(
    stage: Platform, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Before, while and after it is recounted: nothing that is right is ever mended."""
    chance, real = random.Random(seed), evidence.flags
    harness.scene(stage)
    now = world().clock()
    plan_id = launch(harness.small_plan(), plan_id=time_ordered_id(now), now=now, wiring=world())
    ids = [f"{start}{number:030x}" for number, (start, _) in enumerate(harness.PEOPLE)]
    events = [(one, name) for one in ids for name in FLAGS for _ in range(chance.randrange(3))] * 2
    chance.shuffle(events)

    def some(number: int) -> None:
        for _ in range(min(number, len(events))):
            one, name = events.pop()
            at = now + timedelta(seconds=chance.randrange(600))
            flag(ref(plan_id, one), name, at=at, wiring=world())

    def disturbed(*of: Any, **more: Any) -> evidence.Flags:
        some(chance.randrange(3))
        found = real(*of, **more)
        some(chance.randrange(3))
        return found

    monkeypatch.setattr(evidence, "flags", disturbed)
    while not outcome(plan_id).closed_at:
        some(chance.randrange(4))
        if not stage.drain_once():
            stage.clock.advance(1)
    some(len(events))
    harness.rest(stage)
    agree(plan_id)
    assert not mended(caplog)


WAVES = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=3)


@given(WAVES)
def test_each_shard_that_was_reached_is_in_one_slot(reached: Sequence[int]) -> None:
    waves = [Wave(number=n, channel="email", reached=bits) for n, bits in enumerate(reached)]
    found = [shard for slot in range(counters.SLOTS) for shard in shards_of(slot, waves)]
    assert len(set(found)) == len(found)
    assert {1 << shard for shard in found} == {1 << n for n in range(64) if any(b >> n & 1 for b in reached)}


def test_chunks_are_counted_over_all_waves_of_a_channel() -> None:
    waves = [Wave(0, "email", next_chunk=2), Wave(1, "sms"), Wave(2, "email", next_chunk=3)]
    assert roots_of(["email", "sms"], waves) == ["00000000", "00000001", "00000002"]
    assert roots_of(["email", "sms"], [Wave(0, "sms", next_chunk=1)]) == [f"{CHANNEL_CHUNKS:08d}"]


COUNTS = st.dictionaries(st.sampled_from("abc"), st.integers(-2, 2))


@given(COUNTS, COUNTS)
def test_counts_that_are_the_same_have_the_same_fingerprint(one: dict[str, int], two: dict[str, int]) -> None:
    same = all(one.get(name, 0) == two.get(name, 0) for name in "abc")
    assert (fingerprint(one) == fingerprint(two)) is same
    assert added(one, two) == added(two, one)
