"""The watch over records: faults are noted once, and alerts are counted until nothing more comes."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.alerts import tables as alerts
from chalicelib.alerts.model import Alert
from chalicelib.alerts.record import tables, watch
from chalicelib.alerts.record.chain import note, verify
from chalicelib.alerts.record.model import Event
from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import wiring
from chalicelib.delivery.halts import halts
from chalicelib.delivery.plans import plans
from infra.aws.faults import refuse
from infra.platform.platform import Platform
from tests.alerts.answers.scene import launched
from tests.alerts.sample import alert
from tests.delivery.engine import person, settle

NUMBERS = itertools.count()
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def sending(platform: Platform) -> Alert:
    person(next(NUMBERS))
    made = launched()
    note(made.id, Event.LAUNCHED, now=wiring().clock(), wiring=wiring())
    return made


def events(made: Alert) -> list[str]:
    return [one.event for one in tables.read(made.id).entries]


def minutes(platform: Platform, number: int) -> None:
    for _ in range(number):
        platform.clock.advance(60)
        assert watch.look_after(wiring=wiring()) == 0


def test_a_sent_alert_is_counted_with_nobody_asking_and_at_last_left_alone(platform: Platform) -> None:
    made = sending(platform)
    platform.settle()
    minutes(platform, 2)
    assert tables.timing(made.id, made.plan_id).closed
    for after in (5, 60, 360, 1440, 4320):
        assert [one for one, _ in tables.due("9", limit=9)] == [made.id]
        platform.clock.advance(after * 60)
        minutes(platform, 1)
    assert tables.due("9", limit=9) == []


def test_what_is_noted_later_is_looked_at_again(platform: Platform) -> None:
    made = sending(platform)
    platform.settle()
    minutes(platform, 1)
    note(made.id, Event.ENDED, now=wiring().clock(), wiring=wiring())
    assert tables.due(rfc3339(wiring().clock()), limit=9)[0][0] == made.id


def test_a_channel_that_was_halted_and_goes_on_stands_in_the_record(platform: Platform) -> None:
    quota = refuse("LimitExceededException", "no more today")
    platform.faults.add("sesv2", "SendBulkEmail", quota, times=1)
    made = sending(platform)
    settle(platform, within_s=30)
    minutes(platform, 1)
    assert events(made) == ["launched", "channel-halted"]
    assert tables.read(made.id).entries[1].detail["channel"] == "email"
    settle(platform)
    minutes(platform, 2)
    assert events(made) == ["launched", "channel-halted", "channel-goes-on"]
    assert verify(tables.read(made.id)) is None


def test_a_channel_that_is_held_until_somebody_lets_it_go_on_is_noted_once(platform: Platform) -> None:
    halts(wiring()).hold("urgent", "email", reason="bounces", day="2026-11-22")
    made = sending(platform)
    minutes(platform, 3)
    assert events(made) == ["launched", "channel-halted"]
    halts(wiring()).release("urgent", "email")
    minutes(platform, 2)
    assert events(made) == ["launched", "channel-halted", "channel-goes-on"]


def test_a_plan_that_was_halted_is_noted_once(platform: Platform) -> None:
    made = sending(platform)
    plans(wiring()).move(made.plan_id, to="halted", allowed=["sending"], reason="NotFoundException")
    minutes(platform, 3)
    assert events(made) == ["launched", "sending-halted"]


def test_what_fails_for_one_record_keeps_no_other(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, made = sending(platform), sending(platform)
    platform.settle()
    real = tables.read

    def read(alert_id: str) -> object:
        if alert_id == broken.id:
            raise ValueError
        return real(alert_id)

    monkeypatch.setattr(tables, "read", read)
    platform.clock.advance(60)
    assert watch.look_after(wiring=wiring()) == 1
    assert tables.timing(made.id, made.plan_id).closed


def test_a_record_that_was_tampered_with_raises_the_alarm(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    made = sending(platform)
    platform.settle()
    entry = tables.RecordItem.get(made.id, "00000001")
    entry.update(actions=[tables.RecordItem.by.set("b" * 32)])
    platform.clock.advance(60)
    assert watch.look_after(wiring=wiring()) == 1
    assert any(f'"alert-record-broken","alert":"{made.id}","number":1' in one for one in caplog.messages)


def test_a_draft_is_not_looked_at_for_ever(platform: Platform) -> None:
    made = alert()
    alerts.add(made, wiring=wiring())
    note(made.id, Event.DRAFTED, now=wiring().clock(), wiring=wiring())
    minutes(platform, 1)
    assert tables.due("9", limit=9) == []


@pytest.mark.parametrize(
    ("after", "again"),
    [(0, 5), (5, 60), (61, 360), (400, 1440), (1500, 4320), (4320, None)],
)
def test_it_is_counted_ever_more_rarely(after: int, again: int | None) -> None:
    closed = [rfc3339(NOON - timedelta(days=1)), rfc3339(NOON)]
    found = watch.next_look(closed, now=NOON + timedelta(minutes=after))
    assert found == (rfc3339(NOON + timedelta(minutes=again)) if again else "")
