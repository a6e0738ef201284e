"""Each format is told by its columns or shape, and by nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.subscribers.imports import header, rows
from chalicelib.subscribers.imports.formats import govdelivery, listmonk, pinpoint, recognise
from chalicelib.subscribers.imports.rows import Refusal, Row
from tests.subscribers.imports.formats.conftest import SAMPLES, context, sample

NAMES = st.lists(
    st.sampled_from(sorted({*header.COLUMNS, *listmonk.COLUMNS, "destination", "x"})), unique=True
)


@pytest.mark.parametrize("name", ["govdelivery.csv", "listmonk.csv", "plain.csv"])
def test_samples_by_their_columns(name: str) -> None:
    first = (SAMPLES / name).read_bytes().splitlines()[0].decode()
    names = header.header(first.replace('"', "").split(","))
    expected = name.removesuffix(".csv").replace("plain", "csv")
    assert recognise.by_columns(names).name == expected


@given(NAMES)
def test_any_columns_are_of_one_format(names: list[str]) -> None:
    found = recognise.by_columns(names)
    assert (found is govdelivery.FORMAT) == ("destination" in names)
    assert found is not listmonk.FORMAT or set(names) >= listmonk.COLUMNS
    assert not found.is_json


@given(st.dictionaries(st.sampled_from(["Address", "ChannelType", "Id"]), st.text(max_size=3)))
def test_objects(one: dict[str, str]) -> None:
    found = recognise.by_object(json.dumps(one))
    assert (found is pinpoint.FORMAT) == ({"Address", "ChannelType"} <= one.keys())


@given(st.binary(max_size=20))
def test_only_an_object_begins_json_lines(start: bytes) -> None:
    assert recognise.is_json(b" \n{" + start)
    assert not recognise.is_json(b"email" + start)


def test_the_plain_sample() -> None:
    found = sample("plain.csv", context())
    ana, bo, phone, cy = (found[line] for line in (2, 3, 4, 5))
    assert isinstance(ana, Row)
    assert (ana.topics, ana.channels, ana.cadence) == (("roads", "budget"), ("email", "sms"), "weekly")
    assert isinstance(bo, Row)
    assert isinstance(phone, Row)
    assert (bo.status, phone.status, dict(phone.addresses)) == (
        "unsubscribed",
        "bounced",
        {"sms": "+16175550199"},
    )
    assert isinstance(cy, Row)
    assert not cy.stops
    assert found[6] == [Refusal(6, "cadence", rows.BAD_CADENCE)]
