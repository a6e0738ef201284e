"""Transactions: all or nothing, reasons in order, tokens, limits."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.dynamo import marshal, unmarshal
from infra.aws.world import World
from tests.infra.conftest import Client


def put(table: str, r: str, **more: Any) -> dict[str, Any]:
    item = marshal({"h": "a", "r": r, **more})
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(h)"}}


def rows(client: Client, table: str) -> dict[str, dict[str, Any]]:
    items = client("dynamodb").scan(TableName=table)["Items"]
    return {one["r"]["S"]: unmarshal(one) for one in items}


def refusal(client: Client, *actions: dict[str, Any], **more: Any) -> Any:
    with pytest.raises(ClientError) as refused:
        client("dynamodb").transact_write_items(TransactItems=list(actions), **more)
    return refused.value.response


def test_every_kind_of_action_at_once(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    for r in ("checked", "changed", "gone"):
        dynamodb.put_item(TableName=table, Item=marshal({"h": "a", "r": r, "count": 1}))
    dynamodb.transact_write_items(
        TransactItems=[
            put(table, "new"),
            {
                "ConditionCheck": {
                    "TableName": table,
                    "Key": marshal({"h": "a", "r": "checked"}),
                    "ConditionExpression": "attribute_exists(h)",
                }
            },
            {
                "Update": {
                    "TableName": table,
                    "Key": marshal({"h": "a", "r": "changed"}),
                    "UpdateExpression": "ADD #c :one",
                    "ExpressionAttributeNames": {"#c": "count"},
                    "ExpressionAttributeValues": marshal({":one": 1}),
                }
            },
            {"Delete": {"TableName": table, "Key": marshal({"h": "a", "r": "gone"})}},
        ]
    )
    found = rows(client, table)
    assert set(found) == {"new", "checked", "changed"}
    assert found["changed"]["count"] == 2


def test_one_failure_undoes_nothing_because_nothing_was_done(client: Client, table: str) -> None:
    client("dynamodb").put_item(TableName=table, Item=marshal({"h": "a", "r": "2", "owner": "me"}))
    second = put(table, "2")
    second["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    response = refusal(client, put(table, "1"), second, put(table, "3"))
    assert response["Error"]["Code"] == "TransactionCanceledException"
    assert response["Error"]["Message"].endswith("[None, ConditionalCheckFailed, None]")
    reasons = response["CancellationReasons"]
    assert [one["Code"] for one in reasons] == ["None", "ConditionalCheckFailed", "None"]
    assert unmarshal(reasons[1]["Item"])["owner"] == "me"
    assert set(rows(client, table)) == {"2"}


def test_update_that_cannot_be_done_cancels(client: Client, table: str) -> None:
    client("dynamodb").put_item(TableName=table, Item=marshal({"h": "a", "r": "1", "who": "Ana"}))
    change = {
        "Update": {
            "TableName": table,
            "Key": marshal({"h": "a", "r": "1"}),
            "UpdateExpression": "ADD who :one",
            "ExpressionAttributeValues": marshal({":one": 1}),
        }
    }
    response = refusal(client, put(table, "2"), change)
    assert [one["Code"] for one in response["CancellationReasons"]] == ["None", "ValidationError"]
    assert set(rows(client, table)) == {"1"}


def test_a_token_is_answered_once_more_without_writing_again(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    request = {"TransactItems": [put(table, "1")], "ClientRequestToken": "token-1"}
    dynamodb.transact_write_items(**request)
    dynamodb.transact_write_items(**request)
    dynamodb.delete_item(TableName=table, Key=marshal({"h": "a", "r": "1"}))
    dynamodb.transact_write_items(**request)
    assert rows(client, table) == {}


def test_a_token_with_other_items_is_refused(client: Client, table: str) -> None:
    client("dynamodb").transact_write_items(TransactItems=[put(table, "1")], ClientRequestToken="t")
    response = refusal(client, put(table, "2"), ClientRequestToken="t")
    assert response["Error"]["Code"] == "IdempotentParameterMismatchException"


def test_a_token_lasts_ten_minutes(world: World, client: Client, table: str) -> None:
    client("dynamodb").transact_write_items(TransactItems=[put(table, "1")], ClientRequestToken="t")
    world.clock.advance(601)
    response = refusal(client, put(table, "1"), ClientRequestToken="t")
    assert response["Error"]["Code"] == "TransactionCanceledException"


def test_a_failed_transaction_leaves_its_token_free(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    dynamodb.put_item(TableName=table, Item=marshal({"h": "a", "r": "1"}))
    refusal(client, put(table, "1"), ClientRequestToken="t")
    dynamodb.delete_item(TableName=table, Key=marshal({"h": "a", "r": "1"}))
    dynamodb.transact_write_items(TransactItems=[put(table, "1")], ClientRequestToken="t")
    assert set(rows(client, table)) == {"1"}


def test_one_item_twice_is_refused(client: Client, table: str) -> None:
    response = refusal(
        client, put(table, "1"), {"Delete": {"TableName": table, "Key": marshal({"h": "a", "r": "1"})}}
    )
    assert response["Error"]["Code"] == "ValidationException"
    assert "multiple operations on one item" in response["Error"]["Message"]


def test_a_hundred_items_and_no_more(client: Client, table: str) -> None:
    client("dynamodb").transact_write_items(TransactItems=[put(table, str(n)) for n in range(100)])
    response = refusal(client, *(put(table, f"x{n}") for n in range(101)))
    assert response["Error"]["Code"] == "ValidationException"
    assert len(rows(client, table)) == 100


def test_four_megabytes_and_no_more(client: Client, table: str) -> None:
    response = refusal(client, *(put(table, str(n), text="x" * 390_000) for n in range(11)))
    assert "4 MB" in response["Error"]["Message"]


def test_reads_in_one_transaction(client: Client, table: str) -> None:
    client("dynamodb").put_item(TableName=table, Item=marshal({"h": "a", "r": "1"}))
    keys = [marshal({"h": "a", "r": r}) for r in ("1", "2")]
    answer = client("dynamodb").transact_get_items(
        TransactItems=[{"Get": {"TableName": table, "Key": key}} for key in keys]
    )
    assert answer["Responses"] == [{"Item": keys[0]}, {}]


def test_concurrent_writers_claim_each_item_once(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    won: list[int] = []

    def claim(worker: int) -> None:
        for n in range(20):
            try:
                dynamodb.transact_write_items(TransactItems=[put(table, f"{n}-{part}") for part in range(3)])
            except ClientError:
                continue
            won.append(worker)

    threads = [threading.Thread(target=claim, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 20
    assert len(rows(client, table)) == 60
