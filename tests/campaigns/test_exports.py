"""The nightly run: what fails for one campaign keeps no other, and is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.campaigns import exports, tables
from chalicelib.core.clock import rfc3339
from chalicelib.core.tables import Page
from chalicelib.subscribers import topics

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


@dataclass
class One:
    """As much of a campaign as the run looks at."""

    id: str
    launched: timedelta | None
    mode: str = "live"
    plan_id: str = "p"
    made: timedelta = timedelta(days=5)

    @property
    def created_at(self) -> str:
        return rfc3339(NOW - self.made)

    @property
    def launched_at(self) -> str:
        return "" if self.launched is None else rfc3339(NOW - self.launched)


OLD, DAYS = timedelta(days=401), timedelta(days=4)
YOUNG, TEST = One("young", timedelta(hours=72)), One("test", DAYS, mode="test")
GOOD, LAST = One("good", timedelta(hours=73)), [One("old", OLD, made=OLD), One("older", DAYS)]
PAGES = {
    None: Page[Any]([YOUNG, One("draft", None), TEST, One("bad", DAYS)], "next"),
    "next": Page[Any]([GOOD, *LAST], None),
}


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The campaigns that are exported, by id; one of them fails."""
    found: list[str] = []

    def export(campaign: Any, **_: Any) -> bool:
        found.append(campaign.id)
        if campaign.id == "bad":
            raise OSError
        return True

    monkeypatch.setattr(exports, "_export", export)
    monkeypatch.setattr(exports, "store", lambda wiring: SimpleNamespace(put_rows=lambda key, rows: None))
    monkeypatch.setattr(topics, "every", list)
    monkeypatch.setattr(tables, "page", lambda limit, cursor: PAGES[cursor])
    return found


WIRING: Any = SimpleNamespace(clock=lambda: NOW, settings=SimpleNamespace(retention_days=400))


def test_what_fails_for_one_keeps_no_other_and_raises_the_alarm(tried: list[str]) -> None:
    with pytest.raises(exports.ExportsFailed, match="1"):
        exports.export(left=lambda: 900, wiring=WIRING)
    assert tried == ["bad", "good"]


def test_without_time_nothing_is_begun(tried: list[str]) -> None:
    assert exports.export(left=lambda: exports.LEAST_S - 1, wiring=WIRING) == 0
    assert tried == []
