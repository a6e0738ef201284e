"""A plan that changed while it was read has no manifest: the next run begins anew."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.delivery.facts import Fact
from chalicelib.delivery.progress import ChannelProgress, Progress
from chalicelib.engagement.exports import plan
from chalicelib.engagement.exports.plan import PARTS, Exported, Standing
from chalicelib.engagement.exports.store import Written

WHAT = Exported("c1", "p1", "2026-11-22")


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {}
        self.documents: dict[str, Any] = {}

    def put_rows(self, key: str, rows: Iterator[Any]) -> Written:
        self.rows[key] = list(rows)
        return Written(key, len(self.rows[key]), 0)

    def put_document(self, key: str, document: Any) -> None:
        self.documents[key] = document

    def document(self, key: str) -> Any:
        return self.documents.get(key, {})


def standing_of(digest: str, sent: int) -> Standing:
    channels = {"email": ChannelProgress(planned=sent, sent=sent)}
    told = Progress("sent", "", "live", sent, sent, 0, 0, 0, 0, 0, sent, by_channel=channels)
    return Standing(told, {}, digest)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    found = Kept()

    def facts(plan_id: str, shard: int, **_: Any) -> Iterator[Fact]:
        if shard in {0, 8, 9}:
            yield Fact(plan_id, f"{shard << 2:02x}" + "0" * 30, "email", "en", "", 1, "sent", {})

    heads: Any = type("Heads", (), {"head": lambda self, plan_id: type("Head", (), {"links": []})})()
    monkeypatch.setattr(plan, "store", lambda wiring: found)
    monkeypatch.setattr(plan, "facts", facts)
    monkeypatch.setattr(plan, "plans", lambda wiring: heads)
    return found


def export(now: str, then: str, monkeypatch: pytest.MonkeyPatch, *, parts: int = PARTS) -> bool:
    """Exports as far as there is time for so many parts; meanwhile the plan's digest changes."""
    looks = iter([True] * parts + [False] * PARTS)
    monkeypatch.setattr(plan, "standing", lambda what, wiring: standing_of(then, 3))
    wiring: Any = None
    return plan.export(WHAT, standing_of(now, 3), left=lambda: next(looks), wiring=wiring)


def test_the_manifest_comes_last_and_names_all(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert export("a", "a", monkeypatch)
    manifest = kept.documents["manifests/c1.json"]
    assert [one["key"] for one in manifest["objects"]] == list(kept.rows)
    assert [len(rows) for rows in kept.rows.values()] == [2, 1, 0, 0, 0, 0, 0, 0, 0]
    assert manifest["digest"] == "a"


def test_what_changed_meanwhile_is_begun_anew(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not export("a", "b", monkeypatch)
    assert "manifests/c1.json" not in kept.documents
    kept.rows.clear()
    assert export("b", "b", monkeypatch)
    assert len(kept.rows) == PARTS + 1


def test_what_was_cut_short_goes_on(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not export("a", "a", monkeypatch, parts=3)
    kept.rows.clear()
    assert export("a", "a", monkeypatch)
    assert list(kept.rows) == [WHAT.key(part) for part in ("3", "4", "5", "6", "7", "rest")]
    assert kept.rows[WHAT.key("rest")] == []
