"""Calls: a crash before, during or after the provider's answer calls once.

A provider that is down delays nobody on another channel, and its calls are made once it is back.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.content import Words
from chalicelib.delivery.launch import PlanSpec, launch
from chalicelib.delivery.render import compile_voice
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Address, Person
from infra.aws.faults import Fault, crash, refuse, time_out
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, run, spec, world

PEOPLE = 2
SERVICE = "pinpoint-sms-voice-v2"
BOTH = ("email", "voice")


@pytest.fixture(scope="module")
def stage() -> Iterator[Platform]:
    parameters = {"VoiceNumbers": "+16175550100=newsletter", "VoiceRate": "5"}
    with Platform(parameters=parameters) as made:
        yield made


@pytest.fixture
def calling(stage: Platform) -> Platform:
    """Everybody has a mail and a call chosen; who has no number for calls gets one."""
    stage.reset()
    for number in range(PEOPLE):
        reachable(person(number), f"+1202555{number:04d}")
    return stage


def reachable(one: Person, number: str) -> None:
    """Gives a person a number for calls, chosen for their topics beside mail."""
    people.change(
        one.id,
        lambda was: replace(
            was,
            addresses={**was.addresses, "voice": Address(number, was.created_at)},
            topics={topic: replace(had, channels=BOTH) for topic, had in was.topics.items()},
        ),
        source="test",
        wording=None,
        by="system",
        now=world().clock(),
        wiring=world(),
    )


def plan(lane: str = "bulk") -> str:
    made: PlanSpec = spec(lane=lane)
    words = Words(voice="Main Street is closed, ((first_name)).")
    call = compile_voice(words, language="en", settings=world().settings)
    made = replace(made, renditions=(*made.renditions, call))
    return launch(made, plan_id=time_ordered_id(world().clock()), now=world().clock(), wiring=world())


def calls(platform: Platform) -> dict[str, int]:
    return {to: number for to, number in addressed(platform).items() if to.startswith("+")}


def test_people_are_called_by_name_and_the_call_is_told_of(calling: Platform) -> None:
    plan_id = plan()
    run(calling)
    found = outcome(plan_id).by_channel["voice"]
    assert (found.sent, found.unknown) == (PEOPLE, 0)
    heard = calling.outbox.letters(channel="voice")[0]
    assert heard.text.startswith("This is a message from City of Example.\nMain Street is closed, Name")
    assert heard.text.count("Main Street") == 2


CASES = [
    ("before", crash(), PEOPLE),
    ("after", crash(done=True), PEOPLE),
    ("no answer", time_out(), PEOPLE),
    ("no answer, but called", time_out(done=True), PEOPLE),
]


@pytest.mark.parametrize(("fault", "called"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_nobody_is_called_twice(calling: Platform, fault: Fault, called: int) -> None:
    calling.faults.add(SERVICE, "SendVoiceMessage", fault)
    plan_id = plan("urgent")
    run(calling, sweeps=3)
    found = outcome(plan_id).by_channel["voice"]
    assert (found.sent, found.unknown, found.failed) == (called, 0, 0)
    assert set(calls(calling).values()) == {1}


@pytest.mark.parametrize(
    "fault",
    [refuse("ThrottlingException"), refuse("ServiceQuotaExceededException")],
    ids=["throttled", "spent"],
)
def test_a_service_that_is_down_delays_no_mail_and_its_calls_are_made_once_it_is_back(
    calling: Platform, fault: Fault
) -> None:
    calling.faults.add(SERVICE, "SendVoiceMessage", fault, times=3)
    plan_id = plan()
    run(calling, sweeps=0)
    assert outcome(plan_id).by_channel["email"].sent == PEOPLE
    run(calling, sweeps=4)
    assert outcome(plan_id).by_channel["voice"].sent == PEOPLE
    assert set(addressed(calling).values()) == {1}


def test_without_a_number_for_the_scope_the_plan_halts_and_says_so(calling: Platform) -> None:
    words = Words(voice="Danger.")
    call = compile_voice(words, language="en", settings=world().settings)
    made = replace(spec(), renditions=(call,), scope="emergency", links=())
    now = world().clock()
    plan_id = launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())
    run(calling)
    found = outcome(plan_id)
    assert (found.status, found.reason) == ("halted", "NO_ORIGINATION_IDENTITIES_FOUND")
    assert found.failed == 0
