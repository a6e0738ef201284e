"""Geocodes: what is refused and where, and when two are the same."""

from typing import Any

import pytest

from chalicelib.subscribers.geocodes import MAX_OF_AREA, errors, geocode, listed

REFUSED = {
    "no object": (["SAME"], "/g"),
    "no list": ({"SAME": "025025"}, "/g/SAME"),
    "no code": ({"SAME": []}, "/g/SAME"),
    "five digits": ({"SAME": ["025025", "25025"]}, "/g/SAME/1"),
    "a number": ({"SAME": [25025]}, "/g/SAME/0"),
    "a zone without letters": ({"UGC": ["025"]}, "/g/UGC/0"),
    "an empty code": ({"grid": [" "]}, "/g/grid/0"),
    "a system of signs": ({"a/~b#": ["1"]}, "/g/a~1~0b#"),
    "too many": ({"grid": [str(n) for n in range(MAX_OF_AREA)], "SAME": ["025025"]}, "/g"),
}


@pytest.mark.parametrize(("geocodes", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_code_is_refused_by_its_place(geocodes: Any, pointer: str) -> None:
    assert [error.pointer for error in errors(geocodes, pointer="/g")] == [pointer]


def test_codes_are_compared_without_case_and_spaces() -> None:
    given = {"same": ["025025"], "SAME": ["025025 "], "Postcode": ["sw1a-1aa", "SW1A 1AA"]}
    assert list(errors(given, pointer="")) == []
    assert listed(given) == [geocode("SAME", "025025"), geocode("postcode", "SW1A1AA")]
