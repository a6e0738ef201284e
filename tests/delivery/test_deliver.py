"""The engine, from a launch to a closed plan, over everything that can go wrong between."""

from collections.abc import Iterator
from random import Random

import pytest

from chalicelib.delivery.control import cancel
from chalicelib.delivery.expand import expand
from chalicelib.delivery.plans import plans
from chalicelib.subscribers import people
from chalicelib.subscribers.suppressions import suppress
from chalicelib.subscribers.unsubscribe import unsubscribe
from infra.aws.faults import crash, entries, refuse, time_out
from infra.aws.sqs import Mishaps
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, plan, run, settle, world

SEND = ("sesv2", "SendBulkEmail")


@pytest.fixture
def doubling(platform: Platform, seed: int) -> Iterator[Platform]:
    """A platform whose queues deliver every message twice, in any order."""
    sqs = platform.world.sqs
    kept, sqs.mishaps = sqs.mishaps, Mishaps(double=True, shuffle=Random(seed))
    yield platform
    sqs.mishaps = kept


def test_each_gets_one_message_per_chosen_channel_in_their_language(platform: Platform) -> None:
    for number, (channels, language) in enumerate(
        [(("email",), "en"), (("email", "sms"), "es"), (("sms",), "vi"), (("email",), "fr")]
    ):
        person(number, channels=channels, language=language, topics=("roads", "parks", "water"))
    audience = {"any": [{"topic": topic} for topic in ("roads", "parks", "water")]}
    plan_id = plan(audience=audience, languages=("en", "es", "vi"), sms=True)
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.planned, found.sent) == ("sent", 5, 5)
    assert set(addressed(platform).values()) == {1}
    languages = {letter.to: (letter.subject or letter.text)[1:3] for letter in platform.outbox.letters()}
    assert languages == {
        "person0@city.example": "en",
        "person1@city.example": "es",
        "+12025550001": "es",
        "+12025550002": "vi",
        "person3@city.example": "en",
    }


def test_many_people_make_full_chunks(platform: Platform) -> None:
    for number in range(120):
        person(number)
    plan_id = plan()
    run(platform)
    assert outcome(plan_id).sent == 120
    assert len(addressed(platform)) == 120
    assert plans(world()).wave(plan_id, 0).next_chunk == 3


def test_who_is_excluded_blocked_or_unreachable_gets_nothing_and_is_counted(platform: Platform) -> None:
    person(1)
    person(2, topics=("roads", "parks"))
    suppressed = person(3)
    suppress(
        "email",
        suppressed.addresses["email"].address,
        reason="complaint",
        scope="newsletter",
        source="receipt",
        by="system",
        now=world().clock(),
        wiring=world(),
    )
    person(4, channels=("sms",))
    plan_id = plan(audience={"except": [{"topic": "roads"}, {"topic": "parks"}]})
    run(platform)
    found = outcome(plan_id)
    assert found.planned == found.sent == 1
    assert dict(found.skipped) == {"do_not_contact": 1, "no_channel": 1}


def test_who_unsubscribes_while_it_goes_out_gets_nothing_after_the_horizon(platform: Platform) -> None:
    platform.account.max_send_rate = 1
    ids = [person(number).id for number in range(40)]
    plan_id = plan()
    for _ in range(3):
        platform.drain_once()
    got = set(addressed(platform))
    leaving = [i for n, i in enumerate(ids) if f"person{n}@city.example" not in got]
    gone_at = platform.clock()
    for subscriber_id in leaving:
        unsubscribe(
            subscriber_id, "email", None, source="one-click", wording=None, now=gone_at, wiring=world()
        )
    run(platform)
    after = [x for x in platform.outbox.letters() if x.at > gone_at]
    assert len(after) <= 10, "ten seconds of the provider's rate"
    assert all((x.at - gone_at).total_seconds() <= 12.5 for x in after), "at bulk's share of it"
    assert outcome(plan_id).status == "sent"
    assert len(addressed(platform)) < 40


def test_a_chunk_older_than_its_horizon_reads_its_people_again(platform: Platform) -> None:
    stays, leaves = person(1), person(2)
    plan_id = plan()
    expand({"plan": plan_id, "wave": 0, "beat": 0}, wiring=world())
    platform.clock.advance(60)
    unsubscribe(leaves.id, "email", None, source="page", wording=None, now=platform.clock(), wiring=world())
    run(platform)
    found = outcome(plan_id)
    assert (found.planned, found.sent, found.cancelled) == (2, 1, 1)
    assert set(addressed(platform)) == {stays.addresses["email"].address}


@pytest.mark.parametrize("seed", range(4))
def test_doubled_and_shuffled_messages_change_nothing(doubling: Platform, seed: int) -> None:
    for number in range(60):
        person(number, channels=("email", "sms") if number % 3 else ("email",))
    plan_id = plan(sms=True)
    run(doubling)
    found = outcome(plan_id)
    assert (found.planned, found.sent, found.status) == (100, 100, "sent")
    assert set(addressed(doubling).values()) == {1}
    assert len(addressed(doubling)) == 100


def test_a_throttled_call_costs_nobody_their_message(platform: Platform) -> None:
    for number in range(60):
        person(number)
    platform.faults.add(*SEND, refuse("TooManyRequestsException", status=429), times=3)
    plan_id = plan()
    run(platform)
    assert outcome(plan_id).sent == 60
    assert set(addressed(platform).values()) == {1}
    assert platform.faults.left == 0


def test_only_those_refused_for_the_moment_are_tried_again(platform: Platform) -> None:
    for number in range(5):
        person(number)
    platform.faults.add(*SEND, entries({0: "TRANSIENT_FAILURE", 3: "MESSAGE_REJECTED"}))
    plan_id = plan()
    run(platform)
    found = outcome(plan_id)
    assert (found.sent, found.failed) == (4, 1)
    assert set(addressed(platform).values()) == {1}


