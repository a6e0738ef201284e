"""Lists the messages that a stack's functions gave up on, and puts them back.

    python -m infra.dead_letters                     what lies there, without a word of what the messages say
    python -m infra.dead_letters --put-back receipts the dead letters of one queue, or `all`

A message that was put back is tried five more times. Handlers tolerate a message that comes twice.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

QUEUES = (
    "expand-urgent",
    "expand-service",
    "expand-bulk",
    "deliver-urgent",
    "deliver-service",
    "deliver-bulk",
    "posts",
    "posts-urgent",
    "receipts",
    "events",
    "scans",
    "settle",
    "study",
    "requests",
    "inbound",
    "answers",
    "imports",
    "counts",
    "alert-counts",
    "erasures",
)
_LOOKED_AT_S = 60


@dataclass(frozen=True)
class DeadLetter:
    """One message given up. `names` are its fields and the ids among them: never an address or a text."""

    queue: str
    message_id: str
    sent_at: datetime
    tries: int
    names: str


@dataclass(frozen=True)
class _Received:
    letter: DeadLetter
    body: str
    receipt: str


def dead_letters(*, sqs: Any, stack: str, queue: str) -> list[DeadLetter]:
    """The dead letters of a queue, oldest first. They are hidden for a minute while they are looked at."""
    return sorted(
        (one.letter for one in _received(sqs, stack, queue)),
        key=lambda letter: (letter.sent_at, letter.message_id),
    )


def put_back(*, sqs: Any, stack: str, queue: str) -> int:
    """Move the dead letters of a queue back to it; how many there were.

    Each is sent before it is deleted: a break between the two leaves it in both, never in neither.
    """
    home = _url(sqs, f"{stack}-{queue}")
    dead = _url(sqs, f"{stack}-{queue}-dead")
    count = 0
    for one in _received(sqs, stack, queue):
        sqs.send_message(QueueUrl=home, MessageBody=one.body)
        sqs.delete_message(QueueUrl=dead, ReceiptHandle=one.receipt)
        count += 1
    return count


def _received(sqs: Any, stack: str, queue: str) -> Iterator[_Received]:
    url = _url(sqs, f"{stack}-{queue}-dead")
    seen: set[str] = set()
    while True:
        messages = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_LOOKED_AT_S,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
        ).get("Messages", [])
        fresh = [one for one in messages if one["MessageId"] not in seen]
        if not fresh:
            return
        for one in fresh:
            seen.add(one["MessageId"])
            yield _Received(_letter(queue, one), one["Body"], one["ReceiptHandle"])


def _letter(queue: str, message: dict[str, Any]) -> DeadLetter:
    attributes = message["Attributes"]
    return DeadLetter(
        queue=queue,
        message_id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        tries=int(attributes["ApproximateReceiveCount"]),
        names=describe(message["Body"]),
    )


_IDS = frozenset({"plan", "chunk", "wave", "import", "count", "kind", "campaign"})


def describe(body: str) -> str:
    """What may be said of a message: its fields' names, with the values of those that are ids of ours."""
    try:
        document = json.loads(body)
    except ValueError:
        return "no JSON"
    if not isinstance(document, dict):
        return "no object"
    return " ".join(f"{name}={value}" if name in _IDS else name for name, value in document.items())


def _url(sqs: Any, name: str) -> str:
    return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])


def main() -> int:
    """List, or put back."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.dead_letters", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--stack", default="crier", help="name of the stack")
    parser.add_argument(
        "--put-back", choices=[*QUEUES, "all"], metavar="QUEUE", help="a queue's name, or all"
    )
    arguments = parser.parse_args()
    import boto3

    sqs = boto3.client("sqs")
    if arguments.put_back:
        for queue in QUEUES if arguments.put_back == "all" else [arguments.put_back]:
            print(f"{queue}: {put_back(sqs=sqs, stack=arguments.stack, queue=queue)} put back")
        return 0
    for queue in QUEUES:
        found = dead_letters(sqs=sqs, stack=arguments.stack, queue=queue)
        print(f"{queue}: {len(found)}")
        for one in found:
            print(
                f"  {one.sent_at:%Y-%m-%d %H:%M:%S}Z  tried {one.tries} times  {one.message_id}  {one.names}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
