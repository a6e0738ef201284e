"""The local AWS's clock: real time, plus what tests skip ahead."""

import time
from datetime import UTC, datetime, timedelta
from threading import Lock


class LocalClock:
    """Real time by default.

    `advance` moves it ahead, for queues' delays, leases and tokens to run out without waiting.

    `frozen` at a moment, it stands still but for `advance`. Callable as `chalicelib.core.clock.Clock`.
    """

    def __init__(self, *, frozen: datetime | None = None) -> None:
        self._frozen = frozen
        self._ahead = timedelta()
        self._lock = Lock()

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""
        return (self._frozen or datetime.now(UTC)) + self._ahead

    def time(self) -> float:
        """The present moment in epoch seconds."""
        if self._frozen is None:
            return time.time() + self._ahead.total_seconds()
        return self().timestamp()

    def advance(self, seconds: float) -> None:
        """Moves the clock ahead. Raises ValueError for a step back."""
        if seconds < 0:
            raise ValueError("time does not go back")
        with self._lock:
            self._ahead += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Takes back what was skipped."""
        with self._lock:
            self._ahead = timedelta()
