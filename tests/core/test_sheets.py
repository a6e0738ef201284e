import csv
from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.sheets import FORMULA, as_csv

CELLS = st.none() | st.text() | st.integers() | st.builds(str.__add__, st.sampled_from(FORMULA), st.text())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional={"a": CELLS, "b": CELLS}), max_size=4))
def test_no_cell_begins_as_a_formula_and_every_row_is_there(rows: list[dict[str, object]]) -> None:
    found = list(csv.reader(StringIO(as_csv(["a", "b"], rows), newline="")))
    assert found[0] == ["a", "b"]
    assert [len(row) for row in found[1:]] == [2] * len(rows)
    assert not [cell for row in found for cell in row if cell.startswith(FORMULA)]


def test_what_is_no_text_stands_as_json() -> None:
    rows: list[dict[str, object]] = [{"a": {"channel": "sms"}, "b": None}, {"a": -5, "b": "=1+1"}]
    assert as_csv(["a", "b"], rows).splitlines() == ["a,b", '"{""channel"": ""sms""}",', "'-5,'=1+1"]
