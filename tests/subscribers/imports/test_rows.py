"""Each thing that can be wrong with a row is told by its column."""

from datetime import UTC, datetime

import pytest

from chalicelib.subscribers import addresses
from chalicelib.subscribers.imports import rows
from chalicelib.subscribers.imports.lines import Record
from chalicelib.subscribers.imports.rows import Context, Refusal, Row
from chalicelib.subscribers.model import Place

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CONTEXT = Context(frozenset({"roads", "budget"}), "US", "en", "America/New_York", NOW)
GOOD = {
    "email": "Ana@City.Example",
    "phone": "(617) 555-0123",
    "name": "Ana",
    "language": "es",
    "time_zone": "America/Chicago",
    "topics": "roads; budget",
    "channels": "email;sms",
    "consent_source": "paper form",
    "consent_at": "2026-01-31",
}


def read(**cells: str) -> Row | list[Refusal]:
    given = {**GOOD, **cells}
    return rows.read(Record(7, 0, 8, tuple(given.values())), tuple(given), CONTEXT)


def test_a_good_row_is_read_whole() -> None:
    assert read() == Row(
        line=7,
        addresses={"email": "Ana@city.example", "sms": "+16175550123"},
        name="Ana",
        language="es",
        time_zone="America/Chicago",
        topics=("roads", "budget"),
        channels=("email", "sms"),
        consent_source="paper form",
        consent_at=datetime(2026, 1, 31, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ("42.3601", "-71.05891234", Place(42.3601, -71.05891)),
        ("-33", "+151.2", Place(-33.0, 151.2)),
        ("", "", None),
        ("42.3601", "", "longitude"),
        ("", "-71", "latitude"),
        ("91", "0", "latitude"),
        ("42", "181", "longitude"),
        ("nan", "0", "latitude"),
        ("north", "0", "latitude"),
    ],
)
def test_a_row_may_say_where_a_person_lives(
    latitude: str, longitude: str, expected: Place | str | None
) -> None:
    row = read(latitude=latitude, longitude=longitude)
    if isinstance(expected, str):
        assert row == [Refusal(7, expected, rows.BAD_PLACE)]
    else:
        assert isinstance(row, Row)
        assert row.place == expected


def test_degrees_are_no_formula() -> None:
    assert read(latitude="-1+1", longitude="2") == [Refusal(7, "latitude", rows.IS_FORMULA)]


def test_what_is_left_out_has_a_default() -> None:
    row = read(phone="", name="", language="", time_zone="", channels="", consent_at="")
    assert isinstance(row, Row)
    assert (row.language, row.time_zone, row.channels, row.consent_at) == (
        "en",
        "America/New_York",
        ("email",),
        None,
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param({"email": "ana"}, [("email", addresses.INVALID_EMAIL)], id="email"),
        pytest.param(
            {"email": "ana@city.example\nBcc: x@y.example"}, [("email", rows.NOT_PRINTABLE)], id="header"
        ),
        pytest.param({"phone": "12345"}, [("phone", addresses.INVALID_PHONE)], id="phone"),
        pytest.param({"email": "", "phone": "", "channels": ""}, [("", rows.NO_ADDRESS)], id="no-address"),
        pytest.param({"name": "=HYPERLINK(1)"}, [("name", rows.IS_FORMULA)], id="formula"),
        pytest.param({"email": "=1+1@city.example"}, [("email", rows.IS_FORMULA)], id="formula-email"),
        pytest.param({"name": "A\nB"}, [("name", rows.NOT_PRINTABLE)], id="line-break"),
        pytest.param({"name": "caf\udce9"}, [("name", rows.NOT_UTF8)], id="encoding"),
        pytest.param({"name": "x" * 101}, [("name", "Shorten the name to 100 characters.")], id="long-name"),
        pytest.param({"language": "Spanish!"}, [("language", "Choose one of the languages.")], id="language"),
        pytest.param({"time_zone": "Mars/Base"}, [("time_zone", "Choose one of the time zones.")], id="zone"),
        pytest.param({"topics": ""}, [("topics", rows.NO_TOPICS)], id="no-topics"),
        pytest.param({"topics": "roads;parks"}, [("topics", rows.BAD_TOPIC + "parks")], id="unknown-topic"),
        pytest.param({"channels": "fax"}, [("channels", rows.BAD_CHANNEL)], id="channel"),
        pytest.param({"phone": ""}, [("channels", rows.BAD_CHANNEL)], id="channel-without-address"),
        pytest.param({"consent_source": ""}, [("consent_source", rows.NO_SOURCE)], id="no-consent"),
        pytest.param({"consent_at": "31.1.2026"}, [("consent_at", rows.BAD_TIME)], id="time"),
        pytest.param({"consent_at": "2027-01-01"}, [("consent_at", rows.BAD_TIME)], id="future"),
        pytest.param(
            {"email": "ana", "topics": ""},
            [("email", addresses.INVALID_EMAIL), ("topics", rows.NO_TOPICS)],
            id="two-at-once",
        ),
    ],
)
def test_a_wrong_row(cells: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert read(**cells) == [Refusal(7, column, reason) for column, reason in expected]


def test_more_cells_than_columns() -> None:
    record = Record(7, 0, 8, ("ana@city.example", "roads", "form", "more"))
    found = rows.read(record, ("email", "topics", "consent_source"), CONTEXT)
    assert found == [Refusal(7, "", rows.MORE_CELLS)]
