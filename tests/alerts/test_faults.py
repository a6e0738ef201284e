"""Whatever goes wrong for a while, an alert reaches everybody once, and its record shows what happened."""

from collections.abc import Iterator

import pytest

from tests.alerts import faults
from tests.alerts.faults import TROUBLES, Found, Outage, Scene, Trouble, either, killed, scene
from tests.delivery.harness import Made

EVERYBODY = 6
FUNCTIONS = ("Alerts", "ExpandUrgent", "DeliverUrgent")
FEW = 16
"""Of the calls at which a function may die, every so many; `make soak` takes all."""

CHUNK = 3
"""Messages in a chunk here: so many may be in doubt after a crash, and are sent again."""


@pytest.fixture(scope="module")
def city() -> Iterator[Scene]:
    with scene() as found:
        yield found


def holds(found: Found, *, again: int = 0) -> None:
    """Everybody got it, nobody more than so many times again; the record is whole, and says so."""
    assert found.status == "sent"
    assert len(found.got) == EVERYBODY, "somebody did not get it"
    assert sum(found.got.values()) <= EVERYBODY + again, "somebody got it twice"
    assert found.record.chain.whole
    assert found.events["launched"] == 1
    told = {one.channel: (one.sent, one.waiting) for one in found.record.plans[0].channels}
    assert told == {"email": (3, 0), "sms": (3, 0)}
    assert "Elm Street" in found.public


@pytest.mark.parametrize("trouble", TROUBLES, ids=[one.name for one in TROUBLES])
def test_what_is_busy_or_down_for_a_while_keeps_no_alert(city: Scene, trouble: Trouble) -> None:
    outage = Outage(city.platform, trouble)
    found = city.run(outage)
    assert outage.met, "nothing went wrong"
    holds(found)
    assert trouble.shows(found), "the record does not show it"


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_worker_whose_clock_is_off_sends_as_ever(city: Scene, seconds: int) -> None:
    with faults.worker_is_off(city.platform, seconds):
        holds(city.run())


def test_messages_that_come_twice_in_any_order_are_sent_once(city: Scene) -> None:
    mishaps = city.platform.world.sqs.mishaps
    holds(city.run(prepare=faults.doubled))
    city.platform.world.sqs.mishaps = mishaps


def writes(city: Scene, function: str) -> list[Made]:
    """The calls of a function that write, in a run where nothing goes wrong."""
    calls: list[Made] = []

    def noted(call: Made) -> None:
        calls.append(call)

    city.run(noted)
    return [call for call in calls if call.function == function and call.writes]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_dies_at_a_call_keeps_no_alert(city: Scene, function: str) -> None:
    for place, call in list(enumerate(writes(city, function)))[::FEW]:
        found = city.run(killed(function, place, done=bool(place % 2)))
        holds(found, again=CHUNK if function == "DeliverUrgent" else 0)
        assert found.record.plans[0].channels, call.place


def test_a_watch_that_dies_ends_the_launch_that_died_all_the_same(city: Scene) -> None:
    plan = next(n for n, call in enumerate(writes(city, "Alerts")) if "crier-plans" in call.body)
    for place in range(4):
        dies = killed("AlertWatch", place, done=bool(place % 2))
        holds(city.run(either(killed("Alerts", plan, done=False), dies)))


@pytest.mark.soak
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("done", [False, True])
def test_a_function_that_dies_at_any_call(city: Scene, function: str, done: bool) -> None:
    for place in range(len(writes(city, function))):
        holds(city.run(killed(function, place, done=done)), again=CHUNK if function == "DeliverUrgent" else 0)
