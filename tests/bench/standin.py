"""A fast AWS on loopback, in a process of its own, so that what is measured is the caller.

`python -m tests.bench.standin` prints its port and serves until its standard input closes. DynamoDB's items
are those of the local AWS (`infra.aws.dynamo`); SES and SQS take what they are given. It counts requests by
operation and the units that DynamoDB would charge (`units.py`). Paths under `/_bench` belong to the bench:
`fill`, `take`, `calls`, `counts`.
"""

import json
import socket
import sys
import threading
from collections import Counter
from typing import Any, BinaryIO
from urllib.parse import parse_qs
from uuid import uuid4
from zlib import crc32

from infra.aws.clock import LocalClock
from infra.aws.dynamo.conditions import Scope
from infra.aws.dynamo.service import DynamoDb
from infra.aws.errors import Answer, json_answer
from infra.platform.template import Template
from tests.bench.people import TOPIC, person, row
from tests.bench.units import Measured, Units

# Requests are trusted here: what the service would refuse in them, the tests on the local AWS find.
Scope.use = Scope.close = lambda *_: None  # type: ignore[method-assign, assignment]

STACK, REGION = "crier", "us-east-1"
SES_PATHS = {"/v2/email/outbound-bulk-emails": "SendBulkEmail", "/v2/email/account": "GetAccount"}
PUBLISHED = (
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>{}</MessageId>'
    "</PublishResult></PublishResponse>"
)


class Described:
    """A table as the local DynamoDB asks for it: a `DescribeTable` answer made from the stack's template."""

    def __init__(self, properties: dict[str, Any]) -> None:
        self.properties = properties

    def describe(self, base_key: str) -> dict[str, Any]:
        return {base_key: self.properties}


