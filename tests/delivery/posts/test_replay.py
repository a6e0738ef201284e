"""A web hook that was away for days is suspended, let in again, and told of what it missed; each id once."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.clock import rfc3339
from infra.stand_ins.receiver import SECRET, Receiver
from infra.stand_ins.transport import Faults, answers
from tests.delivery.posts.stage import HOUR_S, Stage

HOOK = {
    "platform": "webhook",
    "settings": {"url": "https://signs.city.example/crier", "secret": SECRET},
}


@pytest.fixture
def hooked(stage: Stage) -> Stage:
    stage.account("signs", **HOOK)
    return stage


def receiver(stage: Stage) -> Receiver:
    return stage.city.platform.web.of(Receiver)


def replay(stage: Stage, account: str = "signs", **body: Any) -> Any:
    since = rfc3339(stage.city.wiring.clock() - timedelta(days=7))
    answer = stage.city.post(f"/v1/accounts/{account}/replay", {"since": since, **body})
    stage.city.platform.settle()
    return answer


def goes_away(stage: Stage) -> str:
    """It fails until nobody tries any more; the campaign that it missed."""
    receiver(stage).faults.add(answers(500), times=100)
    campaign = stage.launch("signs")
    for _ in range(60):
        stage.later(HOUR_S)
    assert stage.states(campaign)[0][0] in {"failed", "unknown"}
    receiver(stage).faults = Faults()
    return campaign


def test_what_it_missed_is_told_once_it_is_let_in_again(hooked: Stage) -> None:
    campaign = goes_away(hooked)
    tries = len(receiver(hooked).requests)
    assert tries == 8
    account = hooked.city.get("/v1/accounts/signs").json
    assert (account["state"], bool(account["reason"])) == ("suspended", True)
    assert replay(hooked).code == "not-active"
    hooked.city.call("PATCH", "/v1/accounts/signs", {"state": "active"})
    answer = replay(hooked)
    assert (answer.status, answer.json) == (202, {"told": 1, "next": None})
    assert list(receiver(hooked).messages) == [campaign]
    assert hooked.states(campaign) == [("posted", None)]
    ids = {request.headers["webhook-id"] for request in receiver(hooked).requests}
    assert len(ids) == 1
    assert replay(hooked).json["told"] == 0


def test_all_of_it_may_be_told_again_and_is_taken_once(hooked: Stage) -> None:
    campaign = hooked.launch("signs")
    before = dict(receiver(hooked).messages)
    assert replay(hooked, everything=True).json["told"] == 1
    assert len(receiver(hooked).requests) == 2
    assert receiver(hooked).messages == before
    assert hooked.states(campaign) == [("posted", None)]


def test_a_hook_that_wants_no_more_is_suspended_at_once(hooked: Stage) -> None:
    receiver(hooked).gone = True
    campaign = hooked.launch("signs")
    assert hooked.states(campaign) == [("failed", "410")]
    assert hooked.city.get("/v1/accounts/signs").json["state"] == "suspended"


def test_what_is_too_long_ago_is_not_told_again(hooked: Stage) -> None:
    goes_away(hooked)
    hooked.city.call("PATCH", "/v1/accounts/signs", {"state": "active"})
    assert replay(hooked, since=rfc3339(hooked.city.wiring.clock())).json["told"] == 0


def test_people_are_not_told_twice(stage: Stage) -> None:
    assert replay(stage, "main").code == "not-replayable"
