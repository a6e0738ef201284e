"""Items as DynamoDB keeps them: held against the API reference, and against moto where moto is right."""

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from chalicelib.core.dynamo import marshal, unmarshal
from infra.aws.dynamo.conditions import Scope, condition, projection
from infra.aws.dynamo.updates import update
from infra.aws.dynamo.values import normal, number_text, size_of
from infra.aws.errors import AwsError
from infra.aws.world import World
from tests.infra.conftest import Client

ITEM = marshal(
    {
        "h": "roads",
        "r": "1",
        "age": 30,
        "who": "Ana",
        "marks": {"a", "b"},
        "things": [1, "x", {"deep": "z"}],
        "place": {"within": {"n": 5}},
    }
)
CONDITIONS = [
    ("attribute_exists(who)", True),
    ("attribute_exists(absent)", False),
    ("attribute_not_exists(#p.#w.n)", False),
    ("attribute_not_exists(#p.#w.another)", True),
    ("attribute_type(age, :type_n)", True),
    ("age = :thirty", True),
    ("age = :thirty_long", True),
    ("age <> :thirty", False),
    ("absent <> :thirty", True),
    ("absent = :thirty", False),
    ("absent < :thirty", False),
    ("age < :forty AND who = :ana", True),
    ("age > :forty OR who = :ana", True),
    ("NOT age > :forty", True),
    ("NOT (age > :forty OR who = :ana)", False),
    ("age BETWEEN :thirty AND :forty", True),
    ("who IN (:ana, :forty)", True),
    ("age IN (:forty)", False),
    ("begins_with(who, :an)", True),
    ("contains(marks, :a)", True),
    ("contains(things, :x)", True),
    ("contains(who, :an)", True),
    ("size(who) = :three", True),
    ("size(things) >= :three", True),
    ("#p.#w.n = :five", True),
    ("things[2].deep = :z", True),
    ("things[9] = :z", False),
    ("who < :forty", False),
    ("age = :thirty and (who = :ana or attribute_exists(absent))", True),
]
NAMES = {"#p": "place", "#w": "within"}
PLAIN = {
    ":thirty": 30,
    ":forty": 40,
    ":ana": "Ana",
    ":an": "An",
    ":a": "a",
    ":x": "x",
    ":three": 3,
    ":five": 5,
    ":z": "z",
}
VALUES = marshal({":type_n": "N", **PLAIN}) | {":thirty_long": {"N": "30.00"}}


def used(text: str) -> dict[str, Any]:
    """The names and values that a text uses, as a request gives them."""
    words = set(re.findall(r"[:#]\w+", text))
    names = {name: value for name, value in NAMES.items() if name in words}
    values = {name: value for name, value in VALUES.items() if name in words}
    return {
        **({"ExpressionAttributeNames": names} if names else {}),
        **({"ExpressionAttributeValues": values} if values else {}),
    }


@pytest.mark.parametrize(("text", "holds"), CONDITIONS)
def test_condition(text: str, holds: bool) -> None:
    scope = Scope(used(text))
    assert condition(text, scope)(ITEM) is holds
    scope.close()


MOTO_IS_WRONG = {"absent <> :thirty", "age = :thirty_long", "who < :forty"}


@pytest.mark.parametrize("text", [text for text, _ in CONDITIONS if text not in MOTO_IS_WRONG])
def test_moto_agrees_on_conditions(text: str) -> None:
    from moto.dynamodb.comparisons import get_filter_expression
    from moto.dynamodb.models.dynamo_type import DynamoType, Item

    moto_item = Item(DynamoType(ITEM["h"]), DynamoType(ITEM["r"]), ITEM)
    request = used(text)
    names, values = request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues")
    theirs = get_filter_expression(text, names, values).expr(moto_item)
    assert condition(text, Scope(request))(ITEM) is theirs


UPDATES = [
    ("SET who = :z", {"who": "z"}),
    ("SET age = age + :five", {"age": 35}),
    ("SET age = age - :five", {"age": 25}),
    ("SET seen = if_not_exists(seen, :five)", {"seen": 5}),
    ("SET seen = if_not_exists(seen, :five) + :three", {"seen": 8}),
    ("SET age = if_not_exists(age, :five)", {"age": 30}),
    ("SET things[0] = :z", {"things": ["z", "x", {"deep": "z"}]}),
    ("SET #p.#w.n = :forty", {"place": {"within": {"n": 40}}}),
    ("SET #p.more = :z", {"place": {"within": {"n": 5}, "more": "z"}}),
    ("ADD age :five", {"age": 35}),
    ("ADD fresh :five", {"fresh": 5}),
    ("REMOVE who, absent", {"who": None}),
    ("REMOVE things[0], things[1]", {"things": [{"deep": "z"}]}),
    ("SET who = :z REMOVE age ADD fresh :three", {"who": "z", "age": None, "fresh": 3}),
]


