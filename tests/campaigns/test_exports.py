"""The nightly run: what fails for one campaign keeps no other, and is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.campaigns import exports, tables
from chalicelib.core.clock import rfc3339
from chalicelib.core.tables import Page
from chalicelib.delivery import studying
from chalicelib.subscribers import topics

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


@dataclass
class One:
    """As much of a campaign as the run looks at."""

    id: str
    mode: str = "live"
    plan_id: str = "studied"
    made: timedelta = timedelta(days=5)

    @property
    def created_at(self) -> str:
        return rfc3339(NOW - self.made)


OLD = One("old", made=timedelta(days=401))
YOUNG, DRAFT, TEST = One("young", plan_id="unstudied"), One("draft", plan_id=""), One("test", mode="test")
PAGES = {
    None: Page[Any]([YOUNG, DRAFT, TEST, One("bad")], "next"),
    "next": Page[Any]([One("good"), OLD, One("older")], None),
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
    monkeypatch.setattr(studying, "is_over", lambda plan_id, wiring: plan_id == "studied")
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
