"""What SNS is asked, and what its refusals mean."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.channels.base import Retryable, Throttled
from chalicelib.channels.platforms import sns_topic
from chalicelib.channels.platforms.base import Denied, Login, Post, Refused
from chalicelib.core.settings import Settings
from chalicelib.core.wiring import Wiring
from tests.channels.test_cloud_events import NOON

ARN = "arn:aws:sns:us-east-1:123456789012:announce-signs"
EVENT = {"id": "c1", "department": "roads", "topics": ["roads", "water"], "text": "x"}


class Asked(Wiring):
    """Keeps what SNS is asked; answers, or refuses with a code."""

    def __init__(self, refusal: str = "") -> None:
        super().__init__(settings=Settings(), clock=lambda: NOON)
        self.requests: list[dict[str, Any]] = []
        self._refusal = refusal

    @property
    def sns(self) -> Any:
        return self

    def publish(self, **request: Any) -> dict[str, str]:
        self.requests.append(request)
        if self._refusal:
            about = {"Error": {"Code": self._refusal}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise ClientError(about, "Publish")
        return {"MessageId": "m"}


def post(text: str = "x") -> Post:
    return Post("key-1", "", "en", NOON, event={**EVENT, "text": text}, event_type="campaign.sent")


def test_subscriptions_can_filter_by_type_department_and_topics() -> None:
    asked = Asked()
    sns_topic.opened(Login("signs", {"arn": ARN}), wiring=asked).publish(post())
    (request,) = asked.requests
    assert json.loads(request["Message"])["data"] == EVENT
    assert request["MessageAttributes"] == {
        "type": {"DataType": "String", "StringValue": "crier.campaign.sent"},
        "department": {"DataType": "String", "StringValue": "roads"},
        "topics": {"DataType": "String.Array", "StringValue": '["roads","water"]'},
    }
    assert "MessageGroupId" not in request


def test_a_fifo_topic_keeps_a_campaigns_events_in_order_and_takes_each_once() -> None:
    asked = Asked()
    topic = sns_topic.opened(Login("signs", {"arn": f"{ARN}.fifo"}), wiring=asked)
    for _ in range(2):
        topic.publish(post())
    first, second = asked.requests
    assert first == second
    told = json.loads(first["Message"])
    assert (first["MessageGroupId"], first["MessageDeduplicationId"]) == ("c1", told["id"])


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        ("Throttled", Throttled),
        ("AuthorizationError", Denied),
        ("NotFound", Denied),
        ("InvalidParameter", Refused),
        ("SomethingNew", Refused),
        ("ExpiredToken", Retryable),
    ],
)
def test_what_a_refusal_means(code: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        sns_topic.opened(Login("signs", {"arn": ARN}), wiring=Asked(code)).publish(post())


def test_what_sns_would_refuse_for_its_size_is_not_sent() -> None:
    asked = Asked()
    with pytest.raises(Refused):
        sns_topic.opened(Login("signs", {"arn": ARN}), wiring=asked).publish(post("x" * 262_144))
    assert asked.requests == []