def test_a_request_refused_whole_is_halved_until_one_stands_alone(platform: Platform) -> None:
    for number in range(8):
        person(number)
    bad = "person3@city.example"
    platform.faults.add(*SEND, refuse("BadRequestException"), times=99, when=lambda body: bad in body)
    plan_id = plan()
    run(platform)
    found = outcome(plan_id)
    assert (found.sent, found.failed, found.status) == (7, 1, "sent")
    assert bad not in addressed(platform)


def test_a_time_out_is_settled_by_the_send_events(platform: Platform) -> None:
    for number in range(10):
        person(number)
    platform.faults.add(*SEND, time_out(done=True))
    plan_id = plan()
    run(platform, sweeps=2)
    found = outcome(plan_id)
    assert (found.sent, found.unknown, found.status) == (10, 0, "sent")
    assert set(addressed(platform).values()) == {1}


def test_a_time_out_of_which_nothing_is_heard_is_unknown_and_never_resent(platform: Platform) -> None:
    for number in range(10):
        person(number)
    platform.faults.add(*SEND, time_out())
    plan_id = plan()
    run(platform, sweeps=3)
    found = outcome(plan_id)
    assert (found.sent, found.unknown, found.status) == (0, 10, "sent")
    assert not addressed(platform)


CRASHES = [
    ("before the claim", ("dynamodb", "TransactWriteItems"), crash(), 1, (10, 0)),
    ("after the claim", ("dynamodb", "TransactWriteItems"), crash(done=True), 1, (0, 10)),
    ("before the send", SEND, crash(), 0, (0, 10)),
    ("after the send", SEND, crash(done=True), 0, (10, 0)),
    ("before the record", ("dynamodb", "TransactWriteItems"), crash(), 2, (10, 0)),
    ("after the record", ("dynamodb", "TransactWriteItems"), crash(done=True), 2, (10, 0)),
]


@pytest.mark.parametrize(
    ("call", "fault", "skip", "expected"), [c[1:] for c in CRASHES], ids=[c[0] for c in CRASHES]
)
def test_a_crash_loses_nobody_and_doubles_nobody(
    platform: Platform, call: tuple[str, str], fault: object, skip: int, expected: tuple[int, int]
) -> None:
    for number in range(10):
        person(number)
    plan_id = plan()
    platform.faults.add(*call, fault, skip=skip)  # type: ignore[arg-type]
    run(platform, sweeps=3)
    found = outcome(plan_id)
    assert platform.faults.left == 0
    assert (found.sent, found.unknown) == expected
    assert found.status == "sent"
    assert set(addressed(platform).values()) <= {1}


def test_conflicting_transactions_are_tried_again(platform: Platform) -> None:
    for number in range(10):
        person(number)
    plan_id = plan()
    platform.faults.add("dynamodb", "TransactWriteItems", refuse("TransactionInProgressException"), times=2)
    run(platform)
    assert outcome(plan_id).sent == 10


def test_a_lost_message_is_sent_again_by_the_sweep(platform: Platform) -> None:
    for number in range(10):
        person(number)
    plan_id = plan()
    platform.faults.add("sqs", "SendMessageBatch", crash())
    run(platform, sweeps=3)
    found = outcome(plan_id)
    assert (found.sent, found.status) == (10, "sent")


def test_a_quota_used_up_makes_the_lane_wait(platform: Platform) -> None:
    for number in range(10):
        person(number)
    platform.faults.add(*SEND, refuse("LimitExceededException"))
    plan_id = plan()
    settle(platform, within_s=60)
    assert outcome(plan_id).waiting == 10
    run(platform, sweeps=2)
    assert outcome(plan_id).sent == 10


def test_a_broken_identity_halts_the_plan_and_fails_nobody(platform: Platform) -> None:
    for number in range(10):
        person(number)
    platform.faults.add(*SEND, refuse("MailFromDomainNotVerifiedException"))
    plan_id = plan()
    settle(platform, within_s=300)
    found = outcome(plan_id)
    assert (found.status, found.waiting, found.failed) == ("halted", 10, 0)
    assert found.reason == "MailFromDomainNotVerifiedException"


def test_cancel_stops_what_is_not_yet_claimed(platform: Platform) -> None:
    platform.account.max_send_rate = 1
    for number in range(30):
        person(number)
    plan_id = plan()
    for _ in range(3):
        platform.drain_once()
    assert cancel(plan_id, wiring=world())
    run(platform)
    found = outcome(plan_id)
    assert found.status == "cancelled"
    assert found.waiting == 0
    assert found.closed_at
    assert len(addressed(platform)) < 30
    assert not cancel(plan_id, wiring=world())


def test_mode_test_sends_nothing(platform: Platform) -> None:
    person(1)
    plan_id = plan(mode="test")
    run(platform)
    assert outcome(plan_id).sent == 1
    assert not addressed(platform)


def test_an_exercise_reaches_the_exercise_list_only(platform: Platform) -> None:
    person(1)
    drilled = person(2, topics=("roads", "list:exercise"))
    plan_id = plan(mode="exercise")
    run(platform)
    assert outcome(plan_id).sent == 1
    assert set(addressed(platform)) == {drilled.addresses["email"].address}


def test_a_removed_person_drops_out(platform: Platform) -> None:
    gone = person(1)
    plan_id = plan()
    platform.drain_once()
    people.remove(gone.id, source="api", by="staff:x", now=platform.clock(), wiring=world())
    run(platform)
    assert outcome(plan_id).status == "sent"
