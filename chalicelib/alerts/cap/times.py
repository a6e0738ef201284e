"""Times as CAP 1.2 writes them (3.3.2): `2026-11-22T18:00:00-05:00`.

The offset is a number, never `Z`; there are no fractions of a second; UTC is written `-00:00`.
"""

import re
from datetime import UTC, datetime

FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)


def instant(text: str) -> datetime:
    """The moment, in UTC. Raises ValueError with a sentence for what is no time of CAP."""
    if not FORM.fullmatch(text):
        raise ValueError(
            "Give a time as 2026-11-22T18:00:00-05:00: an offset in numbers, no fractions, no Z."
        )
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("There is no such time.") from None


def written(at: datetime) -> str:
    """A moment as CAP writes it, with its own offset. `at` knows its zone; fractions are dropped."""
    text = at.replace(microsecond=0).isoformat()
    return text.removesuffix("+00:00") + "-00:00" if at.utcoffset() == UTC.utcoffset(None) else text
