"""Faults on purpose: each kind, counted."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from infra.aws.faults import FunctionCrashed, conflict, crash, leave_out, refuse, time_out
from infra.aws.world import World
from tests.infra.conftest import Client


def publish(client: Client, text: str = "x") -> None:
    client("sns").publish(PhoneNumber="+16175550100", Message=text)


def test_refusals_are_counted_and_skipped(world: World, client: Client) -> None:
    world.faults.add("sns", "Publish", refuse("Throttling", status=400), skip=1, times=2)
    publish(client)
    for _ in range(2):
        with pytest.raises(ClientError) as refused:
            publish(client)
        assert refused.value.response["Error"]["Code"] == "Throttling"
    assert world.faults.left == 0
    publish(client)
    assert len(world.outbox) == 2


def test_a_server_error_after_the_effect(world: World, client: Client) -> None:
    world.faults.add("sns", "Publish", refuse("InternalError", status=500, done=True))
    with pytest.raises(ClientError) as refused:
        publish(client)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert len(world.outbox) == 1


@pytest.mark.parametrize(("done", "sent"), [(False, 0), (True, 1)])
def test_time_outs(world: World, client: Client, done: bool, sent: int) -> None:
    world.faults.add("sns", "Publish", time_out(done=done))
    with pytest.raises(ReadTimeoutError):
        publish(client)
    assert len(world.outbox) == sent


@pytest.mark.parametrize(("done", "sent"), [(False, 0), (True, 1)])
def test_crashes_pass_every_handler(world: World, client: Client, done: bool, sent: int) -> None:
    world.faults.add("sns", "Publish", crash(done=done))
    with pytest.raises(FunctionCrashed):
        publish(client)
    assert len(world.outbox) == sent


def test_only_where_the_body_fits(world: World, client: Client) -> None:
    world.faults.add("sns", "Publish", refuse("Throttling"), when=lambda body: "second" in body)
    publish(client, "first")
    with pytest.raises(ClientError):
        publish(client, "second")


def test_a_batch_of_messages_taken_in_part(world: World, client: Client) -> None:
    sqs = client("sqs")
    queue = sqs.create_queue(QueueName="parts")["QueueUrl"]
    entries = [{"Id": str(n), "MessageBody": f"m{n}"} for n in range(3)]
    world.faults.add("sqs", "SendMessageBatch", leave_out(1))
    world.faults.add("sqs", "SendMessageBatch", leave_out(0, 1, 2))
    answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["0", "2"]
    assert [one["Id"] for one in answer["Failed"]] == ["1"]
    assert len(sqs.send_message_batch(QueueUrl=queue, Entries=entries)["Failed"]) == 3
    assert [one.body for one in world.sqs.queue("parts").messages] == ["m0", "m2"]


def test_keys_that_are_not_read_come_back(world: World, client: Client) -> None:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName="parts",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    keys = [{"id": {"S": str(n)}} for n in range(3)]
    for key in keys:
        dynamodb.put_item(TableName="parts", Item=key)
    world.faults.add("dynamodb", "BatchGetItem", leave_out(0))
    answer = dynamodb.batch_get_item(RequestItems={"parts": {"Keys": keys}})
    assert answer["Responses"]["parts"] == keys[1:]
    assert answer["UnprocessedKeys"]["parts"]["Keys"] == keys[:1]


def test_a_conflict_cancels_the_transaction_and_names_the_item(world: World, client: Client) -> None:
    world.faults.add("dynamodb", "TransactWriteItems", conflict(2))
    put = {"Put": {"TableName": "none", "Item": {"id": {"S": "1"}}}}
    with pytest.raises(ClientError) as refused:
        client("dynamodb").transact_write_items(TransactItems=[put, put])
    assert refused.value.response["Error"]["Code"] == "TransactionCanceledException"
    codes = [one["Code"] for one in refused.value.response["CancellationReasons"]]
    assert codes == ["TransactionConflict", "None"]
