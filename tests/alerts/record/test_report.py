"""The report after the action, of an alert that the engine really sent."""

import csv
import json
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from chalicelib.alerts.model import Alert
from chalicelib.alerts.record import tables
from chalicelib.alerts.record.chain import note
from chalicelib.alerts.record.model import Event, Head
from chalicelib.alerts.record.report import report
from chalicelib.alerts.record.sheet import as_csv
from chalicelib.alerts.record.views import RecordView
from chalicelib.core.wiring import wiring
from chalicelib.delivery.answering import HELP, SAFE, answered
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.ladder import Rung
from chalicelib.engagement.reports.campaign import NO_RECEIPTS
from infra.platform.platform import Platform
from tests.alerts.answers.scene import launched
from tests.delivery.engine import person

PEOPLE = 6
DOCUMENTATION = Path(__file__).parents[3] / "docs" / "after_action.md"


def acted(platform: Platform, ladder: tuple[Rung, ...] = ()) -> Alert:
    """An alert from its draft to the end of its plan; of its readers one is safe, one needs help."""
    ids = [person(number, channels=("email", "sms")).id for number in range(PEOPLE)]
    made = launched(ladder=ladder)
    noted(made, Event.DRAFTED, minutes=0)
    noted(made, Event.LAUNCHED, minutes=2)
    noted(made, Event.LAUNCHED, minutes=3, once="launched")
    platform.settle(skip_s=3600)
    for one, answer, channel in ((ids[0], SAFE, "email"), (ids[1], HELP, "sms")):
        answered(DeliveryRef(made.plan_id, one, channel), answer, at=wiring().clock(), wiring=wiring())
    return made


def noted(made: Alert, event: Event, *, minutes: int, once: str = "") -> None:
    now = wiring().clock() + timedelta(minutes=minutes)
    note(made.id, event, by="a" * 32, once=once, now=now, wiring=wiring())


def shown(made: Alert, **more: object) -> RecordView:
    return report(made.id, now=wiring().clock(), wiring=wiring(), **more)  # type: ignore[arg-type]


def test_it_tells_what_was_decided_when_and_whom_it_reached_how_fast(platform: Platform) -> None:
    found = shown(acted(platform))
    assert found.milestones["drafted"].seconds == 0
    assert 120 <= found.milestones["launched"].seconds <= 121
    assert (found.chain.whole, found.chain.broken_at, found.chain.number) == (True, None, 3)
    (sent,) = found.plans
    assert (sent.what, sent.status, sent.counting) == ("alert", "sent", False)
    email, sms = sent.channels
    for one in (email, sms):
        assert (one.planned, one.sent, one.waiting, one.failures) == (PEOPLE, PEOPLE, 0, {})
        handed = one.handed_over
        assert handed
        assert handed.number == PEOPLE == handed.over_time[-1].number
        assert handed.first
        assert handed.half
        assert handed.most
        assert handed.last
        assert handed.first.seconds <= handed.half.seconds <= handed.most.seconds <= handed.last.seconds
    assert email.delivered
    assert email.delivered.number == PEOPLE
    assert (sms.delivered, sms.note) == (None, NO_RECEIPTS["sms"])
    assert (email.answers, sms.answers, email.answered, sms.answered) == ({"safe": 1}, {"help": 1}, 1, 1)
    (step,) = sent.answers_over_time
    assert step.answers == {"help": 1, "safe": 1}


def test_the_rungs_of_its_ladder_are_told_apart(platform: Platform) -> None:
    made = acted(platform, ladder=(Rung("email", 300, "delivered"), Rung("sms", 0, "sent")))
    email, sms = shown(made).plans[0].channels
    assert email.rung
    assert sms.rung
    assert (email.rung.number, email.rung.wait_s, email.rung.unless) == (1, 300, "delivered")
    assert sms.rung.number == 2
    assert (email.planned, sms.planned) == (PEOPLE, 0)


