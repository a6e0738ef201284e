"""What the first line of a plain CSV names, and what is wrong with it. Pure."""

from collections.abc import Sequence

from chalicelib.subscribers.imports.rows import ADDRESSES, Context

COLUMNS = (
    "email",
    "phone",
    "name",
    "language",
    "time_zone",
    "topics",
    "channels",
    "cadence",
    "consent_source",
    "consent_at",
    "status",
    "status_at",
    "latitude",
    "longitude",
)
KNOWN = ", ".join(COLUMNS)
NEEDED = "Needed in the first line, or for all rows when the import is begun"


def header_problem(cells: Sequence[str], context: Context | None = None) -> str:
    """What is wrong with the first line of a plain CSV; empty if nothing.

    What staff said for all rows (`context`) need not be a column.
    """
    names = header(cells)
    unknown = [n + 1 for n, name in enumerate(names) if name not in COLUMNS]
    if unknown:
        places = ", ".join(map(str, unknown[:10]))
        return f"The first line must name the columns; not known: number {places}. Known are {KNOWN}."
    if len(set(names)) != len(names):
        return "The first line names a column twice."
    if not ADDRESSES & set(names):
        return "The first line must name a column email or phone or both."
    given = {"topics": context.everyone, "consent_source": context.consent_source} if context else {}
    missing = [name for name in ("topics", "consent_source") if not (name in names or given.get(name))]
    return f"{NEEDED}: {', '.join(missing)}." if missing else ""


def header(cells: Sequence[str]) -> tuple[str, ...]:
    """The columns' names as the first line gives them: case and spaces around do not matter."""
    return tuple(cell.strip().lower().replace(" ", "_") for cell in cells)
