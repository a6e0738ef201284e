"""Calls for help: none is lost, none is told twice, whatever is doubled, lost or down."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.alerts.answers import calls, tables
from chalicelib.alerts.answers.model import HelpCall
from chalicelib.alerts.model import Alert
from chalicelib.conversations import person as conversations
from chalicelib.conversations.help_in import take_call
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.wiring import wiring
from chalicelib.subscribers.model import Person
from infra.platform.platform import Platform
from infra.stand_ins.receiver import Receiver
from infra.stand_ins.transport import no_answer, unreachable
from tests.alerts.answers.scene import launched, link, settled
from tests.subscribers.pages.visiting import Visitor


def cry(visitor: Visitor, alert: Alert, person: Person, *more: tuple[str, str]) -> None:
    page = visitor.post(link(alert, person), ("answer", "help"), *more, wording=None)
    assert page.status == 200


def call_of(person: Person, alert: Alert) -> HelpCall:
    found = tables.read(person.id, alert.id)
    assert found
    return found


def entries(person: Person) -> list[Any]:
    return [
        (one.subject, one.text, one.keyword, one.waits)
        for one in conversations.entries(person.id, wiring=wiring())
    ]


def test_a_call_is_told_once_with_its_place_and_stands_in_the_history(
    visitor: Visitor, flood: Alert, ana: Person, hook: Receiver, platform: Platform
) -> None:
    for _ in range(2):
        cry(visitor, flood, ana)
    platform.settle()
    told = hook.helps[ana.id]
    assert (told["id"], told["answer"], told["revision"], told["words"]) == (flood.id, "help", 1, "")
    assert told["place"] == {"text": "", "latitude": 42.36, "longitude": -71.06, "source": "home"}
    assert not {"name", "address", "email"} & told.keys()
    assert len(hook.requests) == 1
    assert entries(ana) == [("Flash flood on Elm Street", "42.36, -71.06 (home)", "need-help", False)]
    assert (call_of(ana, flood).done, call_of(ana, flood).due_at) == (True, "")


def test_what_is_told_later_and_that_one_is_safe_is_passed_on(
    visitor: Visitor, flood: Alert, ana: Person, hook: Receiver, platform: Platform
) -> None:
    cry(visitor, flood, ana)
    platform.settle()
    cry(visitor, flood, ana, ("words", "Two children"), ("place", "Roof"))
    platform.settle()
    assert hook.helps[ana.id]["words"] == "Two children"
    visitor.post(link(flood, ana, "sms"), ("answer", "safe"), wording=None)
    platform.settle()
    assert (hook.helps[ana.id]["answer"], hook.helps[ana.id]["revision"]) == ("safe", 3)
    assert [text for _, text, _, _ in entries(ana)] == ["42.36, -71.06 (home)", "Two children\nRoof"]


def test_who_is_safe_before_anybody_worked_on_the_call_stands_in_the_history_with_it(
    visitor: Visitor, flood: Alert, ana: Person, hook: Receiver, platform: Platform
) -> None:
    cry(visitor, flood, ana, ("words", "Two children"), ("place", "Roof"))
    visitor.post(link(flood, ana), ("answer", "safe"), wording=None)
    platform.settle()
    assert [text for _, text, _, _ in entries(ana)] == ["Two children\nRoof"]
    assert (hook.helps[ana.id]["answer"], hook.helps[ana.id]["words"]) == ("safe", "Two children")


def test_who_never_called_is_safe_without_a_call(visitor: Visitor, flood: Alert, ana: Person) -> None:
    visitor.post(link(flood, ana), ("answer", "safe"), wording=None)
    assert tables.read(ana.id, flood.id) is None


@pytest.mark.parametrize("fault", [unreachable, no_answer])
def test_a_hook_that_is_down_is_tried_until_it_takes_the_call_and_raises_an_alarm(
    visitor: Visitor,
    flood: Alert,
    ana: Person,
    hook: Receiver,
    platform: Platform,
    caplog: pytest.LogCaptureFixture,
    fault: Any,
) -> None:
    hook.faults.add(fault(), times=7)
    cry(visitor, flood, ana)
    platform.settle()
    assert caplog.text.count("help-untold") == 4
    for _ in range(30):
        platform.clock.advance(60)
        platform.fire("alert_watch")
        platform.settle()
    assert hook.helps[ana.id]["answer"] == "help"
    assert call_of(ana, flood).done
    assert caplog.text.count("help-untold") == 7
    assert len({request.headers["webhook-id"] for request in hook.requests}) <= 1
    assert len(entries(ana)) == 1


def test_without_the_account_the_call_waits_and_the_alarm_goes_off(
    visitor: Visitor, flood: Alert, ana: Person, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    cry(visitor, flood, ana)
    platform.drain_once()
    assert "help-untold" in caplog.text
    found = call_of(ana, flood)
    assert (found.told, found.entered) == (0, 1)
    assert found.due_at


def test_a_message_that_is_lost_is_sent_again_by_the_watch(
    visitor: Visitor, flood: Alert, ana: Person, hook: Receiver, platform: Platform
) -> None:
    cry(visitor, flood, ana)
    platform.world.sqs.clear()
    platform.clock.advance(30)
    platform.fire("alert_watch")
    platform.settle()
    assert ana.id not in hook.helps
    platform.clock.advance(30)
    platform.fire("alert_watch")
    platform.settle()
    assert hook.helps[ana.id]["revision"] == 1


def test_a_doubled_message_does_nothing(
    visitor: Visitor, flood: Alert, ana: Person, hook: Receiver, platform: Platform
) -> None:
    cry(visitor, flood, ana)
    message = {"subscriber": ana.id, "alert": flood.id, "due_at": call_of(ana, flood).due_at}
    for _ in range(3):
        take_call(message, wiring=wiring())
    platform.settle()
    assert len(hook.requests) == 1


def test_a_worker_that_died_leaves_the_call_to_the_next(
    visitor: Visitor, flood: Alert, ana: Person, hook: Receiver, platform: Platform
) -> None:
    cry(visitor, flood, ana)
    due_at = call_of(ana, flood).due_at
    assert calls.claimed(ana.id, flood.id, due_at=due_at, wiring=wiring())
    platform.settle()
    assert ana.id not in hook.helps
    platform.clock.advance((calls.LEASE + calls.LOST_AFTER + timedelta(seconds=1)).total_seconds())
    platform.fire("alert_watch")
    platform.settle()
    assert ana.id in hook.helps


def test_an_exercise_calls_by_another_name_and_a_test_calls_nobody(
    visitor: Visitor, platform: Platform, ana: Person, hook: Receiver
) -> None:
    alert = settled(platform, launched(mode="test"))
    cry(visitor, alert, ana)
    platform.settle()
    assert hook.requests == []
    assert call_of(ana, alert).done


def test_staff_take_a_call_once_and_what_comes_later_opens_it_again(
    visitor: Visitor, flood: Alert, ana: Person, platform: Platform
) -> None:
    cry(visitor, flood, ana)
    how: dict[str, Any] = {"note": "On the way", "now": wiring().clock(), "wiring": wiring()}
    taken = calls.take(flood.id, ana.id, by="somebody", **how)
    assert (taken.taken_by, taken.note) == ("somebody", "On the way")
    with pytest.raises(Conflict):
        calls.take(flood.id, ana.id, by="another", **how)
    with pytest.raises(NotFound):
        calls.take(flood.id, "0" * 32, by="another", **how)
    assert [one.subscriber_id for one in tables.page(flood.id, "taken", limit=5, cursor=None).items] == [
        ana.id
    ]
    cry(visitor, flood, ana, ("words", "It is worse"))
    assert [one.words for one in tables.page(flood.id, "open", limit=5, cursor=None).items] == ["It is worse"]
