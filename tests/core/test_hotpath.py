"""Requests and answers in one step are the ones that botocore would write and read."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session

from chalicelib.core.hotpath import OPERATIONS, Prepared, install, to_json, written
from infra.aws import door

CLAIM = {
    "TransactItems": [
        {
            "Update": {
                "TableName": "crier-deliveries",
                "Key": {"id": {"S": 'Nguyễn "x" \\ \u2028 {{t}}'}},
                "UpdateExpression": "SET a = :a",
                "ExpressionAttributeValues": {
                    ":a": {"N": "1.5"},
                    ":b": {"B": b"\x00\xff"},
                    ":c": {"BOOL": True},
                },
            }
        }
    ],
    "ClientRequestToken": "token",
}
BULK = {
    "FromEmailAddress": "City <news@city.example>",
    "ConfigurationSetName": "crier",
    "DefaultContent": {"Template": {"TemplateContent": {"Subject": "Olá", "Html": "<p>", "Text": "t"}}},
    "BulkEmailEntries": [
        {
            "Destination": {"ToAddresses": ["a@mail.example"]},
            "ReplacementTags": [{"Name": "plan", "Value": "1"}],
            "ReplacementHeaders": [{"Name": "List-Unsubscribe", "Value": "<https://city.example/u>"}],
        }
    ],
}
MESSAGES = {
    "QueueUrl": "http://localhost/000000000000/crier-deliver-bulk",
    "Entries": [{"Id": "0", "MessageBody": '{"plan":"é"}', "DelaySeconds": 3}],
}
QUERY = {
    "TableName": "t",
    "KeyConditionExpression": "a = :a",
    "ExpressionAttributeValues": {":a": {"S": "x"}},
}
BATCH = {"RequestItems": {"t": {"Keys": [{"id": {"S": "x"}}], "ConsistentRead": True}}}

CALLS = [
    pytest.param("dynamodb", "TransactWriteItems", CLAIM, id="a claim"),
    pytest.param("dynamodb", "Query", QUERY, id="a page"),
    pytest.param("dynamodb", "BatchGetItem", BATCH, id="a re-read"),
    pytest.param("sesv2", "SendBulkEmail", BULK, id="a mail"),
    pytest.param("sqs", "SendMessageBatch", MESSAGES, id="messages"),
]
ANSWERS: dict[str, dict[str, Any]] = {
    "Query": {"Items": [{"a": {"S": "é"}, "b": {"SS": ["x"]}}], "Count": 1, "ScannedCount": 1},
    "BatchGetItem": {"Responses": {"t": [{"id": {"S": "x"}}]}, "UnprocessedKeys": {}},
    "TransactWriteItems": {},
    "SendBulkEmail": {"BulkEmailEntryResults": [{"Status": "SUCCESS", "MessageId": "m"}]},
    "SendMessageBatch": {
        "Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"}],
        "Failed": [],
    },
}


@pytest.fixture(autouse=True)
def _no_local_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another module's platform may still be open in this worker, and would answer first."""
    monkeypatch.setattr(door.door, "world", None)


class Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


class Wire:
    """What a client sent, answered as told."""

    def __init__(self, service: str, *, hot: bool, status: int = 200) -> None:
        self.client = get_session().create_client(
            service,
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="s",
            config=Config(
                retries={"total_max_attempts": 1},
                parameter_validation=service != "dynamodb",  # as `core.wiring` makes it
            ),
        )
        if hot:
            install(self.client)
        self.status, self.answer = status, b"{}"
        self.sent: Any = None
        self.client.meta.events.register("before-send", self._send)

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        self.sent = request
        headers = {"x-amzn-RequestId": "r"}
        return AWSResponse(request.url, self.status, headers, Body(self.answer))

    def call(self, operation: str, request: dict[str, Any], answer: dict[str, Any]) -> Any:
        self.answer = json.dumps(answer).encode()
        return self.client._make_api_call(operation, dict(request))


def test_every_operation_is_tried_here() -> None:
    tried = {(case.values[0], case.values[1]) for case in CALLS}
    assert tried == {(service, name) for service, names in OPERATIONS.items() for name in names}


@pytest.mark.parametrize(("service", "operation", "request_"), CALLS)
def test_the_request_is_what_botocore_sends(service: str, operation: str, request_: dict[str, Any]) -> None:
    plain, hot = Wire(service, hot=False), Wire(service, hot=True)
    answers = [wire.call(operation, request_, ANSWERS[operation]) for wire in (plain, hot)]
    assert json.loads(hot.sent.body) == json.loads(plain.sent.body)
    assert hot.sent.url == plain.sent.url
    assert hot.sent.method == plain.sent.method
    kept = ("Content-Type", "X-Amz-Target")
    assert [hot.sent.headers.get(name) for name in kept] == [plain.sent.headers.get(name) for name in kept]
    assert answers[1] == answers[0]


def test_the_signature_is_of_the_body_sent() -> None:
    hot = Wire("dynamodb", hot=True)
    hot.call("TransactWriteItems", CLAIM, {})
    assert int(hot.sent.headers["Content-Length"]) == len(hot.sent.body)
    assert b"Signature=" in hot.sent.headers["Authorization"]


@pytest.mark.parametrize("hot", [False, True])
def test_a_cancelled_transaction_keeps_its_reasons(hot: bool) -> None:
    wire = Wire("dynamodb", hot=hot, status=400)
    refusal = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed"}],
    }
    with pytest.raises(ClientError) as caught:
        wire.call("TransactWriteItems", CLAIM, refusal)
    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert codes == ["None", "ConditionalCheckFailed"]


def test_a_token_that_botocore_adds_is_sent() -> None:
    hot = Wire("dynamodb", hot=True)
    hot.call("TransactWriteItems", {"TransactItems": CLAIM["TransactItems"]}, {})
    assert json.loads(hot.sent.body)["ClientRequestToken"]


def test_what_is_json_already_is_taken_as_it_is() -> None:
    assert written({"a": Prepared('[{"b":1}]'), "c": "é"}) == '{"a":[{"b":1}],"c":"é"}'.encode()


class Colour(StrEnum):
    RED = "red"


class Pair(NamedTuple):
    first: str
    second: int


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"a": (1, "é")}, '{"a":[1,"é"]}', id="a tuple"),
        pytest.param({"a": b"\x00\xff"}, '{"a":"AP8="}', id="bytes"),
        pytest.param({Colour.RED: [Colour.RED]}, '{"red":["red"]}', id="an enumeration's members"),
        pytest.param(Pair("s", 0), '["s",0]', id="a named tuple"),
    ],
)
def test_json(value: Any, text: str) -> None:
    assert to_json(value) == text


def test_what_has_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        to_json({"a": object()})
