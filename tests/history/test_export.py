"""The download as a table: a spreadsheet runs none of its cells."""

import csv
from datetime import UTC, datetime
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.sheets import FORMULA
from chalicelib.history.export import as_csv, export
from chalicelib.history.record import Record
from chalicelib.subscribers.habits import Habit
from chalicelib.subscribers.model import LedgerChange, LedgerEntry, Provenance

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(st.text(), st.sampled_from(["", *FORMULA]))
def test_no_cell_begins_as_a_formula_and_none_is_lost(text: str, start: str) -> None:
    note = start + text
    entry = LedgerEntry(
        "a" * 32, 1, Provenance("api", "staff:x", NOON, None, note), (LedgerChange("language", None, "en"),)
    )
    rows = list(csv.reader(StringIO(as_csv(export(Record("a" * 32, None, [entry], [], []), now=NOON)))))
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]
    kept = note.strip()
    if note.isprintable():
        assert rows[1][-1] == (f"'{kept}" if kept.startswith(FORMULA) else kept)


def test_what_was_learned_of_a_person_is_theirs_to_take_along() -> None:
    habit = Habit(
        "a" * 32,
        since=0,
        day=20_454,
        hours={18: (2.5, 1.0)},
        best=18,
        clicked={"email": 20_000},
        unread={"email": 3},
    )
    document = export(Record("a" * 32, None, [], [], [], habit), now=NOON)
    assert document.habit
    assert (document.habit.since, document.habit.as_of) == ("1970-01-01", "2026-01-01")
    assert document.habit.clicked == {"email": "2024-10-04"}
    rows = [row[1:2] + row[3:4] + row[5:6] for row in csv.reader(StringIO(as_csv(document)))]
    assert ["habit", "best_hour", "18"] in rows
    assert ["habit", "clicked/email", "2024-10-04"] in rows
