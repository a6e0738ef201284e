"""What was answered, and by whom nothing was."""

import pytest

from chalicelib.alerts.answers import count
from chalicelib.alerts.answers.count import Counts, counted, counts, unanswered
from chalicelib.alerts.model import Alert
from chalicelib.core.errors import BadRequest
from chalicelib.core.tokens import encode
from chalicelib.core.wiring import wiring
from chalicelib.delivery.answering import answered
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.subscribers.model import Person
from infra.platform.platform import Platform
from tests.alerts.answers.scene import launched, settled
from tests.delivery import engine

CROWD = 24


@pytest.fixture
def crowd(platform: Platform) -> list[Person]:
    return [engine.person(number, channels=("email", "sms")) for number in range(CROWD)]


@pytest.fixture
def flood(platform: Platform, crowd: list[Person]) -> Alert:
    return settled(platform, launched())


def say(alert: Alert, person: Person, channel: str, answer: str) -> None:
    ref = DeliveryRef(alert.plan_id, person.id, channel)
    answered(ref, answer, at=wiring().clock(), wiring=wiring())


def silent(alert: Alert, *, limit: int) -> list[str]:
    """All who did not answer, page by page."""
    found, cursor = [], None
    while True:
        page = unanswered(alert.plan_id, limit=limit, cursor=cursor, wiring=wiring())
        assert len(page.items) <= limit
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize("read", [count.MOST_READ, 3])
def test_who_answered_on_any_channel_is_not_among_the_silent(
    crowd: list[Person], flood: Alert, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count, "MOST_READ", read)
    loud = crowd[::3]
    for number, person in enumerate(loud):
        say(flood, person, ("email", "sms")[number % 2], "safe")
    expected = sorted(person.id for person in crowd if person not in loud)
    for limit in (1, 5, 100):
        assert silent(flood, limit=limit) == expected


def test_answers_are_counted_by_channel_and_over_time(crowd: list[Person], flood: Alert) -> None:
    say(flood, crowd[0], "email", "safe")
    say(flood, crowd[1], "sms", "help")
    say(flood, crowd[1], "sms", "safe")
    found = counts(flood.plan_id, wiring=wiring())
    assert found.channels == {
        "email": {"safe": 1, "help": 0, "not-here": 0},
        "sms": {"safe": 1, "help": 0, "not-here": 0},
    }
    assert [sum(one.values()) for one in found.told.values()] == [3]


def test_other_counters_are_not_answers() -> None:
    found = counted({"email#opened": 3, "email#link#0#clicks": 2, "sms#answered": 1, "sms#answer#help": 1})
    assert found == Counts({"sms": {"safe": 0, "help": 1, "not-here": 0}}, {})


@pytest.mark.parametrize("cursor", ["x", "[]", encode(b'[64, "a#~"]'), encode(b'[1, "a"]'), encode(b"[1]")])
def test_a_cursor_of_another_list_is_refused(flood: Alert, cursor: str) -> None:
    with pytest.raises(BadRequest):
        unanswered(flood.plan_id, limit=5, cursor=cursor, wiring=wiring())
