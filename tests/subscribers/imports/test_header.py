"""The first line of a plain CSV names the columns that are needed, each once, and no other."""

from datetime import UTC, datetime

import pytest

from chalicelib.subscribers.imports import header
from chalicelib.subscribers.imports.rows import Context

FOR_ALL = Context((), "US", "en", "UTC", datetime(2026, 11, 22, tzinfo=UTC), everyone=("roads",))


@pytest.mark.parametrize(
    ("cells", "fits"),
    [
        pytest.param(["email", "topics", "consent_source"], True, id="least"),
        pytest.param([" Email", "TOPICS", "Consent Source"], True, id="spelt-freely"),
        pytest.param(["email", "topics"], False, id="no-consent"),
        pytest.param(["name", "topics", "consent_source"], False, id="no-address"),
        pytest.param(["email", "email", "topics", "consent_source"], False, id="twice"),
        pytest.param(["email", "topics", "consent_source", "shoe size"], False, id="unknown"),
    ],
)
def test_headers(cells: list[str], fits: bool) -> None:
    assert (header.header_problem(cells) == "") == fits


def test_what_staff_said_for_all_rows_need_not_be_a_column() -> None:
    assert header.header_problem(["email"], FOR_ALL) == f"{header.NEEDED}: consent_source."
    assert header.header_problem(["email", "consent_source"], FOR_ALL) == ""
