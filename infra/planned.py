"""Faults planned ahead, for tests: the local AWS and each stand-in take theirs from here, call by call."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

C = TypeVar("C")
F = TypeVar("F")


@dataclass
class _One(Generic[C, F]):
    fault: F
    skip: int
    times: int
    when: Callable[[C], bool]


class Planned(Generic[C, F]):
    """The faults, of type F, that are still to come, each for such calls, of type C, as its `when` tells."""

    def __init__(self) -> None:
        self._all: list[_One[C, F]] = []
        self._lock = Lock()

    def add(
        self, fault: F, *, skip: int = 0, times: int = 1, when: Callable[[C], bool] = lambda _call: True
    ) -> None:
        """Plans a fault: after `skip` calls that pass `when`, for `times` of them."""
        with self._lock:
            self._all.append(_One(fault, skip, times, when))

    def take(self, call: C) -> F | None:
        """The fault of this call, counted; or None."""
        with self._lock:
            for one in self._all:
                if not one.when(call):
                    continue
                if one.skip:
                    one.skip -= 1
                    continue
                one.times -= 1
                if one.times <= 0:
                    self._all.remove(one)
                return one.fault
        return None

    @property
    def left(self) -> int:
        """How many planned faults have not run out; with some left, a test proved less than it meant to."""
        return len(self._all)

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._all.clear()
