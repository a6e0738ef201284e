"""Dead letters are listed without what they say, and put back without loss."""

import json
from typing import Any

import pytest

from infra.dead_letters import dead_letters, describe, put_back


class FakeSqs:
    """Queues by name; what is received is hidden, as SQS does."""

    def __init__(self, **bodies: list[str]) -> None:
        self.queues = {name.replace("_", "-"): list(found) for name, found in bodies.items()}
        self.hidden: set[tuple[str, int]] = set()
        self.break_before_delete = False

    def get_queue_url(self, *, QueueName: str) -> dict[str, str]:  # noqa: N803 - as boto3 names it
        return {"QueueUrl": QueueName}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        found: list[dict[str, Any]] = []
        for place, body in enumerate(self.queues.get(QueueUrl, [])):
            if (QueueUrl, place) not in self.hidden and len(found) < MaxNumberOfMessages:
                self.hidden.add((QueueUrl, place))
                attributes = {"SentTimestamp": str(1_790_000_000_000 - place), "ApproximateReceiveCount": "6"}
                found.append(
                    {
                        "MessageId": f"m{place}",
                        "Body": body,
                        "ReceiptHandle": str(place),
                        "Attributes": attributes,
                    }
                )
        return {"Messages": found} if found else {}

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self.queues.setdefault(QueueUrl, []).append(MessageBody)

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        if self.break_before_delete:
            raise ConnectionError
        self.queues[QueueUrl][int(ReceiptHandle)] = ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"plan": "01a", "chunk": "00000012"}', "plan=01a chunk=00000012"),
        ('{"kind": "sign_up", "email": "ana@x.example", "name": "Ana"}', "kind=sign_up email name"),
        ('{"Type": "Notification", "Message": "{\\"to\\": \\"ana@x.example\\"}"}', "Type Message"),
        ("ana@x.example", "no JSON"),
        ('["ana@x.example"]', "no object"),
    ],
)
def test_nobody_is_named(body: str, said: str) -> None:
    assert describe(body) == said


def test_all_are_listed_the_oldest_first() -> None:
    bodies = [json.dumps({"plan": str(n)}) for n in range(23)]
    found = dead_letters(sqs=FakeSqs(crier_receipts_dead=bodies), stack="crier", queue="receipts")
    assert [letter.names for letter in found] == [f"plan={n}" for n in reversed(range(23))]
    assert {letter.tries for letter in found} == {6}


def test_put_back_moves_each_as_it_is() -> None:
    sqs = FakeSqs(crier_imports_dead=["a", "b"])
    assert put_back(sqs=sqs, stack="crier", queue="imports") == 2
    assert sqs.queues == {"crier-imports": ["a", "b"], "crier-imports-dead": ["", ""]}


def test_a_break_leaves_it_in_both_never_in_neither() -> None:
    sqs = FakeSqs(crier_imports_dead=["a"])
    sqs.break_before_delete = True
    with pytest.raises(ConnectionError):
        put_back(sqs=sqs, stack="crier", queue="imports")
    assert sqs.queues == {"crier-imports": ["a"], "crier-imports-dead": ["a"]}
