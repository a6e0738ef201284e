"""What is written: the requests, and in how many of them each key takes part."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.core.wiring import Wiring

WRITES = frozenset({"TransactWriteItems", "UpdateItem", "PutItem", "SendMessage", "SendMessageBatch"})
MOST, MOST_SHARE = 60, 0.1
"""Requests that a thousand clicks on one link may take, and the part of them that one key may."""


class Writes:
    """The requests that wrote, by operation; and in how many of them each key was written."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.keys: Counter[tuple[str, ...]] = Counter()

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Botocore's hook: a request that is about to be made."""
        if model.name not in WRITES:
            return
        self.requests[model.name] += 1
        changes = [next(iter(one.values())) for one in params.get("TransactItems", [params])]
        self.keys.update({_key(one) for one in changes if "Key" in one})

    @property
    def most_share(self) -> float:
        """The part of the requests that the key takes which most of them write."""
        return max(self.keys.values()) / self.requests.total()


def _key(change: dict[str, Any]) -> tuple[str, ...]:
    return change["TableName"], *(value["S"] for _, value in sorted(change["Key"].items()))


@contextmanager
def noted(wiring: Wiring) -> Iterator[Writes]:
    """What is written meanwhile."""
    writes = Writes()
    events = [client.meta.events for client in (wiring.dynamodb, wiring.queues._client)]
    for one in events:
        one.register("provide-client-params", writes.note)
    try:
        yield writes
    finally:
        for one in events:
            one.unregister("provide-client-params", writes.note)
