"""Pinpoint's endpoints: opt-outs stop, inactive ones and other channels are left out."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.subscribers.imports import rows
from chalicelib.subscribers.imports.formats import base, pinpoint
from chalicelib.subscribers.imports.formats.base import Unfit
from chalicelib.subscribers.imports.lines import Record
from chalicelib.subscribers.imports.rows import Refusal, Row
from tests.subscribers.imports.formats.conftest import context, sample

ENDPOINT = {
    "ChannelType": "EMAIL",
    "Address": "ana@city.example",
    "OptOut": "NONE",
    "EndpointStatus": "ACTIVE",
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(
    [
        "ChannelType",
        "Address",
        "OptOut",
        "EndpointStatus",
        "Demographic",
        "User",
        "Attributes",
        "CreationDate",
    ]
)


def test_the_sample() -> None:
    against = context(mapping={"street-works": ["roads"]}, everyone=["budget"], attribute="Topics")
    found = sample("pinpoint.jsonl", against)
    assert found[1] == Row(
        line=1,
        addresses={"email": "ana@city.example"},
        name="Ana Ruiz",
        language="es-US",
        time_zone="America/Chicago",
        topics=("roads", "budget"),
        channels=("email",),
        consent_source="Amazon Pinpoint",
        consent_at=datetime(2024, 6, 1, 8, tzinfo=UTC),
        status_at=datetime(2025, 2, 12, 11, 20, 13, 627000, tzinfo=UTC),
    )
    text, opted_out, anyone = found[2], found[3], found[6]
    assert isinstance(text, Row)
    assert (dict(text.addresses), text.topics, text.channels) == (
        {"sms": "+16175550123"},
        ("roads",),
        ("sms",),
    )
    assert isinstance(opted_out, Row)
    assert (opted_out.stops, opted_out.topics) == (True, ())
    assert opted_out.status_at == datetime(2025, 3, 1, tzinfo=UTC)
    assert found[4] == [Refusal(4, "EndpointStatus", base.LEFT_OUT)]
    assert found[5] == [Refusal(5, "ChannelType", pinpoint.OTHER_CHANNEL)]
    assert isinstance(anyone, Row)
    assert (anyone.topics, anyone.language, anyone.time_zone) == (("budget",), "en", "America/New_York")


@pytest.mark.parametrize("text", ["", "[]", "1", "{", '"x"', "[" * 100_000])
def test_a_line_that_is_no_object(text: str) -> None:
    with pytest.raises(Unfit):
        pinpoint.cells({"json": text}, "")


@given(FIELDS, VALUES)
def test_no_value_of_a_field_makes_an_opt_out_a_consent_or_fails(name: str, value: Any) -> None:
    line = json.dumps({**ENDPOINT, "OptOut": "ALL", name: value})
    found = rows.read(Record(1, 0, 2, (line,)), ("json",), context(everyone=["roads"]), form=pinpoint.FORMAT)
    assert not isinstance(found, Row) or found.stops


@given(st.dictionaries(st.text(max_size=9), VALUES, max_size=4), st.text(max_size=9))
def test_attributes_of_any_shape(attributes: dict[str, Any], name: str) -> None:
    one = {**ENDPOINT, "Attributes": attributes, "User": {"UserAttributes": attributes}}
    assert isinstance(pinpoint.cells({"json": json.dumps(one)}, name)["topics"], str)
