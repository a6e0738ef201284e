"""Sending to the deployment's own queues, ten at a time, without losing what SQS refuses for the moment."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core.hotpath import to_json

BATCH = 10
MAX_DELAY_S = 900
TRIES = 3

Message = Mapping[str, Any]


class QueueRefused(Exception):
    """SQS refused messages again and again; the caller's own comes again, and the sweep sends what is due."""


class Queues:
    """The queues of one deployment, by their short names (`deliver-bulk`)."""

    def __init__(self, *, client: Any, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def send(self, queue: str, message: Message, *, delay_s: int = 0) -> None:
        """Sends one message, visible after `delay_s` seconds (at most 900)."""
        self._client.send_message(
            QueueUrl=self._prefix + queue,
            MessageBody=to_json(message),
            DelaySeconds=min(delay_s, MAX_DELAY_S),
        )

    def send_all(self, queue: str, messages: Sequence[tuple[Message, int]]) -> None:
        """Sends pairs of message and delay in seconds. Raises QueueRefused for what is refused thrice."""
        for start in range(0, len(messages), BATCH):
            self._send_batch(queue, messages[start : start + BATCH])

    def _send_batch(self, queue: str, messages: Sequence[tuple[Message, int]]) -> None:
        entries = [
            {"Id": str(n), "MessageBody": to_json(message), "DelaySeconds": min(delay, MAX_DELAY_S)}
            for n, (message, delay) in enumerate(messages)
        ]
        for _ in range(TRIES):
            answer = self._client.send_message_batch(QueueUrl=self._prefix + queue, Entries=entries)
            refused = {failure["Id"] for failure in answer.get("Failed", ())}
            entries = [entry for entry in entries if entry["Id"] in refused]
            if not entries:
                return
        raise QueueRefused(queue)
