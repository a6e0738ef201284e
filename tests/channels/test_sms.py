from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.channels.base import Envelope, HaltLane, Letter, State
from chalicelib.channels.sms import Sms
from chalicelib.core.settings import Settings

LETTER = Letter("", "", "Hello {{first_name_t}}{{o}}", {"first_name_t": "resident", "o": "{"})


class Sns:
    """Answers each publish with the next of what it was given."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.sent: list[dict[str, Any]] = []

    def publish(self, **request: Any) -> Any:
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"MessageId": answer}


def refused(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Publish")


def send(sns: Sns, count: int, seconds_left: float = 25) -> list[State]:
    envelopes = [Envelope(f"+1500555000{n}", {}) for n in range(count)]
    return [
        o.state
        for o in Sms(client=sns, settings=Settings()).send(LETTER, envelopes, seconds_left=seconds_left)
    ]


def test_each_number_gets_the_filled_text() -> None:
    sns = Sns("m1", "m2")
    assert send(sns, 2) == [State.SENT, State.SENT]
    assert [s["PhoneNumber"] for s in sns.sent] == ["+15005550000", "+15005550001"]
    assert sns.sent[0]["Message"] == "Hello resident{"


def test_a_text_leaves_from_the_number_that_the_plan_names() -> None:
    for number, named in (("+16175550101", {"+16175550101"}), ("", set())):
        sns = Sns("m")
        letter = replace(LETTER, origination=number)
        Sms(client=sns, settings=Settings()).send(letter, [Envelope("+15005550000", {})], seconds_left=25)
        attributes = sns.sent[0]["MessageAttributes"]
        found = {attributes[name]["StringValue"] for name in attributes if "Origination" in name}
        assert found == named


CASES = [
    ("a bad number fails alone", [refused("InvalidParameter"), "m"], [State.FAILED, State.SENT]),
    ("an opted-out number fails alone", [refused("OptedOut"), "m"], [State.FAILED, State.SENT]),
    ("a throttle leaves it and the rest for later", ["m", refused("Throttling")], [State.SENT, State.RETRY]),
    ("a throttle by its other name", ["m", refused("Throttled", 429)], [State.SENT, State.RETRY]),
    ("lost credentials fail nobody", ["m", refused("ExpiredToken", 403)], [State.SENT, State.RETRY]),
    (
        "a time-out is unknown, and the rest go on",
        [ReadTimeoutError(endpoint_url="x"), "m"],
        [State.UNKNOWN, State.SENT],
    ),
    ("a server error is unknown", [refused("InternalError", 500), "m"], [State.UNKNOWN, State.SENT]),
    (
        "a halt after some leaves the rest",
        ["m", refused("AuthorizationError", 403)],
        [State.SENT, State.RETRY],
    ),
]


@pytest.mark.parametrize(("answers", "states"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_one_answer_decides_for_one(answers: list[object], states: list[State]) -> None:
    assert send(Sns(*answers), 2) == states


def test_a_halt_at_the_first_halts_the_lane() -> None:
    with pytest.raises(HaltLane):
        send(Sns(refused("AccessDeniedException", 403)), 2)


def test_no_time_left_sends_nothing_more() -> None:
    sns = Sns()
    assert send(sns, 2, seconds_left=5) == [State.RETRY, State.RETRY]
    assert sns.sent == []
