"""A queue and its messages, as they lie in memory."""

from dataclasses import dataclass, field
from hashlib import md5
from random import Random
from typing import Any


@dataclass
class Message:
    """One message in a queue.

    `visible_at` is in epoch seconds; `receipt` is of the last receive, None before the first.
    """

    message_id: str
    body: str
    attributes: dict[str, Any]
    sent_at: float
    visible_at: float
    receives: int = 0
    first_received_at: float | None = None
    receipt: str | None = None

    def record(self, arn: str) -> dict[str, Any]:
        """The message as Lambda hands it to a function."""
        return {
            "messageId": self.message_id,
            "receiptHandle": self.receipt,
            "body": self.body,
            "attributes": self.system_attributes(),
            "messageAttributes": self.attributes,
            "md5OfBody": md5_of(self.body),
            "eventSource": "aws:sqs",
            "eventSourceARN": arn,
            "awsRegion": arn.split(":")[3],
        }

    def system_attributes(self) -> dict[str, str]:
        """Counts and times, as text."""
        return {
            "ApproximateReceiveCount": str(self.receives),
            "SentTimestamp": str(int(self.sent_at * 1000)),
            "SenderId": "123456789012",
            "ApproximateFirstReceiveTimestamp": str(int((self.first_received_at or 0) * 1000)),
        }


@dataclass
class Mishaps:
    """What goes wrong on purpose: every message twice, and received in an order drawn from `shuffle`."""

    double: bool = False
    shuffle: Random | None = None


@dataclass
class Queue:
    """The messages of one queue; its attributes are those of moto's queue, `described`."""

    name: str
    described: Any
    messages: list[Message] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        return str(self.described.queue_arn)

    @property
    def visibility_s(self) -> float:
        """For how long a received message stays hidden, in seconds."""
        return float(self.described.visibility_timeout)

    @property
    def redrive(self) -> tuple[str, int] | None:
        """ARN of the dead-letter queue and how often a message is received before it goes there."""
        policy = self.described.redrive_policy
        return (policy["deadLetterTargetArn"], int(policy["maxReceiveCount"])) if policy else None

    def next_at(self) -> float | None:
        """When the next message can be received, in epoch seconds; None in an empty queue."""
        return min((one.visible_at for one in self.messages), default=None)


def md5_of(text: str) -> str:
    """The checksum that SQS answers with a message."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()
