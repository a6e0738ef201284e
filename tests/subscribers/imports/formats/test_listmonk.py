"""listmonk's subscribers: who is blocklisted stops, who is disabled is left out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.subscribers.imports.formats import base, listmonk
from chalicelib.subscribers.imports.formats.base import Unfit
from chalicelib.subscribers.imports.rows import Refusal, Row
from tests.subscribers.imports.formats.conftest import context, sample

ROW = {"email": "a@b.example", "status": "enabled", "attributes": "{}"}


def test_the_sample() -> None:
    against = context(mapping={"street-works": ["roads"]}, attribute="topics")
    found = sample("listmonk.csv", against)
    assert found[2] == Row(
        line=2,
        addresses={"email": "ana@city.example"},
        name="Ana Ruiz",
        language="es",
        time_zone="America/New_York",
        topics=("roads", "budget"),
        channels=("email",),
        consent_source="listmonk",
        consent_at=datetime(2024, 6, 1, 8, tzinfo=UTC),
        status_at=datetime(2025, 2, 12, 11, 20, 13, tzinfo=UTC),
    )
    bo = found[3]
    assert isinstance(bo, Row)
    assert (bo.stops, bo.status_at) == (True, datetime(2025, 3, 1, tzinfo=UTC))
    assert found[4] == [Refusal(4, "status", base.LEFT_OUT)]
    assert found[5] == [Refusal(5, "attributes", listmonk.BAD_ATTRIBUTES)]


def test_times_as_go_writes_them() -> None:
    text = listmonk.cells({**ROW, "created_at": "2024-06-01 08:00:00.5 +0530 IST"}, "")["consent_at"]
    expected = datetime(2024, 6, 1, 8, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert datetime.fromisoformat(text) == expected


@pytest.mark.parametrize(
    ("cells", "column"),
    [({"status": "new"}, "status"), ({"status": ""}, "status"), ({"attributes": "[1]"}, "attributes")],
)
def test_what_listmonk_does_not_write(cells: dict[str, str], column: str) -> None:
    with pytest.raises(Unfit) as refused:
        listmonk.cells({**ROW, **cells}, "")
    assert refused.value.column == column
