"""What is seen of a library's own requests, and what they may not do."""

from collections.abc import Iterator
from typing import ClassVar

import pytest
import requests
from werkzeug.wrappers import Request, Response

from chalicelib.channels.watched import Call, watched
from chalicelib.core.guard import guarded
from chalicelib.core.web import Forbidden
from infra.aws.clock import LocalClock
from infra.stand_ins.transport import Fault, StandIn, StandIns, answers, no_answer, unreachable
from tests.channels.contract.bench import NOON

URL = "https://hook.example/a"


class Hook(StandIn):
    """Takes whatever is sent."""

    hosts: ClassVar[tuple[str, ...]] = ("hook.example",)

    def answer(self, request: Request) -> Response:
        return Response("ok")


@pytest.fixture
def hook() -> Iterator[Hook]:
    webs = StandIns(LocalClock(frozen=NOON))
    hook = webs.add(Hook(LocalClock(frozen=NOON)))
    webs.install()
    yield hook
    webs.uninstall()


def sent(*urls: str) -> list[Call]:
    """What is noted of a library that tries one address after the other."""
    calls: list[Call] = []
    with guarded(), watched(calls), requests.Session() as session:
        for url in urls:
            try:
                session.post(url, timeout=99, verify=False, allow_redirects=True)
            except requests.RequestException:
                continue
    return calls


def test_what_was_taken_is_noted(hook: Hook) -> None:
    assert [(call.status, call.taken, call.doubtful) for call in sent(URL, URL)] == [(200, True, False)] * 2


@pytest.mark.parametrize(
    ("fault", "doubtful", "goes_on"),
    [
        (unreachable(), False, True),
        (no_answer(), True, False),
        (answers(500), True, False),
        (answers(429), False, False),
        (answers(404), False, True),
    ],
)
def test_after_a_doubt_nothing_more_is_sent(hook: Hook, fault: Fault, doubtful: bool, goes_on: bool) -> None:
    hook.faults.add(fault)
    calls = sent(URL, URL)
    assert (calls[0].taken, calls[0].doubtful) == (False, doubtful)
    assert len(calls) == len(hook.requests) == (2 if goes_on else 1)


def test_no_redirect_is_followed(hook: Hook) -> None:
    hook.faults.add(answers(302, headers={"Location": "https://hook.example/b"}))
    assert [call.status for call in sent(URL)] == [302]
    assert len(hook.requests) == 1


def test_nothing_goes_out_in_the_clear(hook: Hook) -> None:
    calls = sent("http://hook.example/a", URL)
    assert [(call.status, call.error) for call in calls] == [(0, "Forbidden"), (200, "")]


def test_what_the_guard_refuses_is_noted() -> None:
    calls: list[Call] = []
    with pytest.raises(Forbidden), guarded(), watched(calls):
        requests.post("https://127.0.0.1:9/", timeout=1)
    assert [(call.error, call.doubtful) for call in calls] == [("Forbidden", False)]


def test_others_are_left_alone(hook: Hook) -> None:
    sent(URL)
    hook.faults.add(answers(302, headers={"Location": "https://hook.example/b"}))
    assert requests.post(URL, timeout=1).text == "ok"
