from collections.abc import Iterator

import pytest

from chalicelib.channels.base import Envelope, HaltLane, HaltPlan, Letter, State
from chalicelib.channels.voice import Voice
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from infra.aws.errors import AwsError
from infra.aws.faults import Fault
from infra.aws.sms_voice import Number
from infra.aws.world import World

OURS = "+16175550100"
SETTINGS = Settings(voice_numbers=(f"{OURS}=newsletter",), voice_twice=False)
LETTER = Letter(
    "", "", "Hello {{first_name_t}}.", {"first_name_t": "neighbour"}, origination=OURS, language="es"
)
CLIENT = Wiring(settings=SETTINGS).sms_voice


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    made = World()
    made.open()
    made.sms_voice.account.numbers = {OURS: Number()}
    made.sms_voice.configuration_sets = {"crier": []}
    yield made
    made.close()


def call(letter: Letter = LETTER, **values: str) -> list[tuple[State, str]]:
    people = [Envelope(f"+1202555000{n}", values, tags={"plan": "a" * 32}) for n in range(2)]
    outcomes = Voice(client=CLIENT, settings=SETTINGS).send(letter, people, seconds_left=60)
    return [(one.state, one.reason) for one in outcomes]


def test_each_number_is_called_in_the_voice_of_the_language(world: World) -> None:
    assert call(first_name_t="Tom & <Ana>") == [(State.SENT, ""), (State.SENT, "")]
    first = world.outbox.letters()[0]
    assert (first.channel, first.text) == ("voice", "Hello Tom & <Ana>.")
    assert (first.headers["Voice"], first.headers["From"]) == ("LUPE", OURS)
    assert first.tags == {"plan": "a" * 32}


def test_a_language_without_a_voice_halts_the_plan_and_calls_nobody(world: World) -> None:
    with pytest.raises(HaltPlan, match="no-voice"):
        call(Letter("", "", "Xin chào", {}, origination=OURS, language="vi"))
    assert not len(world.outbox)


def test_a_call_too_long_fails_alone(world: World) -> None:
    assert call(first_name_t="x" * 6000)[0] == (State.FAILED, "FIELD_VALIDATION_FAILED")


def test_a_number_that_cannot_call_and_a_month_that_is_spent_fail_nobody(world: World) -> None:
    world.sms_voice.account.numbers[OURS] = Number(frozenset({"SMS"}))
    with pytest.raises(HaltPlan, match="NUMBER_CAPABILITIES_MISMATCH"):
        call()
    world.sms_voice.account.numbers[OURS] = Number()
    world.sms_voice.account.spent = True
    with pytest.raises(HaltLane, match="MONTHLY_SPEND_LIMIT_REACHED_FOR_VOICE"):
        call()
    assert not len(world.outbox)


def test_a_number_that_was_called_too_often_today_fails_alone(world: World) -> None:
    reason = {"Reason": "DAILY_DESTINATION_CALL_LIMIT"}
    fault = Fault(raises=lambda: AwsError("ServiceQuotaExceededException", "x", extra=reason))
    world.faults.add("pinpoint-sms-voice-v2", "SendVoiceMessage", fault)
    assert [state for state, _ in call()] == [State.FAILED, State.SENT]
