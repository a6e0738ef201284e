"""The queue `imports`: rows to take over, and people to take off a list."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.batch import SecondsLeft
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.imports.close import continue_close
from chalicelib.subscribers.imports.work import continue_import


def work_off(message: Mapping[str, Any], *, left: SecondsLeft, wiring: Wiring) -> None:
    """Does what one message asks, as far as there is time."""
    (continue_close if "close" in message else continue_import)(message, left=left, wiring=wiring)
