"""The shortened way of a client to the open world: what comes back, and how often a world is asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.session import get_session

from infra.aws.door import door
from infra.aws.faults import Fault, FunctionCrashed, crash, refuse, time_out
from infra.aws.world import World

SLOW_DOWN = refuse("RequestThrottled", status=400)


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that the world was asked, each time."""
    found: list[str] = []
    answer = world.answer

    def noted(service: str, operation: str, request: Any) -> Any:
        found.append(operation)
        return answer(service, operation, request)

    monkeypatch.setattr(world, "answer", noted)
    return found


@pytest.fixture
def sqs() -> Any:
    """A client that tries three times, at once."""
    config = Config(retries={"total_max_attempts": 3, "mode": "standard"})
    return get_session().create_client("sqs", region_name="us-east-1", config=config)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever tries again does not wait."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    yield
    assert not door.tried.__dict__


def test_what_is_good_comes_as_botocore_gives_it(sqs: Any, asked: list[str]) -> None:
    made = sqs.create_queue(QueueName="q")
    url = made["QueueUrl"]
    sent = sqs.send_message(QueueUrl=url, MessageBody="é")
    assert sent["ResponseMetadata"]["HTTPStatusCode"] == 200
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert (message["Body"], message["MessageId"]) == ("é", sent["MessageId"])
    assert asked == ["CreateQueue", "SendMessage", "ReceiveMessage"]


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        pytest.param(SLOW_DOWN, 1, id="throttled"),
        pytest.param(time_out(), 1, id="no answer"),
        pytest.param(refuse("InternalError", status=500, done=True), 2, id="done, but told otherwise"),
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_what_goes_wrong_is_tried_again(
    world: World, sqs: Any, asked: list[str], fault: Fault, sent: int, times: int
) -> None:
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    world.faults.add("sqs", "SendMessage", fault, times=times)
    answer = sqs.send_message(QueueUrl=url, MessageBody="x")
    assert answer["ResponseMetadata"]["RetryAttempts"] == times
    assert asked[1:] == ["SendMessage"] * (times + 1)
    assert len(world.sqs.queue("q").messages) == 1 + (sent - 1) * times


@pytest.mark.parametrize(
    ("fault", "error", "tries"),
    [
        pytest.param(SLOW_DOWN, ClientError, 3, id="throttled"),
        pytest.param(time_out(), ReadTimeoutError, 3, id="no answer"),
        pytest.param(refuse("QueueDoesNotExist"), ClientError, 1, id="refused for good"),
        pytest.param(crash(), FunctionCrashed, 1, id="dead"),
    ],
)
def test_what_stays_wrong_is_told(
    world: World, sqs: Any, asked: list[str], fault: Fault, error: type[BaseException], tries: int
) -> None:
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    world.faults.add("sqs", "SendMessage", fault, times=9)
    with pytest.raises(error):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    assert asked[1:] == ["SendMessage"] * tries
    world.faults.clear()
    sqs.send_message(QueueUrl=url, MessageBody="x")