@pytest.mark.parametrize(("text", "changed"), UPDATES)
def test_update(text: str, changed: dict[str, Any]) -> None:
    before = unmarshal(ITEM)
    new, _ = update(text, Scope(used(text)))(ITEM)
    expected = {name: value for name, value in {**before, **changed}.items() if value is not None}
    assert unmarshal(new) == expected
    assert unmarshal(ITEM) == before


def test_update_of_sets() -> None:
    scope = Scope({"ExpressionAttributeValues": {":s": {"SS": ["b", "c"]}}})
    added, _ = update("ADD marks :s", scope)(ITEM)
    assert set(added["marks"]["SS"]) == {"a", "b", "c"}
    left, _ = update("DELETE marks :s", scope)(ITEM)
    assert left["marks"] == {"SS": ["a"]}
    both, _ = update("DELETE marks :s", scope)(left | {"marks": {"SS": ["b"]}})
    assert "marks" not in both


WRONG = [
    ("condition", "who = ", "Syntax error"),
    ("condition", "who == :ana", "Syntax error"),
    ("condition", "", "can not be empty"),
    ("condition", "name = :ana", "reserved keyword"),
    ("condition", "attribute_exists(who, age)", "Incorrect number of operands"),
    ("condition", "who = :unknown", "not defined"),
    ("condition", "#unknown = :ana", "not defined"),
    ("update", "SET who = absent", "does not exist in the item"),
    ("update", "SET who = who + :five", "incorrect data type"),
    ("update", "SET a.b = :z", "invalid for update"),
    ("update", "SET who = :z, who = :ana", "overlap"),
    ("update", "SET who = :z SET age = :z", "only be used once"),
    ("update", "CHANGE who = :z", "Syntax error"),
]


@pytest.mark.parametrize(("kind", "text", "message"), WRONG)
def test_refused_expressions(kind: str, text: str, message: str) -> None:
    act = condition if kind == "condition" else update
    with pytest.raises(AwsError, match=message):
        act(text, Scope(used(text)))(ITEM)


def test_unused_names_and_values_are_refused() -> None:
    for part in (
        {"ExpressionAttributeValues": {":v": {"S": "x"}}},
        {"ExpressionAttributeNames": {"#n": "x"}},
    ):
        with pytest.raises(AwsError, match="unused in expressions"):
            Scope(part).close()


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("1.50", "1.5"),
        ("007", "7"),
        ("-0", "0"),
        ("1E3", "1000"),
        ("0.10", "0.1"),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_numbers_are_normalised(given: str, stored: str) -> None:
    assert normal({"N": given}) == {"N": stored}


@pytest.mark.parametrize("given", ["", "x", "NaN", "Infinity", "1" * 39, "1E126", "1E-131"])
def test_refused_numbers(given: str) -> None:
    with pytest.raises(AwsError):
        normal({"N": given})


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_number_text_is_the_same_number(number: Any) -> None:
    assert normal({"N": number_text(number)}) == {"N": number_text(number)}


def test_projection_of_nested_paths() -> None:
    keep = projection("h, #p.#w.n, things[2]", Scope({"ExpressionAttributeNames": NAMES}))
    assert unmarshal(keep(ITEM)) == {"h": "roads", "place": {"within": {"n": 5}}, "things": [{"deep": "z"}]}


