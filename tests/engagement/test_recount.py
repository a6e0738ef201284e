"""Counters, report, recount and the raw events say the same, whatever came doubled, shuffled or late."""

from collections import Counter
from random import Random

import pytest

from chalicelib.core.dynamo import unmarshal
from chalicelib.delivery import counters
from chalicelib.delivery.counters import SLOTS
from chalicelib.engagement import collect, judged, recount
from chalicelib.engagement.counted import counted, message_of
from chalicelib.engagement.judged import verdicts_of
from chalicelib.engagement.model import Class, Verdict, Verdicts, Why
from chalicelib.engagement.raw import events_of
from chalicelib.engagement.reports.campaign import report
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.features.driver import BROWSER, MAIL_PROGRAM


def brute_force(plan_id: str) -> dict[str, int]:
    """What the raw events of all deliveries add up to."""
    found: Counter[str] = Counter()
    table = world().settings.table("deliveries")
    for item in map(unmarshal, world().dynamodb.scan(TableName=table)["Items"]):
        if item["plan_id"] == plan_id:
            events, message = events_of(item), message_of(item)
            found.update(counted(events, verdicts_of(events, message), message))
    return dict(found)


def engaged(plan_id: str) -> dict[str, int]:
    """The counters of engagement of a plan."""
    found: Counter[str] = Counter()
    for slot in range(SLOTS):
        found.update(counters.engaged(plan_id, slot, wiring=world()))
    return {name: number for name, number in found.items() if number}


def others(events: list[object], **_: object) -> Verdicts:
    """Other rules: all are machines."""
    return {event.id: Verdict(Class.MACHINE, Why.SCANNER) for event in events}  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(3))
def test_all_agree_after_doubled_shuffled_and_late_events_and_other_rules(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = Random(seed)
    ids = [person(number, channels=("email",)).id for number in range(10)]
    plan_id = plan()
    run(platform)
    start = platform.clock()
    messages = []
    for n in range(60):
        kind, agent = chance.choice(
            [("open", MAIL_PROGRAM), ("click", BROWSER), ("click", "Barracuda Sentinel")]
        )
        at = start.timestamp() + chance.choice([1, 20, 400, 90_000])
        named = {"plan": plan_id, "subscriber": chance.choice(ids), "channel": "email"}
        moment = start.fromtimestamp(at, start.tzinfo).isoformat().replace("+00:00", "Z")
        link = 0 if kind == "click" else None
        messages.append({"id": f"e{n}", "kind": kind, **named, "link": link, "at": moment, "agent": agent})
    told = messages * 2
    chance.shuffle(told)
    platform.clock.advance(200_000)
    while told:
        batch = [(str(n), told.pop()) for n in range(min(len(told), chance.randrange(1, 20)))]
        assert not collect.collect(batch, wiring=world())
        if chance.random() < 0.3:
            run(platform)
    run(platform)
    assert engaged(plan_id) == brute_force(plan_id)
    right = engaged(plan_id)
    assert report(plan_id, wiring=world()).clicks == right["email#clicks#human"]
    with monkeypatch.context() as changed:
        changed.setattr(judged, "classify", others)
        changed.setattr(judged, "RULES", 99)
        for slot in range(SLOTS):
            assert recount.recount_slot(plan_id, slot, wiring=world()) == 0
        assert engaged(plan_id) == brute_force(plan_id)
        assert "email#opens#human" not in engaged(plan_id)
    recount.ask(plan_id, wiring=world())
    run(platform)
    assert engaged(plan_id) == right == brute_force(plan_id)


def test_a_counter_that_is_wrong_is_set_right_and_told(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    one = person(1, channels=("email",)).id
    plan_id = plan()
    run(platform)
    slot = counters.slot_of(plan_id, one)
    wrong = counters.additions(slot, {"email#opens#human": 3}, table=world().settings.table("counters"))
    world().dynamodb.update_item(**wrong[0]["Update"])
    assert recount.recount_slot(plan_id, int(slot.rpartition("#")[2]), wiring=world()) == 1
    assert engaged(plan_id) == {}
    assert "recount-mended" in caplog.text
