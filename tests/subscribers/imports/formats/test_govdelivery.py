"""GovDelivery's subscriptions: a row for each topic of each subscriber, in Windows-1252."""

from datetime import UTC, datetime

import pytest

from chalicelib.subscribers.imports import rows
from chalicelib.subscribers.imports.formats import govdelivery
from chalicelib.subscribers.imports.formats.base import Unfit
from chalicelib.subscribers.imports.rows import Refusal, Row
from tests.subscribers.imports.formats.conftest import context, sample

MAPPING = {"USCITY_111": ["roads"], "USCITY_222": ["budget"]}


def test_the_sample() -> None:
    found = sample("govdelivery.csv", context(mapping=MAPPING))
    people = {
        line: (dict(row.addresses), row.topics, row.channels, row.cadence, row.consent_source)
        for line, row in found.items()
        if isinstance(row, Row)
    }
    ana, bo = {"email": "ana@city.example"}, {"email": "bo@city.example"}
    assert people == {
        2: (ana, ("roads",), ("email",), "immediate", "GovDelivery"),
        3: ({"sms": "+16175550123"}, ("roads",), ("sms",), "immediate", "GovDelivery"),
        4: (ana, ("budget",), ("email",), "weekly", "GovDelivery"),
        5: (bo, ("budget",), ("email",), "daily", "GovDelivery"),
    }
    assert found[6] == [Refusal(6, "TOPIC_CODE", rows.BAD_TOPIC + "USCITY_333")]
    assert found[7] == [Refusal(7, "DIGEST_FOR", govdelivery.BAD_DIGEST)]


def test_a_topic_may_be_left_out() -> None:
    found = sample("govdelivery.csv", context(mapping={**MAPPING, "USCITY_333": []}))
    assert found[6] == [Refusal(6, "TOPIC_CODE", rows.NOT_WANTED)]


def test_answers_origin_and_time_are_taken() -> None:
    row = {
        "destination": "ana@city.example",
        "first_name": "Ana",
        "last_name": "Ruiz",
        "origin": "Direct",
        "subscription_created": "2024-06-01T08:00:00Z",
        "zip_code": "02108",
    }
    cells = govdelivery.cells(row, "")
    assert (cells["name"], cells["consent_source"]) == ("Ana Ruiz", "GovDelivery: Direct")
    assert datetime.fromisoformat(cells["consent_at"]) == datetime(2024, 6, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"Ren\xe9e", "Renée"), ("Renée".encode(), "Renée"), (b"Ren\x81", "Ren\udc81")],
    ids=["windows-1252", "utf-8", "neither"],
)
def test_names_are_read_in_both_encodings(content: bytes, expected: str) -> None:
    row = {"destination": "a@b.example", "name": content.decode("utf-8", "surrogateescape")}
    assert govdelivery.cells(row, "")["name"] == expected


@pytest.mark.parametrize("digest", ["2", "-1", "daily", "1.0"])
def test_other_digests(digest: str) -> None:
    with pytest.raises(Unfit) as refused:
        govdelivery.cells({"destination": "a@b.example", "digest_for": digest}, "")
    assert refused.value.column == "DIGEST_FOR"
