"""What the demonstration tells: progress while it waits, and a table of what was due and what was found."""

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

PAUSE_S = 0.2
CLEAR = "\r\x1b[K"


class Table:
    """Rows of numbers that were due and that were found."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._rows: list[tuple[str, Any, Any]] = []
        self._notes: list[str] = []
        self._said = ""

    def row(self, what: str, *, due: Any, found: Any) -> None:
        """Adds a row; it is off where the two, numbers or short texts, differ."""
        self._rows.append((what, due, found))

    def off(self) -> list[str]:
        """What is off."""
        return [what for what, due, found in self._rows if due != found]

    def __len__(self) -> int:
        return len(self._rows)

    def say(self, text: str) -> None:
        """Progress: on a terminal in place of the line before, elsewhere a line for each new thing."""
        thing = text.partition(":")[0]
        if self._out.isatty():
            self._out.write(CLEAR + text)
        elif thing != self._said:
            self._out.write(text + "\n")
        self._said = thing
        self._out.flush()

    def note(self, text: str) -> None:
        """A line that is to be read under the table."""
        self._notes.append(text)

    def wait(self, text: str, ready: Callable[[], Any], *, timeout: float = 30) -> Any:
        """The first true answer of `ready`. Raises TimeoutError, naming what was waited for."""
        end = time.monotonic() + timeout
        self.say(text)
        while not (found := ready()):
            if time.monotonic() > end:
                raise TimeoutError(f"{text}: not after {timeout:.0f} s")
            time.sleep(PAUSE_S)
        return found

    def show(self) -> None:
        """Prints all rows."""
        shown = [("", "due", "found"), *((what, _text(due), _text(found)) for what, due, found in self._rows)]
        widths = [max(len(row[column]) for row in shown) for column in range(3)]
        self._out.write((CLEAR if self._out.isatty() else "") + "\n")
        for place, (what, due, found) in enumerate(shown):
            mark = "" if place == 0 else "  ok" if due == found else "  OFF"
            line = f"  {what:<{widths[0]}}  {due:>{widths[1]}}  {found:>{widths[2]}}{mark}"
            self._out.write(line.rstrip() + "\n")
        self._out.write("".join(f"\n  {note}\n" for note in self._notes) + "\n")
        self._out.flush()


def bar(done: int, total: int, *, width: int = 24) -> str:
    """How much of something is done, drawn: `[######..................]`."""
    full = width * min(done, total) // total if total else width
    return f"[{'#' * full}{'.' * (width - full)}]"


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
