"""Files as the former systems write them, from their documentation and source, with invented people."""

from datetime import UTC, datetime
from pathlib import Path

from chalicelib.subscribers.imports import header, lines, rows
from chalicelib.subscribers.imports.formats import recognise
from chalicelib.subscribers.imports.rows import Context, Refusal, Row

SAMPLES = Path(__file__).parent / "samples"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
TOPICS = frozenset({"roads", "budget"})


def context(**more: object) -> Context:
    """Rows are held against the topics roads and budget, in an agency of the United States."""
    return Context(TOPICS, "US", "en", "America/New_York", NOW, **more)  # type: ignore[arg-type]


def sample(name: str, against: Context) -> dict[int, Row | list[Refusal]]:
    """What the rows of a sample are, by line."""
    content = (SAMPLES / name).read_bytes()
    if recognise.is_json(content):
        form = recognise.by_object(content.split(b"\n")[0].decode())
        assert form is not None
        found = lines.json_lines([content], offset=0, line=1)
        columns: tuple[str, ...] = recognise.JSON_COLUMNS
    else:
        found = lines.records([content], offset=0, line=1)
        columns = header.header(next(found).cells)
        form = recognise.by_columns(columns)
    return {one.line: rows.read(one, columns, against, form=form) for one in found}
