"""End User Messaging on the local AWS: what it refuses, and the events that follow."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.aws.sms_voice import Number
from infra.aws.world import World
from tests.infra.conftest import Client

OURS, TO = "+16175550100", "+12025550100"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:receipts"
CONTEXT = {"plan": "a" * 32, "subscriber": "b" * 32}


@pytest.fixture
def phones(world: World, client: Client) -> Any:
    """The service with one number, and a configuration set that reports to the queue `receipts`."""
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name="text-events")["TopicArn"]
    sqs.create_queue(QueueName="receipts")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
    kinds = ["TEXT_ALL", "VOICE_ALL"]
    destination = {"MatchingEventTypes": kinds, "SnsDestination": {"TopicArn": topic}}
    world.sms_voice.configuration_sets = {"crier": [destination]}
    world.sms_voice.account.numbers = {OURS: Number()}
    return client("pinpoint-sms-voice-v2")


def text(phones: Any, body: str = "Hello", **more: Any) -> str:
    request = {"DestinationPhoneNumber": TO, "OriginationIdentity": OURS, "MessageBody": body, **more}
    return str(phones.send_text_message(**request)["MessageId"])


def call(phones: Any, body: str = "<speak>Hello</speak>", kind: str = "SSML", **more: Any) -> str:
    request = {"DestinationPhoneNumber": TO, "OriginationIdentity": OURS, "MessageBody": body, **more}
    return str(phones.send_voice_message(MessageBodyTextType=kind, **request)["MessageId"])


def events(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while got := client("sqs").receive_message(QueueUrl="receipts", MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(json.loads(one["Body"])["Message"]) for one in got]
    return found


def test_a_text_is_told_of_with_its_context_parts_and_price(phones: Any, client: Client) -> None:
    message_id = text(phones, "x" * 161, ConfigurationSetName="crier", Context=CONTEXT)
    queued, delivered = events(client)
    assert (queued["eventType"], queued["isFinal"]) == ("TEXT_QUEUED", False)
    assert (delivered["eventType"], delivered["isFinal"]) == ("TEXT_DELIVERED", True)
    assert delivered["context"] == CONTEXT
    assert delivered["messageId"] == message_id
    assert (delivered["totalMessageParts"], delivered["totalMessagePrice"]) == (2, 0.01162)


def test_a_call_is_told_of_step_by_step(phones: Any, client: Client, world: World) -> None:
    call(phones, ConfigurationSetName="crier", Context=CONTEXT)
    steps = [one["eventType"] for one in events(client)]
    assert steps == ["VOICE_INITIATED", "VOICE_RINGING", "VOICE_ANSWERED", "VOICE_COMPLETED"]
    world.sms_voice.account.fates[TO] = "VOICE_BUSY"
    call(phones, ConfigurationSetName="crier", Context=CONTEXT)
    assert [one["eventType"] for one in events(client)][-1] == "VOICE_BUSY"


def test_without_a_configuration_set_nothing_is_told(phones: Any, client: Client) -> None:
    text(phones, Context=CONTEXT)
    assert events(client) == []


REFUSED = [
    ("a text too long", text, {"body": "x" * 1601}, "FIELD_VALIDATION_FAILED"),
    ("a text of nothing", text, {"body": "  "}, "FIELD_VALIDATION_FAILED"),
    ("too much context", text, {"Context": {str(n): "x" for n in range(6)}}, "MAXIMUM_SIZE_EXCEEDED"),
    ("context too long", text, {"Context": {"plan": "x" * 801}}, "FIELD_VALIDATION_FAILED"),
    ("another kind of text", text, {"MessageType": "URGENT"}, "FIELD_VALIDATION_FAILED"),
    ("too long to live", text, {"TimeToLive": 259_201}, "FIELD_VALIDATION_FAILED"),
    ("the wrong type", text, {"MessageType": "PROMOTIONAL"}, "MESSAGE_TYPE_MISMATCH"),
    ("plain speech too long", call, {"body": "x" * 3001, "kind": "TEXT"}, "MAXIMUM_SIZE_EXCEEDED"),
    ("a call too long", call, {"body": f"<speak>{'x' * 6000}</speak>"}, "FIELD_VALIDATION_FAILED"),
    ("no SSML", call, {"body": "<speak>Fish & chips</speak>"}, "CANNOT_PARSE"),
    ("a tag of others", call, {"body": "<speak><voice>x</voice></speak>"}, "CANNOT_PARSE"),
    ("no such voice", call, {"VoiceId": "LINH"}, "FIELD_VALIDATION_FAILED"),
]


@pytest.mark.parametrize(("send", "more", "reason"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_what_the_service_refuses(
    phones: Any, world: World, send: Any, more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ClientError) as refused:
        send(phones, **more)
    assert refused.value.response["Reason"] == reason
    assert not len(world.outbox)


def test_a_number_that_cannot_call_and_one_that_is_not_there(phones: Any, world: World) -> None:
    world.sms_voice.account.numbers[OURS] = Number(frozenset({"SMS"}))
    with pytest.raises(ClientError, match="NUMBER_CAPABILITIES_MISMATCH"):
        call(phones)
    with pytest.raises(ClientError, match="does not exist"):
        text(phones, OriginationIdentity="+16175550199")
    with pytest.raises(ClientError, match="does not exist"):
        text(phones, ConfigurationSetName="other")


def test_more_parts_than_its_rate_are_throttled(phones: Any, world: World) -> None:
    world.sms_voice.account.texts.rate = 2
    text(phones, "x" * 400)
    with pytest.raises(ClientError, match="ThrottlingException"):
        text(phones, "x" * 400)


def test_the_simulator_s_number_comes_back(phones: Any, client: Client) -> None:
    text(phones, DestinationPhoneNumber="+14254147167", ConfigurationSetName="crier")
    assert [one["eventType"] for one in events(client)] == ["TEXT_QUEUED", "TEXT_BLOCKED"]
