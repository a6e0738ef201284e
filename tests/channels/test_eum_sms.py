import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.channels.base import Envelope, HaltLane, HaltPlan, Letter, ProviderError, State
from chalicelib.channels.eum_sms import EumSms
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from infra.aws.errors import AwsError
from infra.aws.faults import Fault, refuse, time_out
from infra.aws.sms_voice import Number
from infra.aws.world import World

OURS, ALERTS = "+16175550100", "+16175550101"
SETTINGS = Settings(
    sms_service="end-user-messaging", sms_numbers=(f"{OURS}=newsletter", f"{ALERTS}=emergency")
)
LETTER = Letter(
    "", "", "Hello {{first_name_t}}{{o}}", {"first_name_t": "resident", "o": "{"}, origination=OURS
)
TAGS = {"plan": "a" * 32, "subscriber": "b" * 32, "chunk": "00000000_r1"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    made = World()
    made.open()
    made.sms_voice.account.numbers = {OURS: Number(), ALERTS: Number()}
    made.sms_voice.configuration_sets = {"crier": []}
    yield made
    made.close()


CLIENT = Wiring(settings=SETTINGS).sms_voice


def send(letter: Letter = LETTER, settings: Settings = SETTINGS, count: int = 2) -> list[tuple[State, str]]:
    people = [Envelope(f"+1202555000{n}", {}, tags=TAGS) for n in range(count)]
    outcomes = EumSms(client=CLIENT, settings=settings).send(letter, people, seconds_left=60)
    return [(one.state, one.reason) for one in outcomes]


def test_each_number_gets_the_text_with_the_tags_by_which_its_events_find_it(world: World) -> None:
    assert send() == [(State.SENT, ""), (State.SENT, "")]
    first, second = world.outbox.letters()
    assert (first.to, second.to) == ("+12025550000", "+12025550001")
    assert first.text == "Hello resident{"
    assert (first.headers["From"], first.tags) == (OURS, TAGS)


class Asked(NamedTuple):
    """What is asked of AWS, seen at the client."""

    valid_s: int
    origination: str
    type: str
    ttl: int
    kind: str


@pytest.mark.parametrize(
    "case",
    [
        Asked(0, OURS, "PROMOTIONAL", 86_400, "PROMOTIONAL"),
        Asked(600, OURS, "TRANSACTIONAL", 600, "TRANSACTIONAL"),
        Asked(1, ALERTS, "PROMOTIONAL", 5, "TRANSACTIONAL"),
        Asked(10_000_000, ALERTS, "TRANSACTIONAL", 86_400, "TRANSACTIONAL"),
    ],
)
def test_how_long_it_is_worth_bringing_and_what_its_number_is_registered_for(case: Asked) -> None:
    asked: list[dict[str, Any]] = []

    class Client:
        def send_text_message(self, **request: Any) -> Any:
            asked.append(request)
            return {"MessageId": "m"}

    until = time.time() + case.valid_s if case.valid_s else 0.0
    letter = Letter("", "", "x", {}, origination=case.origination, until=until)
    settings = Settings(sms_numbers=SETTINGS.sms_numbers, sms_type=case.type)
    EumSms(client=Client(), settings=settings).send(letter, [Envelope("+1", {})], seconds_left=60)
    assert asked[0]["TimeToLive"] == pytest.approx(case.ttl, abs=2)
    assert asked[0]["MessageType"] == case.kind
    assert "DryRun" not in asked[0]


def conflict(reason: str, code: str = "ConflictException") -> Fault:
    return Fault(raises=lambda: AwsError(code, "refused", extra={"Reason": reason}))


VALIDATION, QUOTA = "ValidationException", "ServiceQuotaExceededException"
ONE = [
    ("opted out", conflict("DESTINATION_PHONE_NUMBER_OPTED_OUT"), State.FAILED),
    ("not verified in the sandbox", conflict("DESTINATION_PHONE_NUMBER_NOT_VERIFIED"), State.FAILED),
    ("blocked country", conflict("DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"), State.FAILED),
    ("no number of ours for its country", conflict("NO_ORIGINATION_IDENTITIES_FOUND"), State.FAILED),
    ("too long", conflict("MAXIMUM_SIZE_EXCEEDED", VALIDATION), State.FAILED),
    ("called too often today", conflict("DAILY_DESTINATION_CALL_LIMIT", QUOTA), State.FAILED),
    ("no answer in time", time_out(), State.UNKNOWN),
    ("an error of the service", refuse("InternalServerException", status=500), State.UNKNOWN),
    ("a throttle", refuse("ThrottlingException"), State.RETRY),
]


@pytest.mark.parametrize(("fault", "state"), [one[1:] for one in ONE], ids=[one[0] for one in ONE])
def test_what_is_wrong_with_one_recipient_stops_no_other(world: World, fault: Fault, state: State) -> None:
    world.faults.add("pinpoint-sms-voice-v2", "SendTextMessage", fault)
    first, second = send()
    assert first[0] is state
    assert first[1]
    assert second[0] is (State.RETRY if state is State.RETRY else State.SENT)


ALL = [
    ("a number that is not ours", "ResourceNotFoundException", "", HaltPlan),
    ("a number that is not for this", "ConflictException", "MESSAGE_TYPE_MISMATCH", HaltPlan),
    ("a number that cannot text", "ConflictException", "NUMBER_CAPABILITIES_MISMATCH", HaltPlan),
    ("a number that is not active", "ConflictException", "RESOURCE_NOT_ACTIVE", HaltPlan),
    ("a role that may not", "AccessDeniedException", "", HaltLane),
    ("an account that is off", "AccessDeniedException", "ACCOUNT_DISABLED", HaltLane),
    ("a month that is spent", QUOTA, "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", HaltLane),
    ("keys that ran out", "ExpiredTokenException", "", HaltLane),
]


@pytest.mark.parametrize(("code", "reason", "error"), [one[1:] for one in ALL], ids=[one[0] for one in ALL])
def test_what_is_wrong_with_us_fails_nobody(
    world: World, code: str, reason: str, error: type[ProviderError]
) -> None:
    world.faults.add("pinpoint-sms-voice-v2", "SendTextMessage", conflict(reason, code))
    with pytest.raises(error) as halted:
        send()
    assert halted.value.code == (reason or code)
    assert not len(world.outbox)


def test_the_local_service_refuses_what_it_would(world: World) -> None:
    account = world.sms_voice.account
    account.opted_out.add("+12025550000")
    assert send() == [(State.FAILED, "DESTINATION_PHONE_NUMBER_OPTED_OUT"), (State.SENT, "")]
    account.opted_out.clear()
    account.numbers[OURS].message_type = "PROMOTIONAL"
    with pytest.raises(HaltPlan, match="MESSAGE_TYPE_MISMATCH"):
        send()
    account.numbers.pop(OURS)
    with pytest.raises(HaltPlan, match="ResourceNotFoundException"):
        send()


def test_without_a_number_of_ours_nothing_is_asked(world: World) -> None:
    with pytest.raises(HaltPlan, match="NO_ORIGINATION_IDENTITIES_FOUND"):
        send(Letter("", "", "x", {}))
    assert not len(world.outbox)


def test_an_error_that_gives_no_reason_is_read_by_its_code() -> None:
    class Client:
        def send_text_message(self, **_: Any) -> Any:
            raise ReadTimeoutError(endpoint_url="x")

    outcome = EumSms(client=Client(), settings=SETTINGS).send(LETTER, [Envelope("+1", {})], seconds_left=60)
    assert outcome[0].state is State.UNKNOWN