def test_what_went_out_after_it_is_told_with_it(platform: Platform) -> None:
    made, update, correction = acted(platform), launched(), launched()
    platform.settle()
    gone = "c" * 32
    for event, detail in (
        (Event.UPDATED, {"by": update.id}),
        (Event.CANCELLED, {"correction": correction.id}),
        (Event.ENDED, {"correction": gone}),
        (Event.ENDED, {}),
        (Event.ALARM, {"by": "0" * 32}),
    ):
        note(made.id, event, detail=detail, now=wiring().clock(), wiring=wiring())
    found = shown(made)
    assert [(one.plan_id, one.what, one.status) for one in found.plans] == [
        (made.plan_id, "alert", "sent"),
        (update.plan_id, "updated", "sent"),
        (correction.plan_id, "cancelled", "sent"),
    ]
    assert found.follow_ups == [update.id, correction.id, gone]
    assert [one.event for one in found.faults] == ["alarm"]


def test_a_large_alert_is_counted_in_parts(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    made = acted(platform)
    whole = shown(made)
    item = tables.timing(made.id, made.plan_id)
    item.delete()
    answers = 0
    while (part := shown(made, counting_s=1e-9)).plans[0].counting:
        assert part.plans[0].channels[0].handed_over is None
        answers += 1
    assert answers > 1
    assert part.plans[0].channels == whole.plans[0].channels


def test_who_only_looks_writes_nothing(platform: Platform) -> None:
    made = acted(platform)
    found = shown(made, counting_s=0)
    assert found.plans[0].counting
    assert tables.timing(made.id, made.plan_id).step == 0


def test_two_who_count_at_once_do_no_harm(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    made = acted(platform)
    real, kept = tables.keep_timing, list[int]()

    def overtaken(item: tables.TimingItem) -> bool:
        if not kept:
            kept.append(1)
            shown(made)
        return real(item)

    monkeypatch.setattr(tables, "keep_timing", overtaken)
    assert not shown(made).plans[0].counting
    assert tables.timing(made.id, made.plan_id).step == 1


def test_a_chain_is_held_against_a_head_that_was_noted(platform: Platform) -> None:
    made = acted(platform)
    first = tables.read(made.id).entries[0]
    assert shown(made, noted=Head(1, first.hash)).chain.whole
    found = shown(made, noted=Head(4, "0" * 64)).chain
    assert (found.whole, found.broken_at) == (False, 4)


def test_anybody_can_check_a_chain_as_the_documentation_says(platform: Platform) -> None:
    made = acted(platform)
    note(made.id, Event.ALARM, detail={"né": [1, None]}, now=wiring().clock(), wiring=wiring())
    script = re.findall(r"```python\n(.*?)```", DOCUMENTATION.read_text(), flags=re.DOTALL)[0]
    right = shown(made).model_dump()

    def checked(report: object) -> int:
        command = [sys.executable, "-c", script]
        return subprocess.run(command, input=json.dumps(report), text=True, check=False).returncode

    assert checked(right) == 0
    right["chain"]["entries"][1]["by"] = "b" * 32
    assert checked(right) == 1


def test_an_alert_without_a_plan_has_a_record(platform: Platform) -> None:
    made = launched()
    tables_without = report(made.id, now=wiring().clock(), wiring=wiring())
    assert tables_without.chain.entries == []
    assert tables_without.chain.whole


def test_it_is_a_table_with_every_number(platform: Platform) -> None:
    found = shown(acted(platform))
    rows = list(csv.DictReader(StringIO(as_csv(found))))
    assert [row["what"] for row in rows if row["kind"] == "entry"] == ["drafted", "launched", "launched"]
    assert {row["hash"] for row in rows if row["kind"] == "chain"} == {found.chain.hash}
    planned = {row["channel"]: row["number"] for row in rows if row["what"] == "planned"}
    assert planned == {"email": str(PEOPLE), "sms": str(PEOPLE)}
    marks = [row["what"] for row in rows if row["kind"] == "handed-over" and row["at"]]
    assert marks == ["first", "50 %", "95 %", "last"] * 2
    assert {row["what"]: row["number"] for row in rows if row["kind"] == "answer"} == {
        "safe": "1",
        "help": "1",
    }
    assert json.loads(rows[0]["detail"]) == {}
