"""SES holding senders to its rate: nobody loses a message by it, and hardly a request is lost."""

import pytest

from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.expand import expand
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, plan, run, world


@pytest.fixture
def counted(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations of all requests."""
    found: list[str] = []
    answer = platform.world.answer

    def noted(service: str, operation: str, request: object) -> object:
        found.append(operation)
        return answer(service, operation, request)

    monkeypatch.setattr(platform.world, "answer", noted)
    return found


def test_at_its_limit_throttles_cost_nobody_and_hardly_a_request(
    platform: Platform, counted: list[str]
) -> None:
    for number in range(120):
        person(number)
    needed = []
    for throttles in (False, True):
        platform.account.max_send_rate, platform.account.throttles = 5, throttles
        counted.clear()
        both = [plan(), plan(department="parks")]
        run(platform)
        needed.append(len(counted))
        assert {outcome(plan_id).sent for plan_id in both} == {120}
    assert needed[1] <= 1.05 * needed[0]
    assert set(addressed(platform).values()) == {4}


def test_chunks_that_are_too_large_for_a_rate_that_fell_are_halved(platform: Platform) -> None:
    for number in range(120):
        person(number)
    plan_id = plan()
    expand({"plan": plan_id, "wave": 0, "beat": 0}, wiring=world())
    ready = chunks(world()).read(plan_id, "00000000")
    assert ready is not None
    assert (ready.state, ready.size) == ("ready", 50)
    platform.account.max_send_rate, platform.account.throttles = 10, True
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.failed) == ("sent", 120, 0)
    assert set(addressed(platform).values()) == {1}
