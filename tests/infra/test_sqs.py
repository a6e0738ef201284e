"""Queues: delay, visibility, redrive, batches, and mishaps on purpose."""

import json
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.aws.sqs_queue import Mishaps
from infra.aws.world import World
from tests.infra.conftest import Client


@pytest.fixture
def url(world: World, client: Client) -> str:
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName="work-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
    attributes = {"VisibilityTimeout": "60", "RedrivePolicy": policy}
    return str(sqs.create_queue(QueueName="work", Attributes=attributes)["QueueUrl"])


def bodies(sqs: Any, url: str, count: int = 10) -> list[str]:
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=count)
    return [one["Body"] for one in answer.get("Messages", [])]


def test_send_receive_delete(client: Client, url: str) -> None:
    sqs = client("sqs")
    sent = sqs.send_message(QueueUrl=url, MessageBody="one")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert (message["Body"], message["MessageId"]) == ("one", sent["MessageId"])
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_a_delayed_message_waits(world: World, client: Client, url: str) -> None:
    sqs = client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)
    assert bodies(sqs, url) == []
    world.clock.advance(899)
    assert bodies(sqs, url) == []
    world.clock.advance(1.1)
    assert bodies(sqs, url) == ["later"]


def test_a_received_message_comes_again_then_goes_to_the_dead(world: World, client: Client, url: str) -> None:
    sqs = client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(2):
        assert bodies(sqs, url) == ["poison"]
        assert bodies(sqs, url) == []
        world.clock.advance(60.1)
    assert bodies(sqs, url) == []
    assert bodies(sqs, url + "-dead") == ["poison"]


def test_visibility_can_be_changed(client: Client, url: str) -> None:
    sqs = client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="one")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert bodies(sqs, url) == ["one"]


def test_batches(client: Client, url: str) -> None:
    sqs = client("sqs")
    entries = [{"Id": str(n), "MessageBody": str(n), "DelaySeconds": 0 if n else 901} for n in range(3)]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["1", "2"]
    assert [one["Id"] for one in answer["Failed"]] == ["0"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    handles = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(found)]
    sqs.delete_message_batch(QueueUrl=url, Entries=handles)
    assert bodies(sqs, url) == []


NOWHERE = "https://sqs.us-east-1.amazonaws.com/123456789012/no"
REFUSED = [
    ("unknown queue", "send_message", {"QueueUrl": NOWHERE, "MessageBody": "x"},
     "AWS.SimpleQueueService.NonExistentQueue"),
    ("eleven messages", "send_message_batch",
     {"Entries": [{"Id": str(n), "MessageBody": "x"} for n in range(11)]},
     "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
    ("one id twice", "send_message_batch", {"Entries": [{"Id": "a", "MessageBody": "x"}] * 2},
     "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
    ("a batch over a MiB", "send_message_batch",
     {"Entries": [{"Id": str(n), "MessageBody": "x" * 600_000} for n in range(2)]},
     "AWS.SimpleQueueService.BatchRequestTooLong"),
    ("a message over a MiB", "send_message", {"MessageBody": "x" * 1_048_577}, "InvalidParameterValue"),
    ("a delay over 15 minutes", "send_message", {"MessageBody": "x", "DelaySeconds": 901},
     "InvalidParameterValue"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "operation", "request_", "code"), REFUSED, ids=[one[0] for one in REFUSED])
def test_refused(
    client: Client, url: str, name: str, operation: str, request_: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(client("sqs"), operation)(**{"QueueUrl": url, **request_})
    assert refused.value.response["Error"]["Code"] == code


def test_every_message_twice_and_in_any_order(world: World, client: Client, url: str) -> None:
    sqs = client("sqs")
    world.sqs.mishaps = Mishaps(double=True, shuffle=Random(1))
    for n in range(10):
        sqs.send_message(QueueUrl=url, MessageBody=str(n))
    found = bodies(sqs, url) + bodies(sqs, url)
    assert sorted(found) == sorted([str(n) for n in range(10)] * 2)
    assert found != sorted(found)
