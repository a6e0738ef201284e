"""Mail to the staff: everybody once, in any number, and never instead of the alert."""

from typing import Any

import pytest

from chalicelib.alerts import tell
from chalicelib.core.staff import Role
from chalicelib.core.staff_tables import StaffItem
from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform
from tests.alerts import released
from tests.alerts.sample import alert

TOLD: dict[str, Any] = {"subject": "Please approve", "body": "It **waits**.", "once": "first"}


@pytest.fixture
def people(platform: Platform) -> list[StaffItem]:
    return [StaffItem.get(released.staff(f"p{number}", Role.APPROVER).staff_id) for number in range(3)]


def told(platform: Platform) -> list[str]:
    platform.settle()
    return sorted(one.to.partition("@")[0] for one in platform.outbox.letters())


def test_everybody_is_told_once_however_many_they_are(
    people: list[StaffItem], platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell, "AT_ONCE", 2)
    waiting = alert()
    for _ in range(2):
        tell.tell(people, waiting, **TOLD, now=wiring().clock(), wiring=wiring())
    assert told(platform) == ["p0", "p1", "p2"]
    tell.tell(people[:1], waiting, **{**TOLD, "once": "second"}, now=wiring().clock(), wiring=wiring())
    assert told(platform) == ["p0", "p0", "p1", "p2"]


def test_an_exercise_says_that_it_is_one(people: list[StaffItem], platform: Platform) -> None:
    tell.tell(people, alert(mode="exercise"), **TOLD, now=wiring().clock(), wiring=wiring())
    assert told(platform) == ["p0", "p1", "p2"]
    letter = platform.outbox.letters()[0]
    assert letter.subject == "EXERCISE: Please approve"
    assert "This is an exercise." in letter.text


def test_that_nobody_can_be_told_stops_nothing(
    people: list[StaffItem], platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(tell, "send_to", failing)
    tell.tell(people, alert(), **TOLD, now=wiring().clock(), wiring=wiring())
    assert told(platform) == []
