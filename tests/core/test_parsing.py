import json
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from chalicelib.core.endpoints import Changes, Listing, Model
from chalicelib.core.errors import BadRequest, CrierError, InvalidFields, NotFound, TooLarge
from chalicelib.core.parsing import (
    MAX_BODY_BYTES,
    MAX_ERRORS,
    MAX_FORM_FIELDS,
    body_of,
    check_path,
    form_of,
    no_body,
    query_of,
    read_json,
)


class Colour(StrEnum):
    RED = "red"


class Inner(Model):
    number: int = 0


class Body(Model):
    name: str = Field("", max_length=3)
    on: bool = False
    share: float = 0
    at: datetime | None = None
    colours: set[Colour] = Field(default_factory=set)
    inner: dict[str, Inner] = Field(default_factory=dict)
    anything: Any = None


class Change(Changes):
    CLEARABLE = frozenset({"end"})
    name: str | None = None
    size: int | None = None
    end: datetime | None = None


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \n", "empty", id="blank"),
        pytest.param(b'{"name": "a"', "line 1, column 13", id="cut short"),
        pytest.param(b'{"name": "a"}}', "column 14", id="too much"),
        pytest.param(b"{'name': 'a'}", "column 2", id="not quite JSON"),
        pytest.param(b'{"anything": NaN}', "NaN", id="NaN"),
        pytest.param(b'{"anything": -Infinity}', "Infinity", id="infinity"),
        pytest.param(b'{"share": 1e999}', "too large", id="number beyond doubles"),
        pytest.param(b'{"anything": ' + b"9" * 5000 + b"}", "", id="number of 5,000 digits"),
        pytest.param(b'{"name": "\\ud800"}', "surrogate", id="lone surrogate"),
        pytest.param(b'{"\\udc00": 1}', "surrogate", id="lone surrogate in a name"),
        pytest.param(b'{"name": "\xe9"}', "UTF-8", id="Latin-1"),
        pytest.param('{"name": "a"}'.encode("utf-16"), "UTF-8", id="UTF-16"),
        pytest.param(b'\xef\xbb\xbf{"name": "a"}', "column 1", id="byte order mark"),
        pytest.param(b'{"name": "a", "name": "b"}', "twice", id="a name twice"),
        pytest.param(b'{"inner": {"a": {"number": 1, "number": 2}}}', "twice", id="a name twice, deeper"),
        pytest.param(b"[" * 100_000, "deeply", id="endless nesting"),
        pytest.param(b'{"anything": ' + b"[" * 900 + b"]" * 900 + b"}", "deeply", id="nested 900 deep"),
    ],
)
def test_json_that_does_not_mean_one_thing_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        body_of(raw, Body)
    assert refused.value.code == "bad-json"
    assert why in refused.value.detail


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        pytest.param({"nam": "a"}, ["/nam"], id="unknown field"),
        pytest.param({"inner": {"a/b~c": {"n": 1}}}, ["/inner/a~1b~0c/n"], id="pointer escapes"),
        pytest.param({"name": 1}, ["/name"], id="number for text"),
        pytest.param({"inner": {"a": {"number": "1"}}}, ["/inner/a/number"], id="text for a number"),
        pytest.param({"on": 1}, ["/on"], id="number for a truth value"),
        pytest.param({"share": "0.5"}, ["/share"], id="text for a share"),
        pytest.param({"name": "abcd"}, ["/name"], id="over-long text"),
        pytest.param({"at": "tomorrow"}, ["/at"], id="bad time"),
        pytest.param({"colours": ["red", "blue"]}, ["/colours/1"], id="no such choice"),
        pytest.param({"name": 1, "on": "yes"}, ["/name", "/on"], id="two at once"),
        pytest.param([], ["/"], id="no object"),
        pytest.param(None, ["/"], id="null"),
    ],
)
def test_every_wrong_field_is_named(document: Any, pointers: list[str]) -> None:
    with pytest.raises(InvalidFields) as refused:
        body_of(json.dumps(document).encode(), Body)
    assert [one.pointer for one in refused.value.errors] == pointers