def fill(client: Any, table: str, count: int) -> list[dict[str, Any]]:
    items = [
        marshal({"h": "a", "r": f"{n:03}", "g": "x", "n": (n * 7) % count, "text": "t" * n})
        for n in range(count)
    ]
    for start in range(0, count, 25):
        client.batch_write_item(
            RequestItems={table: [{"PutRequest": {"Item": one}} for one in items[start : start + 25]]}
        )
    return items


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("h = :h", {}, range(30)),
        ("h = :h AND r > :a", {":a": "010"}, range(11, 30)),
        ("h = :h AND r >= :a", {":a": "010"}, range(10, 30)),
        ("r < :a AND h = :h", {":a": "003"}, range(3)),
        ("h = :h AND r BETWEEN :a AND :b", {":a": "003", ":b": "005"}, range(3, 6)),
        ("h = :h AND begins_with(r, :a)", {":a": "02"}, range(20, 30)),
        ("h = :h AND r = :a", {":a": "007"}, range(7, 8)),
        ("h = :h AND r = :a", {":a": "no"}, range(0)),
    ],
)
@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("limit", [None, 1, 7])
def test_query_pages(
    client: Client,
    table: str,
    text: str,
    values: dict[str, str],
    expected: range,
    forward: bool,
    limit: int | None,
) -> None:
    dynamodb = client("dynamodb")
    fill(dynamodb, table, 30)
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": text,
        "ExpressionAttributeValues": marshal({":h": "a", **values}),
        "ScanIndexForward": forward,
        **({"Limit": limit} if limit else {}),
    }
    found = []
    while True:
        page = dynamodb.query(**request)
        found += [int(one["r"]["S"]) for one in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    assert found == (list(expected) if forward else list(expected)[::-1])


def test_query_of_an_index_follows_every_change(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    items = fill(dynamodb, table, 20)
    dynamodb.update_item(
        TableName=table,
        Key={"h": items[0]["h"], "r": items[0]["r"]},
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "100"}},
    )
    dynamodb.update_item(
        TableName=table, Key={"h": items[1]["h"], "r": items[1]["r"]}, UpdateExpression="REMOVE g"
    )
    dynamodb.delete_item(TableName=table, Key={"h": items[2]["h"], "r": items[2]["r"]})
    request = {
        "TableName": table,
        "IndexName": "by-n",
        "KeyConditionExpression": "g = :g AND n >= :n",
        "ExpressionAttributeValues": {":g": {"S": "x"}, ":n": {"N": "2"}},
        "Limit": 6,
    }
    found: list[dict[str, Any]] = []
    while True:
        page = dynamodb.query(**request)
        found += page["Items"]
        if "LastEvaluatedKey" not in page:
            break
        assert set(page["LastEvaluatedKey"]) == {"h", "r", "g", "n"}
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    numbers = [int(one["n"]["N"]) for one in found]
    gone = {int(items[n]["n"]["N"]) for n in (0, 1, 2)}
    assert numbers == sorted((set(range(2, 20)) - gone) | {100})
    assert all("text" not in one for one in found)


