"""The answer: it lifts nothing but what the policy did, and the ledger has it once a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.campaigns.sunset import answer
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import habits, people, suppressions
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import Person, Wording
from tests.subscribers.conftest import NOW, Clock, person, write

YES = Wording("Yes.")
ANA = person(email="ana@city.example", sms="+12025550123", roads=("email", "sms"), parks=("email",))


def let_go(wiring: Wiring, reason: str = "sunset", scope: str = "newsletter") -> Person:
    suppressions.suppress(
        "email",
        ANA.addresses["email"].address,
        reason=reason,
        scope=scope,
        source="test",
        by="system",
        now=NOW,
        wiring=wiring,
    )
    return people.get(ANA.id)


def sources() -> list[str]:
    return [entry.provenance.source for entry in people.ledger(ANA.id)]


def test_yes_brings_back_what_was_and_is_written_down_once_a_day(wiring: Wiring, clock: Clock) -> None:
    write(ANA, wiring)
    habits.write([Habit(ANA.id, since=1)], wiring=wiring)
    one = let_go(wiring)
    assert answer.is_let_go(one)
    assert answer.may_answer(one)
    for _ in range(2):
        answer.keep(people.get(ANA.id), shown=YES, now=clock.later(hours=1), wiring=wiring)
    after = people.get(ANA.id)
    assert (after.topics, after.blocks) == (one.topics, {})
    assert sources() == ["test", "test", "sunset"]
    assert people.ledger(ANA.id)[-1].provenance.wording == YES
    assert habits.habits_of(wiring.dynamodb, [ANA.id])[ANA.id].seen == int(NOW.timestamp()) // 86_400
    answer.keep(after, shown=YES, now=NOW + timedelta(days=2), wiring=wiring)
    assert sources() == ["test", "test", "sunset", "sunset"]


def test_no_ends_what_comes_by_mail_alone(wiring: Wiring) -> None:
    answer.leave(write(ANA, wiring), now=NOW, wiring=wiring)
    after = people.get(ANA.id)
    assert {topic: one.channels for topic, one in after.topics.items()} == {"roads": ("sms",)}
    assert not answer.may_answer(after)


@pytest.mark.parametrize(
    ("reason", "scope"), [("stop", "newsletter"), ("complaint", "newsletter"), ("bounce", "*")]
)
def test_what_the_person_or_their_mailbox_said_stays(wiring: Wiring, reason: str, scope: str) -> None:
    write(ANA, wiring)
    let_go(wiring)
    one = let_go(wiring, reason, scope)
    assert not answer.may_answer(one)
    answer.keep(one, shown=YES, now=NOW, wiring=wiring)
    assert people.get(ANA.id).blocks == {f"email:{scope}": reason}


def test_who_has_nothing_by_mail_has_nothing_to_answer() -> None:
    assert answer.may_answer(ANA)
    assert not answer.may_answer(None)
    assert not answer.may_answer(
        replace(ANA, topics={"roads": replace(ANA.topics["roads"], channels=("sms",))})
    )
    assert not answer.may_answer(replace(ANA, addresses={"sms": ANA.addresses["sms"]}))