def test_a_fitting_body_is_read() -> None:
    raw = '{"name":" é ","at":"2026-11-22T06:00:00+01:00","colours":["red","red"],"inner":{"a":{"number":1}}}'
    body = body_of(raw.encode(), Body)
    assert (body.name, body.colours, body.inner["a"].number) == ("é", {Colour.RED}, 1)
    assert body.at is not None
    assert body.at.utcoffset() is not None


def test_only_so_many_errors_are_named() -> None:
    with pytest.raises(InvalidFields) as refused:
        body_of(json.dumps({f"x{n}": 1 for n in range(500)}).encode(), Body)
    assert len(refused.value.errors) == MAX_ERRORS


def test_the_limit_counts_bytes() -> None:
    assert read_json(b'"' + b"x" * (MAX_BODY_BYTES - 2) + b'"')
    with pytest.raises(TooLarge):
        body_of(b'"' + b"x" * (MAX_BODY_BYTES - 1) + b'"', Body)
    with pytest.raises(TooLarge):
        no_body(b" " * (MAX_BODY_BYTES + 1))


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", None),
        (b"{}", None),
        (b" { } ", None),
        (b'{"at": 1}', InvalidFields),
        (b"[]", InvalidFields),
        (b"{", BadRequest),
    ],
)
def test_a_call_without_a_body_takes_none(raw: bytes, error: type[CrierError] | None) -> None:
    if error is None:
        no_body(raw)
    else:
        with pytest.raises(error):
            no_body(raw)


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        pytest.param({"limit": ["0"]}, ["limit"], id="below the bound"),
        pytest.param({"limit": ["101"]}, ["limit"], id="above the bound"),
        pytest.param({"limit": ["many"]}, ["limit"], id="no number"),
        pytest.param({"limit": [""]}, ["limit"], id="empty"),
        pytest.param({"limit": ["1", "2"]}, ["limit"], id="twice"),
        pytest.param({"cursor": ["x" * 2001]}, ["cursor"], id="over-long"),
        pytest.param({"b": ["1"], "a": ["1"]}, ["a", "b"], id="unknown"),
    ],
)
def test_every_wrong_parameter_is_named(given: dict[str, list[str]], pointers: list[str]) -> None:
    with pytest.raises(InvalidFields) as refused:
        query_of(given, Listing)
    assert [one.pointer for one in refused.value.errors] == pointers


def test_a_fitting_query_is_read() -> None:
    found = query_of({"limit": ["100"], "cursor": ["x"]}, Listing)
    assert found == Listing(limit=100, cursor="x")
    assert query_of({}, Listing) == Listing(limit=50, cursor=None)
    assert query_of({}, None) is None


@pytest.mark.parametrize("value", ["", "a\x00b", "a\nb", "x" * 1025, "\ud800"])
def test_path_values_that_no_id_can_have_are_not_found(value: str) -> None:
    with pytest.raises(NotFound):
        check_path({"id": value})
    check_path({"id": "roads"})


def test_changes_tell_what_was_sent_and_take_no_null() -> None:
    assert body_of(b'{"name": "a"}', Change).given() == {"name": "a"}
    assert body_of(b"{}", Change).given() == {}
    with pytest.raises(InvalidFields) as refused:
        body_of(b'{"name": null, "size": 1}', Change)
    assert "name" in refused.value.errors[0].message


def test_null_clears_what_may_be_cleared() -> None:
    assert body_of(b'{"end": null}', Change).given() == {"end": None}
    described = Change.model_json_schema()["properties"]
    assert described["name"] == {"title": "Name", "type": "string"}
    assert {"type": "null"} in described["end"]["anyOf"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(BadRequest, InvalidFields):
        body_of(raw, Body)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON_VALUES)
def test_any_json_is_read_as_it_was_written(value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        assert read_json(raw) == value
    except BadRequest:
        assert "\\ud" in json.dumps(value)


def test_a_form_keeps_each_value_and_has_an_end() -> None:
    assert form_of(b"topic=a&topic=b&name=") == {"topic": ["a", "b"], "name": [""]}
    assert len(form_of(b"&".join([b"a=1"] * MAX_FORM_FIELDS))["a"]) == MAX_FORM_FIELDS
    with pytest.raises(BadRequest):
        form_of(b"&".join([b"a=1"] * (MAX_FORM_FIELDS + 1)))
