"""Looking at sources: each message once, whatever is cut short, doubled, or in two feeds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.alerts import tables as alert_tables
from chalicelib.alerts.record import tables as records
from chalicelib.alerts.sources import launching, manage, poll, tables
from chalicelib.alerts.sources.model import Conditions, Seen
from chalicelib.core.clock import rfc3339
from chalicelib.core.staff import Actor, Mode, Role
from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform
from infra.stand_ins.weather import FEED, Service, Warned, Weather

APPROVER = Actor("somebody", "key", "", "", frozenset({str(Role.ADMIN)}), frozenset(), str(Mode.LIVE))
FLOODS = Conditions(events=("Flash Flood Warning",))
LONG = 1_000.0


def source_of(platform: Platform, *messages: Warned, rule: bool = False) -> str:
    """A source of the weather service's feed, which shows these messages from its second look on."""
    site = platform.web.of(Weather)
    given: dict[str, Any] = {"name": "Weather", "department": "works", "url": FEED, "without_place": False}
    site.service = Service([])
    now = wiring().clock()
    made = manage.create(given, actor=APPROVER, now=now)
    poll.poll(left=lambda: LONG, wiring=wiring())
    if rule:
        manage.set_rule(made.id, FLOODS, signed=False, most_a_day=1, version=1, actor=APPROVER, now=now)
    site.service = Service(list(messages))
    platform.clock.advance(150)
    return made.id


def look() -> int:
    return poll.poll(left=lambda: LONG, wiring=wiring())


def seen(source_id: str) -> list[Seen]:
    return tables.seen_page(source_id, limit=50, cursor=None).items


def fates(source_id: str) -> list[tuple[str, str]]:
    return sorted((one.fate, one.why) for one in seen(source_id))


def test_two_looks_at_the_same_moment_are_one(platform: Platform) -> None:
    source = source_of(platform, Warned("a"))
    assert poll.attend(source, left=lambda: LONG, wiring=wiring())
    assert not poll.attend(source, left=lambda: LONG, wiring=wiring())
    assert fates(source) == [("draft", "no-rule")]


def test_a_message_in_two_feeds_is_one_alert(platform: Platform) -> None:
    first = source_of(platform, Warned("a"))
    look()
    other = source_of(platform, Warned("a"))
    look()
    assert (fates(first), fates(other)) == ([("draft", "no-rule")], [("passed", "known")])
    assert len(alert_tables.page(limit=9, cursor=None).items) == 1


@pytest.mark.parametrize("step", ["note_seen", "note_entry"])
def test_what_was_cut_short_is_taken_up_again_and_doubles_nothing(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    source = source_of(platform, Warned("a"), Warned("b"))
    monkeypatch.setattr(tables, step, _raises_once(getattr(tables, step)))
    with pytest.raises(poll.PollFailed):
        look()
    platform.clock.advance(150)
    look()
    assert fates(source) == [("draft", "no-rule")] * 2
    assert len(alert_tables.page(limit=9, cursor=None).items) == 2


def _raises_once(true: Callable[..., Any]) -> Callable[..., Any]:
    calls = []

    def called(*given: Any, **named: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise RuntimeError("cut short by the test")
        return true(*given, **named)

    return called


def test_a_source_is_not_begun_without_time(platform: Platform) -> None:
    source = source_of(platform, Warned("a"))
    assert poll.poll(left=lambda: poll.ONE_TAKES_S - 1, wiring=wiring()) == 0
    assert seen(source) == []


def test_messages_for_which_no_time_is_left_are_taken_by_the_next_look(platform: Platform) -> None:
    source = source_of(platform, *(Warned(name) for name in "abc"))
    left = iter([LONG, LONG, LONG, 1.0, 1.0, 1.0, 1.0])
    poll.poll(left=lambda: next(left, 1.0), wiring=wiring())
    assert len(seen(source)) == 1
    assert tables.watch_of(source).unread == 2
    platform.clock.advance(150)
    look()
    assert len(seen(source)) == 3
    assert tables.watch_of(source).unread == 0


def test_the_record_of_what_a_source_brought_begins_with_it(platform: Platform) -> None:
    source = source_of(platform, Warned("a"))
    look()
    [told] = seen(source)
    first = records.read(told.alert_id).entries[0]
    assert (first.event, first.by) == ("triggered", f"source:{source}")


def test_a_rule_that_would_reach_nobody_leaves_a_draft(platform: Platform) -> None:
    source = source_of(platform, Warned("a"), rule=True)
    look()
    assert fates(source) == [("draft", "empty-audience")]


def test_what_staff_have_in_hand_is_not_launched_by_a_rule(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_of(platform, Warned("a"), rule=True)
    with monkeypatch.context() as later:
        later.setattr(launching, "go_on", lambda *_, **__: False)
        look()
    [told] = seen(source)
    alert = alert_tables.read(told.alert_id)

    alert_tables.replace(
        replace(alert, authors=(*alert.authors, "somebody"), version=alert.version + 1),
        was=alert,
        wiring=wiring(),
    )
    platform.clock.advance(150)
    look()
    assert fates(source) == [("draft", "in-hand")]


def test_a_source_that_is_deleted_or_paused_is_not_looked_at(platform: Platform) -> None:
    source = source_of(platform, Warned("a"))
    manage.change(source, {"active": False}, version=1, actor=APPROVER, now=wiring().clock())
    assert look() == 0
    tables.look_at(source, rfc3339(wiring().clock() - timedelta(minutes=1)))
    manage.delete(source, actor=APPROVER)
    assert look() == 0
