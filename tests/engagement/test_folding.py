"""The learner that keeps deliveries as they should be: which it folds, and which it has judged anew."""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.facts import Fact
from chalicelib.engagement import folding, settle
from chalicelib.engagement.classify import RULES
from chalicelib.engagement.folding import Folding
from chalicelib.engagement.studied import Studied, Study
from chalicelib.subscribers.model import Row, Wishes
from tests.delivery.returns import HEAD, NOW, PLAN

WIRING = Wiring(settings=replace(Settings(), tracking=True), clock=lambda: NOW)
ANA = "0" * 32
TOLD = {"plan_id": PLAN, "subscriber_channel": f"{ANA}#email", "told": 1, "counted_as": RULES}
OLD = {**TOLD, "counted_as": RULES - 1}
SILENT = {name: TOLD[name] for name in ("plan_id", "subscriber_channel")}
YOUNG = {**SILENT, "told": 1}
YES, NO = Wishes(), Wishes(tracking=False)


class Case(NamedTuple):
    name: str
    item: dict[str, Any]
    wishes: Wishes | None
    last: bool
    done: str


CASES = [
    Case("with leave, by today's rules", TOLD, YES, last=True, done=""),
    Case("with leave, by other rules", OLD, YES, last=True, done="anew"),
    Case("by other rules, before the last", OLD, NO, last=False, done="anew"),
    Case("not counted yet", YOUNG, YES, last=False, done=""),
    Case("without leave", TOLD, NO, last=True, done="fold"),
    Case("without leave, by other rules", OLD, NO, last=True, done="fold"),
    Case("gone", TOLD, None, last=True, done="fold"),
    Case("without leave, before the last", TOLD, NO, last=False, done=""),
    Case("nothing was told", SILENT, NO, last=True, done=""),
]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done with deliveries, in order."""
    found: list[str] = []
    monkeypatch.setattr(folding, "fold", lambda items, **_: found.extend("fold" for _ in items))
    monkeypatch.setattr(settle, "ask", lambda refs, **_: found.extend("anew" for _ in refs))
    return found


def studied(item: dict[str, Any], wishes: Wishes | None) -> Studied:
    row = Row(ANA, None, None, (), "immediate", "en", "UTC", "", (), wishes=wishes) if wishes else None
    return Studied(Fact(PLAN, ANA, "email", "en", "", 0, "sent", item), row, None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_done_about_a_message_once_its_shard_is_kept(done: list[str], case: Case) -> None:
    learner = Folding(Study(HEAD, 3 if case.last else 0, case.last, NOW, WIRING), {})
    learner.take(studied(case.item, case.wishes))
    learner.end_shard(0)
    assert not done
    learner.act()
    learner.act()
    assert done == ([case.done] if case.done else [])
    assert learner.document() == {}
