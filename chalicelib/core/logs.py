"""Logs: one JSON object a line, of identifiers and counts only. Never an address, a name, a token or a key.

Exceptions are logged by their type and the places they passed through, without their text: a library's
message may quote what a person typed.
"""

import json
import logging
import traceback
from typing import Any


class Logger:
    """Writes events with named values that are identifiers, codes or numbers."""

    def __init__(self, name: str) -> None:
        self._log = logging.getLogger(name)
        self._log.setLevel(logging.INFO)

    def info(self, event: str, **values: str | int | float | bool | None) -> None:
        """Something happened that an operator may want to count."""
        self._write(logging.INFO, event, values)

    def warning(self, event: str, **values: str | int | float | bool | None) -> None:
        """Something happened that an operator may want to look at."""
        self._write(logging.WARNING, event, values)

    def failure(self, event: str, error: BaseException, **values: str | int | float | bool | None) -> None:
        """Something failed: type and code places of the error, and of what caused it; never its text."""
        places = [
            f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)
        ]
        cause = type(error.__cause__).__name__ if error.__cause__ else None
        self._write(
            logging.ERROR,
            event,
            {**values, "error": type(error).__name__, "cause": cause, "at": " < ".join(places[-6:])},
        )

    def _write(self, level: int, event: str, values: dict[str, Any]) -> None:
        self._log.log(level, json.dumps({"event": event, **values}, separators=(",", ":")))


logger = Logger("crier")
