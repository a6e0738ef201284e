"""SNS: text messages and topics."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.aws.world import World
from tests.infra.conftest import Client


def test_a_text_message_lands_in_the_outbox(world: World, client: Client) -> None:
    answer = client("sns").publish(PhoneNumber="+16175550100", Message="Road closed: Elm St. é")
    letter = world.outbox.last()
    assert (letter.channel, letter.to, letter.text) == ("sms", "+16175550100", "Road closed: Elm St. é")
    assert letter.provider_id == answer["MessageId"]


def test_a_text_message_tells_the_number_that_it_left_from(world: World, client: Client) -> None:
    named = {"AWS.MM.SMS.OriginationNumber": {"DataType": "String", "StringValue": "+16175550101"}}
    client("sns").publish(PhoneNumber="+16175550100", Message="x", MessageAttributes=named)
    assert world.outbox.last().headers == {"From": "+16175550101"}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"PhoneNumber": "6175550100", "Message": "x"}, "InvalidParameter"),
        ({"PhoneNumber": "+1617555010x", "Message": "x"}, "InvalidParameter"),
        ({"PhoneNumber": "+16175550100", "Message": "x" * 1601}, "InvalidParameter"),
        ({"TopicArn": "arn:aws:sns:us-east-1:123456789012:none", "Message": "x"}, "NotFound"),
        ({"Message": "x"}, "InvalidParameter"),
    ],
)
def test_refused(world: World, client: Client, request_: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        client("sns").publish(**request_)
    assert refused.value.response["Error"]["Code"] == code
    assert len(world.outbox) == 0
