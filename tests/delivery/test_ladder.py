"""Ladders: the next channel's turn, and everyone reached by one of them, once."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.control import cancel
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import flag
from chalicelib.delivery.ladder import IN_VAIN, UNLESS, Rung, before, gap_s, look_s, next_rung_at
from chalicelib.subscribers.model import Person, Wishes
from infra.aws.faults import refuse
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, run, spec, world
from tests.delivery.night import campaign, evening, letters_to, pass_hours
from tests.delivery.reading import judged
from tests.delivery.returns import HEAD

HOUR = 3_600
BOTH = ("email", "sms")
TEXT_FIRST = (Rung("sms", HOUR, "delivered"), Rung("email", 0, "delivered"))


# -- Rules


class Example(NamedTuple):
    name: str
    unless: str
    delivery: dict[str, Any] | None
    outcome: str
    settled: bool
    turn_at: float


TAKEN = {"taken_at": 10_000}
NOW = 11_000.0
EXAMPLES = [
    Example("not written to yet", "delivered", None, "", False, NOW + HOUR),
    Example("never to be written to", "delivered", None, "", True, 0.0),
    Example("on its way", "delivered", TAKEN, "", False, 10_000 + HOUR),
    Example("handed over, not delivered", "delivered", TAKEN, "sent", False, 10_000 + HOUR),
    Example("handed over, which is enough", "sent", TAKEN, "sent", False, math.inf),
    Example("may have been handed over", "sent", TAKEN, "unknown", False, 10_000 + HOUR),
    Example("refused", "delivered", TAKEN, "failed", False, 0.0),
    Example("expired", "sent", TAKEN, "expired", False, 0.0),
    Example("delivered", "delivered", {**TAKEN, "delivered_at": "x"}, "sent", False, math.inf),
    Example("opened, and so delivered", "delivered", {**TAKEN, "opened_at": "x"}, "sent", False, math.inf),
    Example("delivered, not opened", "opened", {**TAKEN, "delivered_at": "x"}, "sent", False, 10_000 + HOUR),
    Example("followed, and so opened", "opened", {**TAKEN, "clicked_at": "x"}, "sent", False, math.inf),
    Example("bounced", "sent", {**TAKEN, "bounced_at": "x"}, "sent", False, 0.0),
    Example("bounced in the end", "sent", {**TAKEN, "opened_at": "x", "bounced_at": "x"}, "", False, 0.0),
    Example("answered", "acknowledged", {**TAKEN, "answered_at": "x"}, "sent", False, math.inf),
    Example("clicked, not answered", "acknowledged", {**TAKEN, "clicked_at": "x"}, "", False, 10_000 + HOUR),
    Example("its time is over", "delivered", {"taken_at": NOW - HOUR}, "sent", False, 0.0),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_the_next_turn(example: Example) -> None:
    rung = Rung("sms", HOUR, example.unless)
    found = next_rung_at(rung, example.delivery, example.outcome, settled=example.settled, now=NOW)
    assert found == example.turn_at


def test_where_an_answer_is_asked_for_the_time_counts_from_when_it_was_due_or_first_tried() -> None:
    rung, again = Rung("sms", 60, "acknowledged"), {"begun_at": NOW - 50, "taken_at": NOW - 5}
    turns = [next_rung_at(rung, one, "", settled=False, now=NOW, due_by=NOW - 50) for one in (None, again)]
    assert turns == [NOW + 10, NOW + 10]
    assert next_rung_at(rung, None, "", settled=False, now=NOW, due_by=NOW - 60) == 0.0
    assert next_rung_at(rung, again, "failed", settled=False, now=NOW, due_by=NOW) == 0.0


@pytest.mark.parametrize(
    ("lane", "wait_s", "looks_s"),
    [("urgent", 60, 30), ("urgent", 600, 60), ("bulk", 600, 300), ("bulk", 86_400, 3_600)],
)
def test_what_is_urgent_looks_often(lane: str, wait_s: int, looks_s: int) -> None:
    ladder = [Rung("sms", wait_s, "acknowledged")._asdict(), Rung("voice", 0, "sent")._asdict()]
    head = replace(HEAD, lane=lane, ladder=ladder)
    assert look_s(head) == looks_s
    assert gap_s(head) == (15 if lane == "urgent" else looks_s)


FLAGS = ("delivered_at", "opened_at", "clicked_at", "bounced_at", "failed_at")


@given(
    st.sampled_from(sorted(UNLESS)),
    st.sets(st.sampled_from(FLAGS)),
    st.sampled_from(["", "sent", "unknown", *IN_VAIN]),
    st.integers(0, 20_000),
)
def test_a_turn_is_now_or_to_come_and_comes(unless: str, flags: set[str], result: str, taken_at: int) -> None:
    rung, delivery = Rung("sms", HOUR, unless), {"taken_at": taken_at, **dict.fromkeys(flags, "x")}
    found = next_rung_at(rung, delivery, result, settled=False, now=NOW)
    assert found == 0.0 or found > NOW
    later = max(NOW, taken_at) + HOUR
    assert next_rung_at(rung, delivery, result, settled=False, now=later) in {0.0, math.inf}


def test_rungs_before() -> None:
    assert before(TEXT_FIRST, "sms") == before(TEXT_FIRST, "push") == []
    assert before(TEXT_FIRST, "email") == [TEXT_FIRST[0]]


# -- Through the engine


@pytest.fixture(scope="module")
def running_evening() -> Iterator[Platform]:
    with evening() as platform:
        yield platform


@pytest.fixture
def platform(running_evening: Platform) -> Platform:
    running_evening.reset()
    return running_evening


def launched(ladder: Sequence[Rung] = TEXT_FIRST) -> str:
    return campaign(replace(spec(sms=True), ladder=ladder))


def channels_to(platform: Platform, who: Person) -> list[str]:
    return [letter.channel for letter in letters_to(platform, who)]


def delivered(plan_id: str, who: Person) -> None:
    assert flag(DeliveryRef(plan_id, who.id, "sms"), "delivered", at=world().clock(), wiring=world()).new


def test_who_got_no_text_within_the_hour_gets_a_mail(platform: Platform) -> None:
    reached, silent = person(1, channels=BOTH), person(2, channels=BOTH)
    mail_only, text_only = person(3, channels=("email",)), person(4, channels=("sms",))
    plan_id = launched()
    run(platform)
    delivered(plan_id, reached)
    assert [channels_to(platform, who) for who in (reached, silent, mail_only, text_only)] == [
        ["sms"], ["sms"], ["email"], ["sms"],
    ]  # fmt: skip
    assert outcome(plan_id).held == {"fall-back": 2}
    pass_hours(platform, 0.9)
    assert channels_to(platform, silent) == ["sms"]
    pass_hours(platform, 1)
    assert [channels_to(platform, who) for who in (reached, silent, mail_only, text_only)] == [
        ["sms"], ["sms", "email"], ["email"], ["sms"],
    ]  # fmt: skip
    found = outcome(plan_id)
    assert (found.status, found.planned, found.sent, found.held) == ("sent", 5, 5, {})


def test_a_refused_text_is_followed_by_a_mail_without_waiting_for_its_time(platform: Platform) -> None:
    who = person(1, channels=BOTH)
    platform.world.faults.add("sns", "Publish", refuse("InvalidParameter"))
    launched((Rung("sms", 100 * HOUR, "delivered"), Rung("email", 0, "sent")))
    pass_hours(platform, 2)
    assert channels_to(platform, who) == ["email"]


def test_handed_over_is_enough_where_that_is_asked(platform: Platform) -> None:
    who = person(1, channels=BOTH)
    plan_id = launched((Rung("sms", HOUR, "sent"), Rung("email", 0, "sent")))
    pass_hours(platform, 3)
    assert channels_to(platform, who) == ["sms"]
    assert outcome(plan_id).status == "sent"


def test_the_mail_first_and_a_text_to_who_did_not_open_it(platform: Platform) -> None:
    reader, other = person(1, channels=BOTH), person(2, channels=BOTH)
    plan_id = launched((Rung("email", 2 * HOUR, "opened"), Rung("sms", 0, "sent")))
    run(platform)
    judged(DeliveryRef(plan_id, reader.id, "email"), {"opened_at": "x"}, wiring=world())
    pass_hours(platform, 4)
    assert [channels_to(platform, who) for who in (reader, other)] == [["email"], ["email", "sms"]]


def test_a_channel_that_is_down_is_waited_for_until_it_has_tried(platform: Platform) -> None:
    """The mail comes an hour after the text went, however long it had to wait for its provider."""
    who = person(1, channels=BOTH)
    for _ in range(12):
        platform.world.faults.add("sns", "Publish", refuse("Throttled"))
    plan_id = launched()
    pass_hours(platform, 0.5)
    assert channels_to(platform, who) == []
    pass_hours(platform, 4)
    assert channels_to(platform, who) == ["sms", "email"]
    text, mail = letters_to(platform, who)
    assert mail.at - text.at >= timedelta(hours=1)
    assert outcome(plan_id).status == "sent"


def test_quiet_hours_hold_for_the_fall_back(platform: Platform) -> None:
    who = person(1, channels=BOTH, wishes=Wishes(hours=(8, 21)))
    campaign(replace(spec(sms=True), ladder=TEXT_FIRST, daylight=True))
    pass_hours(platform, 3)
    assert channels_to(platform, who) == ["sms"]
    pass_hours(platform, 11)
    assert channels_to(platform, who) == ["sms", "email"]


def test_a_cancelled_plan_falls_back_on_nothing(platform: Platform) -> None:
    who = person(1, channels=BOTH)
    plan_id = launched()
    run(platform)
    assert cancel(plan_id, wiring=world())
    pass_hours(platform, 3)
    assert channels_to(platform, who) == ["sms"]
    assert outcome(plan_id).held == {}


def test_of_many_only_the_silent_are_tried_again(platform: Platform) -> None:
    people = [person(n, channels=BOTH) for n in range(40)]
    plan_id = launched()
    run(platform)
    for number, who in enumerate(people):
        if number % 3:
            delivered(plan_id, who)
    pass_hours(platform, 3)
    assert [channels_to(platform, who) for who in people] == [
        ["sms"] if number % 3 else ["sms", "email"] for number in range(40)
    ]
