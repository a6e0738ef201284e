import json
from typing import Any

import pytest

from chalicelib.core.queues import QueueRefused, Queues


class FakeSqs:
    """SQS that refuses, in each batch, the entries named for it."""

    def __init__(self, *refused: set[str]) -> None:
        self.refused = list(refused)
        self.sent: list[dict[str, Any]] = []

    def send_message(self, **message: Any) -> None:
        self.sent.append(message)

    def send_message_batch(self, **batch: Any) -> dict[str, Any]:
        url, entries = batch["QueueUrl"], batch["Entries"]
        refused = self.refused.pop(0) if self.refused else set()
        assert len(entries) <= 10
        self.sent += [{"QueueUrl": url, **one} for one in entries if one["Id"] not in refused]
        return {"Failed": [{"Id": one["Id"]} for one in entries if one["Id"] in refused]}


def _queues(client: FakeSqs) -> Queues:
    return Queues(client=client, prefix="https://sqs.example/1/crier-")


@pytest.mark.parametrize(("delay", "sent"), [(0, 0), (900, 900), (3600, 900)])
def test_one_message_with_its_delay(delay: int, sent: int) -> None:
    client = FakeSqs()
    _queues(client).send("expand-bulk", {"plan": "é"}, delay_s=delay)
    assert client.sent == [
        {
            "QueueUrl": "https://sqs.example/1/crier-expand-bulk",
            "MessageBody": '{"plan":"é"}',
            "DelaySeconds": sent,
        }
    ]


@pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
def test_many_go_ten_at_a_time(count: int) -> None:
    client = FakeSqs()
    _queues(client).send_all("x", [({"n": n}, n) for n in range(count)])
    assert [(json.loads(one["MessageBody"])["n"], one["DelaySeconds"]) for one in client.sent] == [
        (n, n) for n in range(count)
    ]


def test_what_was_refused_is_sent_again() -> None:
    client = FakeSqs({"1", "2"}, {"2"})
    _queues(client).send_all("x", [({"n": n}, 0) for n in range(4)])
    assert sorted(json.loads(one["MessageBody"])["n"] for one in client.sent) == [0, 1, 2, 3]


def test_what_is_refused_thrice_is_told() -> None:
    client = FakeSqs({"1"}, {"1"}, {"1"})
    with pytest.raises(QueueRefused):
        _queues(client).send_all("x", [({"n": n}, 0) for n in range(2)])
