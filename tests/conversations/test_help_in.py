"""A call for help goes two ways, into the history and to whoever is on duty: neither waits for the other."""

import pytest

from chalicelib.alerts.answers import hook, tables
from chalicelib.alerts.answers.model import HelpCall
from chalicelib.conversations import kept, person
from chalicelib.conversations.help_in import take_call
from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform
from tests.alerts.answers.scene import launched
from tests.delivery import engine


@pytest.fixture
def call(platform: Platform) -> HelpCall:
    """A call that is due now."""
    ana, alert, now = engine.person(1), launched(), wiring().clock()
    at = rfc3339(now)
    made = HelpCall(alert.id, ana.id, alert.plan_id, "email", "live", at, at, words="Two children", due_at=at)
    assert tables.write(made, was=None, now=now, wiring=wiring())
    return made


def take(call: HelpCall) -> HelpCall:
    """Has it worked on; how it is then."""
    take_call(
        {"subscriber": call.subscriber_id, "alert": call.alert_id, "due_at": call.due_at}, wiring=wiring()
    )
    found = tables.read(call.subscriber_id, call.alert_id)
    assert found
    return found


def texts(call: HelpCall) -> list[str]:
    return [one.text for one in person.entries(call.subscriber_id, wiring=wiring())]


def test_an_entry_that_fails_keeps_nobody_on_duty_waiting(
    call: HelpCall, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(kept, "add", lambda *_, **__: 1 / 0)
        first = take(call)
    assert (first.told, first.entered, first.done) == (1, 0, False)
    assert texts(call) == []
    platform.settle()
    assert texts(call) == ["Two children"]


def test_a_hook_that_fails_keeps_no_entry_waiting(call: HelpCall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook, "told", lambda *_, **__: False)
    first = take(call)
    assert (first.told, first.entered, first.tries) == (0, 1, 1)
    assert texts(call) == ["Two children"]


def test_of_one_who_was_forgotten_nothing_is_entered(call: HelpCall, platform: Platform) -> None:
    tables.erase(call.subscriber_id)
    take_call(
        {"subscriber": call.subscriber_id, "alert": call.alert_id, "due_at": call.due_at}, wiring=wiring()
    )
    assert texts(call) == []