class StandIn:
    """The state of one run: items, messages that nobody has taken yet, counts."""

    def __init__(self) -> None:
        self.tables = {
            one["TableName"]: Described(one)
            for one in Template(stack=STACK, region=REGION).of_type("AWS::DynamoDB::Table")
        }
        self.lock = threading.Lock()
        self.fill({"people": 0, "languages": ["en"], "rate": 500})

    def fill(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A fresh account with this many subscribers of the topic `roads`, by email, or with `audiences`.

        An audience is `people` from the number `first` on, of a `topic`, on `channels`, `placed` or not.
        """
        self.units = Units()
        self.requests: Counter[str] = Counter()
        self.messages: list[tuple[str, str, int]] = []
        self.sent = 0
        self.addresses: Counter[str] = Counter()
        self.calls_made: list[tuple[str, str]] = []
        self.rate = asked["rate"]
        self.dynamodb = DynamoDb(find=self.tables.get, clock=LocalClock())
        for name, described in self.tables.items():
            self.dynamodb._tables[name] = described, Measured(described.properties, self.units)
        subscriptions = self.dynamodb.table(f"{STACK}-subscriptions")
        assert isinstance(subscriptions, Measured)
        self.languages = asked["languages"]
        self.numbers: dict[str, int] = {}
        everyone = {"topic": TOPIC, "first": 0, "people": asked["people"], "channels": ["email"]}
        self.audiences = asked.get("audiences", [everyone])
        for one in self.audiences:
            for number in range(one["first"], one["first"] + one["people"]):
                item = row(number, self.languages, **_facts(one))
                self.numbers[item["subscriber_id"]["S"]] = number
                subscriptions.fill(item)
        return {}

    def take(self, _asked: dict[str, Any]) -> Any:
        """The messages sent since the last time: queue, body, delay in seconds."""
        taken, self.messages = self.messages, []
        return taken

    def calls(self, _asked: dict[str, Any]) -> Any:
        """The provider's calls since the last time: the channel, and the first address of each."""
        made, self.calls_made = self.calls_made, []
        return made

    def counts(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """Requests by operation, units by table, mails."""
        most = max(self.addresses.values(), default=0)
        return {
            "requests": dict(self.requests),
            "units": self.units.document(),
            "sent": self.sent,
            "people": len(self.addresses),
            "most": most,
        }

    def answer(self, path: str, target: str, body: bytes) -> Answer:
        """The answer to one request; `target` is the header `X-Amz-Target`."""
        if path.startswith("/_bench/"):
            return json_answer(getattr(self, path.removeprefix("/_bench/"))(json.loads(body or b"{}")))
        service, _, operation = target.partition(".")
        if service.startswith("DynamoDB"):
            self.requests[f"dynamodb {operation}"] += 1
            request = json.loads(body)
            request.pop("ClientRequestToken", None)  # no answer is lost here, so none is asked for again
            self._appear(request.get("RequestItems", {}).get(f"{STACK}-subscribers", {}).get("Keys", ()))
            status, headers, answered = self.dynamodb.call(operation, request)
            assert isinstance(answered, bytes)
            self.units.settle(operation, request, answered if status == 200 else b"{}", self.dynamodb)
            headers["x-amz-crc32"] = str(crc32(answered))
            return status, headers, answered
        if service == "AmazonSQS":
            self.requests[f"sqs {operation}"] += 1
            return json_answer(self._sqs(operation, json.loads(body)))
        if path in SES_PATHS:
            self.requests[f"ses {SES_PATHS[path]}"] += 1
            return json_answer(self._ses(SES_PATHS[path], body), content_type="application/json")
        self.requests["sns Publish"] += 1
        self._sent("sms", parse_qs(body.decode())["PhoneNumber"])
        return 200, {"Content-Type": "text/xml"}, PUBLISHED.format(uuid4())

    def _appear(self, keys: list[dict[str, Any]]) -> None:
        """Makes the persons that are about to be read: a hundred thousand of them would fill the memory."""
        subscribers = self.dynamodb.table(f"{STACK}-subscribers")
        assert isinstance(subscribers, Measured)
        for key in keys:
            number = self.numbers.get(key["id"]["S"])
            if number is None:
                continue
            one = next(a for a in self.audiences if a["first"] <= number < a["first"] + a["people"])
            subscribers.fill(person(number, self.languages, **_facts(one)))

    def _sqs(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        queue = request["QueueUrl"].rsplit("/", 1)[-1].removeprefix(f"{STACK}-")
        if operation == "SendMessage":
            self.messages.append((queue, request["MessageBody"], request.get("DelaySeconds", 0)))
            return {"MessageId": str(uuid4()), "MD5OfMessageBody": "0" * 32}
        entries = request["Entries"]
        self.messages += [(queue, one["MessageBody"], one.get("DelaySeconds", 0)) for one in entries]
        made = [{"Id": one["Id"], "MessageId": str(uuid4()), "MD5OfMessageBody": "0" * 32} for one in entries]
        return {"Successful": made}

    def _ses(self, operation: str, body: bytes) -> dict[str, Any]:
        if operation == "GetAccount":
            quota = {"Max24HourSend": 10_000_000.0, "MaxSendRate": float(self.rate), "SentLast24Hours": 0.0}
            return {"SendQuota": quota, "SendingEnabled": True, "ProductionAccessEnabled": True}
        entries = json.loads(body)["BulkEmailEntries"]
        self._sent("email", [one["Destination"]["ToAddresses"][0] for one in entries])
        ids = [f"0100018f{uuid4().hex[:8]}-{uuid4()}-000000" for _ in entries]
        return {"BulkEmailEntryResults": [{"Status": "SUCCESS", "MessageId": one} for one in ids]}

    def _sent(self, channel: str, addresses: list[str]) -> None:
        """Notes one call of the provider's."""
        self.addresses.update(addresses)
        self.sent += len(addresses)
        self.calls_made.append((channel, addresses[0]))


def _facts(audience: dict[str, Any]) -> dict[str, Any]:
    return {name: audience[name] for name in ("topic", "channels", "placed") if name in audience}


def serve(standin: StandIn, connection: socket.socket) -> None:
    """Answers the requests of one connection until it closes."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rb") as stream:
        while first := stream.readline():
            path = first.split(b" ")[1].decode()
            headers = _headers(stream)
            body = stream.read(int(headers.get(b"content-length", 0)))
            with standin.lock:
                status, more, answered = standin.answer(
                    path, headers.get(b"x-amz-target", b"").decode(), body
                )
            data = answered.encode() if isinstance(answered, str) else answered
            lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(data)}"]
            lines += [f"{name}: {value}" for name, value in more.items()]
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + data)


def _headers(stream: BinaryIO) -> dict[bytes, bytes]:
    found = {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        found[name.lower()] = value.strip()
    return found


def main() -> None:
    """Serves until standard input closes."""
    standin = StandIn()
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(standin, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
