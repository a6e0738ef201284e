"""A sorted stream read beside the audience, shard by shard, in constant memory."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from chalicelib.core.ids import shard_of

T = TypeVar("T")
Read = Callable[[int, str], Iterator[tuple[str, T]]]
"""What a shard holds, from a subscriber id on (inclusive): ids, sorted, each with something."""


class Beside(Generic[T]):
    """What the stream holds of each person; asked in ascending order of subscriber ids."""

    def __init__(self, read: Read[T]) -> None:
        self._read = read
        self._shard = -1
        self._stream: Iterator[tuple[str, T]] = iter(())
        self._next: tuple[str, T] | None = None

    def of(self, subscriber_id: str) -> T | None:
        """What it holds of a person, the first of several; None where it holds nothing."""
        if shard_of(subscriber_id) != self._shard:
            self._shard = shard_of(subscriber_id)
            self._stream = self._read(self._shard, subscriber_id)
            self._next = next(self._stream, None)
        while self._next is not None and self._next[0] < subscriber_id:
            self._next = next(self._stream, None)
        return self._next[1] if self._next is not None and self._next[0] == subscriber_id else None