def test_filter_comes_after_the_limit(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    fill(dynamodb, table, 10)
    page = dynamodb.query(
        TableName=table,
        KeyConditionExpression="h = :h",
        FilterExpression="n = :n",
        ExpressionAttributeValues=marshal({":h": "a", ":n": 9}),
        Limit=3,
    )
    assert (page["Count"], page["ScannedCount"], page["LastEvaluatedKey"]["r"]) == (0, 3, {"S": "002"})


def test_pages_end_at_a_megabyte(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    for n in range(6):
        dynamodb.put_item(TableName=table, Item=marshal({"h": "a", "r": str(n), "text": "x" * 300_000}))
    request = {
        "TableName": table,
        "KeyConditionExpression": "h = :h",
        "ExpressionAttributeValues": marshal({":h": "a"}),
    }
    page = dynamodb.query(**request)
    assert page["Count"] == 4
    assert dynamodb.query(**request, ExclusiveStartKey=page["LastEvaluatedKey"])["Count"] == 2


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.text("0123456789", min_size=1, max_size=3)), max_size=25),
    st.integers(1, 7),
)
def test_scan_pages_see_each_item_once(keys: list[tuple[str, str]], limit: int) -> None:
    from infra.aws.dynamo.queries import scan
    from infra.aws.dynamo.table import Table

    definitions = [{"AttributeName": name, "AttributeType": "S"} for name in "hr"]
    schema = [{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}]
    table = Table({"TableName": "t", "AttributeDefinitions": definitions, "KeySchema": schema})
    for h, r in keys:
        item = marshal({"h": h, "r": r})
        table.put(table.check(item), item)
    found, request = [], {"Limit": limit}
    while True:
        page = scan(table, request)
        found += [(one["h"]["S"], one["r"]["S"]) for one in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        request = {"Limit": limit, "ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert sorted(found) == sorted(set(keys))


def test_conditional_put_tells_the_old_item(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    dynamodb.put_item(TableName=table, Item=ITEM)
    with pytest.raises(ClientError) as refused:
        dynamodb.put_item(
            TableName=table,
            Item=ITEM,
            ConditionExpression="attribute_not_exists(h)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refused.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert unmarshal(refused.value.response["Item"]) == unmarshal(ITEM)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("ALL_NEW", {"h": "a", "r": "1", "n": 3, "who": "Ana"}),
        ("ALL_OLD", {"h": "a", "r": "1", "n": 2, "who": "Ana"}),
        ("UPDATED_NEW", {"n": 3}),
        ("UPDATED_OLD", {"n": 2}),
        ("NONE", {}),
    ],
)
def test_returned_values(client: Client, table: str, wanted: str, expected: dict[str, Any]) -> None:
    dynamodb = client("dynamodb")
    dynamodb.put_item(TableName=table, Item=marshal({"h": "a", "r": "1", "n": 2, "who": "Ana"}))
    answer = dynamodb.update_item(
        TableName=table,
        Key=marshal({"h": "a", "r": "1"}),
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues=marshal({":one": 1}),
        ReturnValues=wanted,
    )
    assert unmarshal(answer.get("Attributes", {})) == expected


REFUSED_ITEMS = [
    ("no range", {"h": "a"}, "Missing the key r"),
    ("empty key", {"h": "", "r": "1"}, "empty string"),
    ("wrong type of key", {"h": 1, "r": "1"}, "Type mismatch for key"),
    ("wrong type of index key", {"h": "a", "r": "1", "n": "text"}, "Type mismatch for Index Key"),
    ("too large", {"h": "a", "r": "1", "text": "x" * 410_000}, "maximum allowed size"),
]


@pytest.mark.parametrize(("name", "item", "message"), REFUSED_ITEMS)
def test_refused_items(client: Client, table: str, name: str, item: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message) as refused:
        client("dynamodb").put_item(TableName=table, Item=marshal(item))
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_refused_requests(client: Client, table: str) -> None:
    dynamodb = client("dynamodb")
    with pytest.raises(ClientError, match="does not match the schema"):
        dynamodb.get_item(TableName=table, Key=marshal({"h": "a"}))
    with pytest.raises(ClientError, match="part of the key"):
        dynamodb.update_item(
            TableName=table,
            Key=marshal({"h": "a", "r": "1"}),
            UpdateExpression="SET r = :v",
            ExpressionAttributeValues=marshal({":v": "2"}),
        )
    with pytest.raises(ClientError, match="cannot contain an empty string"):
        dynamodb.query(
            TableName=table,
            KeyConditionExpression="h = :h AND r > :r",
            ExpressionAttributeValues=marshal({":h": "a", ":r": ""}),
        )
    with pytest.raises(ClientError) as missing:
        dynamodb.get_item(TableName="no-such-table", Key=marshal({"h": "a"}))
    assert missing.value.response["Error"]["Code"] == "ResourceNotFoundException"
    fillers = [{"PutRequest": {"Item": marshal({"h": "a", "r": str(n)})}} for n in range(26)]
    with pytest.raises(ClientError, match="Too many items"):
        dynamodb.batch_write_item(RequestItems={table: fillers})


def test_size_counts_names_and_values() -> None:
    assert size_of(marshal({"h": "é", "n": 1})) == len("h") + 2 + len("n") + 2


def test_moto_answers_alike(client: Client) -> None:
    """The same little program on both, answers compared: the common path is no invention of ours."""

    def program(dynamodb: Any) -> list[Any]:
        dynamodb.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "hr"],
            KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
        )
        for n in range(5):
            dynamodb.put_item(TableName="t", Item=ITEM | marshal({"r": str(n)}))
        key = marshal({"h": "roads", "r": "3"})
        one, absent = {":v": {"N": "1"}}, marshal({"h": "x", "r": "y"})
        answers = [
            dynamodb.get_item(TableName="t", Key=key),
            dynamodb.get_item(TableName="t", Key=absent),
            dynamodb.update_item(
                TableName="t",
                Key=key,
                UpdateExpression="ADD age :v",
                ExpressionAttributeValues=one,
                ReturnValues="ALL_NEW",
            ),
            dynamodb.delete_item(TableName="t", Key=key, ReturnValues="ALL_OLD"),
            dynamodb.query(
                TableName="t",
                KeyConditionExpression="h = :h",
                ExpressionAttributeValues=marshal({":h": "roads"}),
            ),
            dynamodb.scan(TableName="t", Select="COUNT"),
            dynamodb.batch_get_item(RequestItems={"t": {"Keys": [key, absent]}}),
        ]
        for answer in answers:
            del answer["ResponseMetadata"]
            answer.pop("ConsumedCapacity", None)  # moto gives it unasked
            for item in (answer.get("Item"), answer.get("Attributes"), *answer.get("Items", ())):
                if item:
                    item["marks"]["SS"].sort()
        return answers

    with mock_aws():
        theirs = program(client("dynamodb"))
    world = World()
    world.open()
    try:
        assert program(client("dynamodb")) == theirs
    finally:
        world.close()
