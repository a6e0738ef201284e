"""Counters, report, recount and the raw events say the same, whatever came doubled, shuffled or late.

And whoever read: people with leave, people without, who took it back, who is gone, and who asks not to be
tracked.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from chalicelib.core.clock import rfc3339
from chalicelib.delivery import counters, engaged, studying
from chalicelib.delivery.counters import SLOTS
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.engagement import collect, judged, recount
from chalicelib.engagement.classify import classify
from chalicelib.engagement.counted import Message, counted, message_of
from chalicelib.engagement.judged import verdicts_of
from chalicelib.engagement.model import Class, Verdict, Verdicts, Why
from chalicelib.engagement.raw import event_of, raw_of
from chalicelib.engagement.reports.campaign import report
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Person, Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.features.driver import BROWSER, MAIL_PROGRAM

DONE = [("open", MAIL_PROGRAM), ("click", BROWSER), ("click", "Barracuda Sentinel")]
SECONDS = [1, 20, 400, 90_000]
NO = Wishes(tracking=False)


class Crowd:
    """A plan's readers, all that was told of them, and what of it was of nobody when it was told first."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self.platform, self.chance = platform, Random(seed)
        self.giving = [person(number).id for number in range(6)]
        self.without = [person(number, wishes=NO).id for number in range(6, 9)]
        self.leaving = [person(number).id for number in range(9, 12)]
        self.plan_id = plan()
        run(platform)
        self.start = platform.clock()
        platform.clock.advance(200_000)
        self.told: dict[str, Mapping[str, Any]] = {}
        self.nobodys: set[str] = set()

    @property
    def everybody(self) -> list[str]:
        return [*self.giving, *self.without, *self.leaving]

    def tell(self, number: int, *, nobodys: Sequence[str] = ()) -> None:
        """So many events of anybody, doubled, and all before once more: in any order and in batches."""
        left = list(self.told.values())
        for _ in range(number):
            event = self._event(f"e{len(self.told)}")
            self.told[event["id"]] = event
            left += [event, event]
            if event["signs"] or event["subscriber"] in nobodys:
                self.nobodys.add(event["id"])
        self.chance.shuffle(left)
        while left:
            batch = [(str(n), left.pop()) for n in range(min(len(left), self.chance.randrange(1, 40)))]
            assert not collect.collect(batch, wiring=world())
            if self.chance.random() < 0.3:
                run(self.platform)
        run(self.platform)

    def _event(self, event_id: str) -> dict[str, Any]:
        kind, agent = self.chance.choice(DONE)
        at = self.start.timestamp() + self.chance.choice(SECONDS)
        return {
            "id": event_id,
            "kind": kind,
            "plan": self.plan_id,
            "subscriber": self.chance.choice(self.everybody),
            "channel": "email",
            "link": 0 if kind == "click" else None,
            "at": rfc3339(self.start.fromtimestamp(at, self.start.tzinfo)),
            "agent": agent,
            "signs": ["private"] if self.chance.random() < 0.1 else [],
        }

    def brute_force(self) -> dict[str, int]:
        """What all raw events add up to: those of a person together, each of nobody's by itself."""
        found: Counter[str] = Counter()
        by_reader = defaultdict(list)
        for event_id, told in self.told.items():
            event = event_of(event_id, raw_of(told))
            if event_id in self.nobodys:
                nobody = Message(self.plan_id, "email", "", "", 0)
                found.update(counted([event], classify([event], handed_at=0), nobody, people=False))
            else:
                by_reader[told["subscriber"]].append(event)
        for reader, events in by_reader.items():
            (item,) = engaged.read([DeliveryRef(self.plan_id, reader, "email")], wiring=world())
            message = message_of(item)
            judge = verdicts_of if reader in self.giving else first_verdicts_of
            found.update(counted(events, judge(events, message), message))
        return dict(found)


def first_verdicts_of(events: Sequence[Any], message: Message) -> Verdicts:
    """By the rules that were in force when a delivery was folded."""
    return classify(events, handed_at=message.taken_at, pictures=True)


def engaged_of(plan_id: str) -> dict[str, int]:
    """The counters of engagement of a plan."""
    found: Counter[str] = Counter()
    for slot in range(SLOTS):
        found.update(counters.engaged(plan_id, slot, wiring=world()))
    return {name: number for name, number in found.items() if number}


def others(events: list[object], **_: object) -> Verdicts:
    """Other rules: all are machines."""
    return {event.id: Verdict(Class.MACHINE, Why.SCANNER) for event in events}  # type: ignore[attr-defined]


def take_leave_back(platform: Platform, subscriber_id: str) -> None:
    def rule(before: Person) -> Person:
        return replace(before, wishes=NO)

    people.change(subscriber_id, rule, source="t", wording=None, by="t", now=world().clock(), wiring=world())
    run(platform)


def take_totals(platform: Platform, plan_id: str) -> None:
    platform.clock.advance(100_000)
    for _ in studying.HOURS:
        platform.fire("tick")
        run(platform)
    found = studying.standing(plan_id, wiring=world())
    assert found is not None
    assert found.taken


@pytest.mark.parametrize("seed", range(3))
def test_all_agree_after_doubled_shuffled_and_late_events_and_other_rules(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    crowd = Crowd(platform, seed)
    plan_id = crowd.plan_id
    crowd.tell(50)
    assert engaged_of(plan_id) == crowd.brute_force()
    for one in crowd.leaving[:2]:
        take_leave_back(platform, one)
    people.look_after_leave(crowd.leaving[2], wiring=world())
    people.remove(crowd.leaving[2], source="t", by="t", now=world().clock(), wiring=world())
    run(platform)
    assert engaged_of(plan_id) == crowd.brute_force()
    crowd.tell(20, nobodys=crowd.leaving)
    assert engaged_of(plan_id) == crowd.brute_force()
    take_totals(platform, plan_id)
    assert engaged_of(plan_id) == crowd.brute_force()
    crowd.tell(20, nobodys=crowd.leaving + crowd.without)
    right = crowd.brute_force()
    assert engaged_of(plan_id) == right
    assert report(plan_id, wiring=world()).clicks == right["email#clicks#human"]
    with monkeypatch.context() as changed:
        changed.setattr(judged, "classify", others)
        changed.setattr(judged, "RULES", 99)
        for slot in range(SLOTS):
            assert recount.recount_slot(plan_id, slot, wiring=world()) == 0
        assert engaged_of(plan_id) == crowd.brute_force() != right
    recount.ask(plan_id, wiring=world())
    run(platform)
    assert engaged_of(plan_id) == right == crowd.brute_force()


def test_a_counter_that_is_wrong_is_set_right_and_told(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    one = person(1).id
    plan_id = plan()
    run(platform)
    slot = counters.slot_of(plan_id, one)
    wrong = counters.additions(slot, {"email#opens#human": 3}, table=world().settings.table("counters"))
    world().dynamodb.update_item(**wrong[0]["Update"])
    assert recount.recount_slot(plan_id, int(slot.rpartition("#")[2]), wiring=world()) == 1
    assert engaged_of(plan_id) == {}
    assert "recount-mended" in caplog.text
